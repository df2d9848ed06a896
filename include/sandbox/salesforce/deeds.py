"""What is done with one record of many: by a collection, and by a bulk job.

A deed is a function without arguments that does its work and answers for it; a refusal
becomes the record's own answer, so that the others go on.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from include.sandbox.salesforce.bodies import Draft
from include.sandbox.salesforce.errors import Fault, Refusal, refusal
from include.sandbox.salesforce.ids import canonical
from include.sandbox.salesforce.org import Org
from include.sandbox.salesforce.schema import Field
from include.sandbox.salesforce.upserts import Several, upsert
from include.sandbox.salesforce.writer import Author

Result = dict[str, Any]
Deed = Callable[[], Result]


class Deeds:
    """Makes deeds; the deeds of one request share their author."""

    def __init__(self, org: Org, author: Author) -> None:
        self._org = org
        self._author = author

    def create(self, draft: Draft) -> Deed:
        def deed() -> Result:
            if draft.record_id is not None:
                raise refusal(
                    "INVALID_FIELD_FOR_INSERT_UPDATE",
                    "cannot specify Id in an insert call",
                    ["Id"],
                )
            return success(self._org.writer.create(draft, self._author))

        return deed

    def update(self, draft: Draft, twice: frozenset[Any]) -> Deed:
        def deed() -> Result:
            if draft.record_id is None:
                raise refusal("MISSING_ARGUMENT", "Id not specified in an update call", ())
            if canonical(draft.record_id) in twice:
                raise refusal("DUPLICATE_VALUE", f"duplicate id specified: {draft.record_id}", ())
            self._org.writer.update(draft, draft.record_id, self._author)
            return success(canonical(draft.record_id))

        return deed

    def upsert(self, draft: Draft, key: Field, twice: frozenset[Any]) -> Deed:
        def deed() -> Result:
            value = draft.record_id if key.type == "id" else draft.values.get(key.name)
            if value is None and key.type != "id":
                raise refusal("MISSING_ARGUMENT", f"{key.name} not specified", ())
            if key_of(draft, key) in twice:
                raise refusal(
                    "DUPLICATE_VALUE", f"Duplicate external id specified: {value}", [key.name]
                )
            try:
                done = upsert(self._org, draft, key, value, self._author)
            except Several as several:
                raise refusal(
                    "DUPLICATE_EXTERNAL_ID",
                    f"{key.name}: more than one record found for external id field:"
                    f" [{', '.join(several.ids)}]",
                    (),
                ) from None
            return success(done.record_id) | {"created": done.created}

        return deed

    def delete(self, record_id: str) -> Deed:
        def deed() -> Result:
            full = canonical(record_id)
            kind = self._org.schema.of_id(full) if full else None
            if kind is None or full is None:
                raise refusal("MALFORMED_ID", f"malformed id {record_id}", ())
            self._org.writer.delete(kind, full, self._author)
            return success(full)

        return deed


def attempt(deed: Deed) -> Result:
    """Do it; a refusal becomes the answer."""
    # No transaction of its own: every write is one already, and there are 200 of them.
    try:
        return deed()
    except Refusal as refused:
        return failure(refused.faults)


def success(record_id: str | None) -> Result:
    """The answer for a record that was written."""
    return {"id": record_id, "success": True, "errors": []}


def failure(faults: Iterable[Fault]) -> Result:
    """The answer for a record that was refused."""
    return {"success": False, "errors": [fault.as_row() for fault in faults]}


def repeated(values: Iterable[Any]) -> frozenset[Any]:
    """The values that come more than once."""
    counted = Counter(value for value in values if value is not None)
    return frozenset(value for value, times in counted.items() if times > 1)


def key_of(draft: Draft, key: Field) -> Any:
    """What a record is upserted by, spelled so that equal keys are equal."""
    value = canonical(draft.record_id or "") if key.type == "id" else draft.values.get(key.name)
    return value.lower() if isinstance(value, str) and key.type != "id" else value
