"""Collections: up to 200 records in one request, with one answer each, in order.

A well-formed request answers 200 whatever becomes of its records. With `allOrNone` one bad
record undoes the rest, and each of those says so.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from include.sandbox.salesforce.bodies import (
    Draft,
    draft_of_any,
    json_object,
    no_column,
    not_supported,
)
from include.sandbox.salesforce.deeds import Deed, Deeds, Result, attempt, failure, key_of, repeated
from include.sandbox.salesforce.errors import Fault, refusal
from include.sandbox.salesforce.ids import canonical
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.schema import SObject
from include.sandbox.salesforce.views import view
from include.sandbox.wire import Answer

MOST_WRITTEN = 200
MOST_READ = 2000
MOST_RUNS = 10
"""Runs of records of one object that a request may hold."""

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
        deeds = Deeds(self._org, self._org.author(visit))
        return self._done([deeds.create(one) for one in drafts], all_or_none=all_or_none)

    def update(self, visit: Visit) -> Answer:
        drafts, all_or_none = self._body(visit)
        deeds = Deeds(self._org, self._org.author(visit))
        twice = repeated(canonical(one.record_id) for one in drafts if one.record_id)
        return self._done([deeds.update(one, twice) for one in drafts], all_or_none=all_or_none)

    def upsert(self, visit: Visit, sobject: str, field: str) -> Answer:
        kind = self._org.known(sobject)
        key = kind.field(field)
        if key is None or not (key.external_id or key.id_lookup):
            raise refusal(
                "NOT_FOUND",
                f"Provided external ID field does not exist or is not accessible: {field}",
                status=404,
            )
        drafts, all_or_none = self._body(visit, kind)
        deeds = Deeds(self._org, self._org.author(visit))
        twice = repeated(key_of(one, key) for one in drafts)
        done = [deeds.upsert(one, key, twice) for one in drafts]
        return self._done(done, all_or_none=all_or_none)

    def delete(self, visit: Visit) -> Answer:
        ids = [one.strip() for one in visit.request.get("ids").split(",") if one.strip()]
        _check_number(ids, MOST_WRITTEN)
        deeds = Deeds(self._org, self._org.author(visit))
        all_or_none = visit.request.get("allOrNone", "false").lower() == "true"
        return self._done([deeds.delete(one) for one in ids], all_or_none=all_or_none)

    def retrieve(self, visit: Visit, sobject: str) -> Answer:
        body = json_object(visit.request)
        return self._retrieved(visit, sobject, body.get("ids"), body.get("fields"))

    def retrieve_by_address(self, visit: Visit, sobject: str) -> Answer:
        ids, fields = (visit.request.get(name).split(",") for name in ("ids", "fields"))
        return self._retrieved(visit, sobject, ids, fields)

    # The request as a whole

    def _body(self, visit: Visit, kind: SObject | None = None) -> tuple[list[Draft], bool]:
        body = json_object(visit.request)
        records = body.get("records")
        if not isinstance(records, list):
            raise refusal("INVALID_INPUT", "The records list is required")
        _check_number(records, MOST_WRITTEN)
        text = visit.request.body
        present, visible = self._org.present, self._org.visible
        drafts = [draft_of_any(one, present, text) for one in records]
        for name in {one.sobject.name for one in drafts}:
            if visible.sobject(name) is None:
                raise not_supported(name)
        if kind is not None and any(one.sobject is not kind for one in drafts):
            raise refusal("INVALID_INPUT", f"All records must be of type {kind.name}")
        if _runs(one.sobject.name for one in drafts) > MOST_RUNS:
            raise refusal(
                "LIMIT_EXCEEDED",
                f"Cannot have more than {MOST_RUNS} chunks in a single operation. Please"
                " rearrange the data to reduce chunking.",
            )
        return drafts, body.get("allOrNone") is True

    def _done(self, deeds: Sequence[Deed], *, all_or_none: bool) -> Answer:
        results: list[Result] = []
        try:
            with self._org.store.transaction():
                results.extend(map(attempt, deeds))
                _undo_if(all_or_none and not all(one["success"] for one in results))
        except _Undo:
            results = [failure([_ROLLED_BACK]) if one["success"] else one for one in results]
        return Answer(200, results)

    def _retrieved(self, visit: Visit, sobject: str, ids: Any, fields: Any) -> Answer:
        kind = self._org.seen(sobject)
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
        found = [row for row in rows.values() if not row.get("IsDeleted")]
        alive = {row["Id"]: row for row in self._org.filled(kind, found)}
        body = [view(kind, alive[one], shown, visit.base) if one in alive else None for one in full]
        return Answer(200, body)


def _undo_if(failed: bool) -> None:  # noqa: FBT001
    if failed:
        raise _Undo


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
