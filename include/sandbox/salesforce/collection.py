"""Collections: up to 200 records in one request, with one answer each, in order.

A well-formed request answers 200 whatever becomes of its records. With `allOrNone` one bad
record undoes the rest, and each of those says so.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from include.sandbox.salesforce.bodies import (
    Draft,
    draft_of_any,
    json_object,
    known_object,
    no_column,
)
from include.sandbox.salesforce.errors import Fault, Refusal, refusal
from include.sandbox.salesforce.ids import canonical
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.schema import Field, SObject
from include.sandbox.salesforce.upserts import Several, upsert
from include.sandbox.salesforce.views import view
from include.sandbox.salesforce.writer import Author
from include.sandbox.wire import Answer

MOST_WRITTEN = 200
MOST_READ = 2000
MOST_RUNS = 10
"""Runs of records of one object that a request may hold."""

Result = dict[str, Any]
Work = Callable[[], Result]

_ROLLED_BACK = Fault(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using"
    " AllOrNone header",
    (),
)


class _Undo(Exception):
    """Leaves the transaction of a collection that must not happen."""


class Collections:
    """The resources below composite/sobjects."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def create(self, visit: Visit) -> Answer:
        drafts, all_or_none = self._body(visit)
        author = self._org.author(visit)
        return self._done([self._creating(one, author) for one in drafts], all_or_none=all_or_none)

    def update(self, visit: Visit) -> Answer:
        drafts, all_or_none = self._body(visit)
        author = self._org.author(visit)
        twice = _twice(canonical(one.record_id) for one in drafts if one.record_id)
        works = [self._updating(one, author, twice) for one in drafts]
        return self._done(works, all_or_none=all_or_none)

    def upsert(self, visit: Visit, sobject: str, field: str) -> Answer:
        kind = known_object(sobject, self._org.schema)
        key = kind.field(field)
        if key is None or not (key.external_id or key.id_lookup):
            raise refusal(
                "NOT_FOUND",
                f"Provided external ID field does not exist or is not accessible: {field}",
                status=404,
            )
        drafts, all_or_none = self._body(visit, kind)
        author = self._org.author(visit)
        twice = _twice(_key_of(one, key) for one in drafts)
        works = [self._upserting(one, key, author, twice) for one in drafts]
        return self._done(works, all_or_none=all_or_none)

    def delete(self, visit: Visit) -> Answer:
        ids = [one.strip() for one in visit.request.get("ids").split(",") if one.strip()]
        _check_number(ids, MOST_WRITTEN)
        author = self._org.author(visit)
        all_or_none = visit.request.get("allOrNone", "false").lower() == "true"
        return self._done([self._deleting(one, author) for one in ids], all_or_none=all_or_none)

    def retrieve(self, visit: Visit, sobject: str) -> Answer:
        body = json_object(visit.request)
        return self._retrieved(visit, sobject, body.get("ids"), body.get("fields"))

    def retrieve_by_address(self, visit: Visit, sobject: str) -> Answer:
        ids, fields = (visit.request.get(name).split(",") for name in ("ids", "fields"))
        return self._retrieved(visit, sobject, ids, fields)

    # One record's work

    def _creating(self, draft: Draft, author: Author) -> Work:
        def work() -> Result:
            if draft.record_id is not None:
                raise refusal("INVALID_FIELD", "cannot specify Id in an insert call", ["Id"])
            return _success(self._org.writer.create(draft, author))

        return work

    def _updating(self, draft: Draft, author: Author, twice: frozenset[Any]) -> Work:
        def work() -> Result:
            if draft.record_id is None:
                raise refusal("MISSING_ARGUMENT", "Id not specified in an update call", ())
            if canonical(draft.record_id) in twice:
                raise refusal("DUPLICATE_VALUE", f"duplicate id specified: {draft.record_id}", ())
            self._org.writer.update(draft, draft.record_id, author)
            return _success(canonical(draft.record_id))

        return work

    def _upserting(self, draft: Draft, key: Field, author: Author, twice: frozenset[Any]) -> Work:
        def work() -> Result:
            value = draft.record_id if key.type == "id" else draft.values.get(key.name)
            if value is None and key.type != "id":
                raise refusal("MISSING_ARGUMENT", f"{key.name} not specified", ())
            if _key_of(draft, key) in twice:
                raise refusal(
                    "DUPLICATE_VALUE", f"Duplicate external id specified: {value}", [key.name]
                )
            try:
                done = upsert(self._org, draft, key, value, author)
            except Several as several:
                raise refusal(
                    "DUPLICATE_EXTERNAL_ID",
                    f"{key.name}: more than one record found for external id field:"
                    f" [{', '.join(several.ids)}]",
                    (),
                ) from None
            return _success(done.record_id) | {"created": done.created}

        return work

    def _deleting(self, record_id: str, author: Author) -> Work:
        def work() -> Result:
            full = canonical(record_id)
            kind = self._org.schema.of_id(full) if full else None
            if kind is None or full is None:
                raise refusal("MALFORMED_ID", f"malformed id {record_id}", ())
            self._org.writer.delete(kind, full, author)
            return _success(full)

        return work

    # The request as a whole

    def _body(self, visit: Visit, kind: SObject | None = None) -> tuple[list[Draft], bool]:
        body = json_object(visit.request)
        records = body.get("records")
        if not isinstance(records, list):
            raise refusal("INVALID_INPUT", "The records list is required")
        _check_number(records, MOST_WRITTEN)
        text = visit.request.body
        drafts = [draft_of_any(one, self._org.schema, text) for one in records]
        if kind is not None and any(one.sobject is not kind for one in drafts):
            raise refusal("INVALID_INPUT", f"All records must be of type {kind.name}")
        if _runs(one.sobject.name for one in drafts) > MOST_RUNS:
            raise refusal(
                "LIMIT_EXCEEDED",
                f"Cannot have more than {MOST_RUNS} chunks in a single operation. Please"
                " rearrange the data to reduce chunking.",
            )
        return drafts, body.get("allOrNone") is True

    def _done(self, works: Sequence[Work], *, all_or_none: bool) -> Answer:
        results: list[Result] = []
        try:
            with self._org.world.database.transaction():
                results.extend(map(self._attempt, works))
                _undo_if(all_or_none and not all(one["success"] for one in results))
        except _Undo:
            results = [_failure([_ROLLED_BACK]) if one["success"] else one for one in results]
        return Answer(200, results)

    def _attempt(self, work: Work) -> Result:
        # No transaction of its own: every write is one already, and there are 200 of them.
        try:
            return work()
        except Refusal as refused:
            return _failure(refused.faults)

    def _retrieved(self, visit: Visit, sobject: str, ids: Any, fields: Any) -> Answer:
        kind = known_object(sobject, self._org.schema)
        for name, listed in (("ids", ids), ("fields", fields)):
            if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
                raise refusal("INVALID_INPUT", f"The {name} list is required")
        _check_number(ids, MOST_READ)
        columns = [(name.strip(), kind.field(name.strip())) for name in fields if name.strip()]
        if unknown := [name for name, column in columns if column is None]:
            raise no_column(unknown[0], kind)
        if not any(name.lower() == "id" for name, _ in columns):
            columns.insert(0, ("Id", kind.field("Id")))
        full = [canonical(one.strip()) or "" for one in ids]
        rows = self._org.store.many(kind, dict.fromkeys(full))
        shown = [column for _, column in columns if column]
        alive = {one: row for one, row in rows.items() if not row.get("IsDeleted")}
        body = [view(kind, alive[one], shown, visit.base) if one in alive else None for one in full]
        return Answer(200, body)


def _undo_if(failed: bool) -> None:  # noqa: FBT001
    if failed:
        raise _Undo


def _success(record_id: str | None) -> Result:
    return {"id": record_id, "success": True, "errors": []}


def _failure(faults: Iterable[Fault]) -> Result:
    return {"success": False, "errors": [fault.as_row() for fault in faults]}


def _twice(values: Iterable[Any]) -> frozenset[Any]:
    counted = Counter(value for value in values if value is not None)
    return frozenset(value for value, times in counted.items() if times > 1)


def _key_of(draft: Draft, key: Field) -> Any:
    value = canonical(draft.record_id or "") if key.type == "id" else draft.values.get(key.name)
    return value.lower() if isinstance(value, str) and key.type != "id" else value


def _runs(names: Iterator[str]) -> int:
    runs, last = 0, None
    for name in names:
        runs += name != last
        last = name
    return runs


def _check_number(records: Sequence[Any], most: int) -> None:
    if len(records) > most:
        raise refusal(
            "EXCEEDED_ID_LIMIT",
            f"record limit reached. cannot submit more than {most} records into this call",
        )
