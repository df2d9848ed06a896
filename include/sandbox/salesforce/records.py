"""One record at a time: create, read, update, delete, by id or by external id."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from include.sandbox.salesforce.bodies import Draft, draft, json_object, no_column
from include.sandbox.salesforce.errors import Refusal, deleted, missing, refusal
from include.sandbox.salesforce.ids import canonical
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.schema import Field, SObject
from include.sandbox.salesforce.store import Row
from include.sandbox.salesforce.upserts import Several, upsert
from include.sandbox.salesforce.values import stored
from include.sandbox.salesforce.views import view
from include.sandbox.wire import Answer

UPSERT_ANSWERS_SINCE = 46
"""From this version on an upsert that updates answers 200 with a body; before, 204."""


class Records:
    """The resources below sobjects/{name}."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def create(self, visit: Visit, sobject: str) -> Answer:
        made = self._draft(visit, self._org.known(sobject))
        if made.record_id is not None:
            raise _id_in_body()
        record_id = self._org.writer.create(made, self._org.author(visit))
        location = f"{visit.base}/sobjects/{made.sobject.name}/{record_id}"
        body = {"id": record_id, "success": True, "errors": []}
        return Answer(201, body, {"Location": location})

    def read(self, visit: Visit, sobject: str, record_id: str) -> Answer:
        kind = self._org.known(sobject)
        row = self.existing(kind, record_id)
        return self._shown(visit, self._org.seen(sobject), row)

    def update(self, visit: Visit, sobject: str, record_id: str) -> Answer:
        kind = self._org.known(sobject)
        row = self.existing(kind, record_id)
        made = self._draft(visit, kind)
        if made.record_id is not None:
            raise _id_in_body()
        self._org.writer.update(made, row["Id"], self._org.author(visit))
        return Answer(204)

    def delete(self, visit: Visit, sobject: str, record_id: str) -> Answer:
        kind = self._org.known(sobject)
        row = self.existing(kind, record_id)
        self._org.writer.delete(kind, row["Id"], self._org.author(visit))
        return Answer(204)

    def read_by_key(self, visit: Visit, sobject: str, field: str, value: str) -> Answer:
        kind, column, value = self._key(sobject, field, value)
        found = self._org.store.holding(kind, column.name, value)
        if not found:
            raise missing()
        if len(found) > 1:
            return self._choices(visit, kind, [row["Id"] for row in found])
        return self._shown(visit, kind, found[0])

    def upsert(self, visit: Visit, sobject: str, field: str, value: str) -> Answer:
        kind, column, value = self._key(sobject, field, value)
        made = self._draft(visit, kind)
        if column.name in made.values or made.record_id is not None:
            raise refusal(
                "INVALID_FIELD",
                f"The {column.name} field should not be specified in the sobject data.",
            )
        try:
            done = upsert(self._org, made, column, value, self._org.author(visit))
        except Several as several:
            return self._choices(visit, kind, several.ids)
        if not done.created and _version(visit) < UPSERT_ANSWERS_SINCE:
            return Answer(204)
        body = {"id": done.record_id, "success": True, "errors": [], "created": done.created}
        return Answer(201 if done.created else 200, body)

    def delete_by_key(self, visit: Visit, sobject: str, field: str, value: str) -> Answer:
        kind, column, value = self._key(sobject, field, value)
        found = self._org.store.holding(kind, column.name, value)
        if not found:
            raise missing()
        if len(found) > 1:
            return self._choices(visit, kind, [row["Id"] for row in found])
        self._org.writer.delete(kind, found[0]["Id"], self._org.author(visit))
        return Answer(204)

    def _draft(self, visit: Visit, kind: SObject) -> Draft:
        body = json_object(visit.request)
        return draft(kind, body, self._org.present, visit.request.body)

    def existing(self, kind: SObject, record_id: str) -> Row:
        """A record that is there and not deleted; raises Refusal."""
        full = canonical(record_id)
        if full is None:
            raise _no_such_key(record_id)
        row = self._org.store.get(kind, full)
        if row is None:
            raise missing()
        if row.get("IsDeleted"):
            raise deleted()
        return row

    def _key(self, sobject: str, field: str, value: str) -> tuple[SObject, Field, str]:
        """The object, the field that is a key of it, and the value as the org stores it."""
        kind = self._org.known(sobject)
        column = kind.field(field)
        if column is None or not (column.external_id or column.id_lookup):
            raise _no_such_key(field)
        if column.type == "id":
            return kind, column, canonical(value) or ""
        kept = stored(column, value)
        if kept is None:
            raise missing()
        return kind, column, str(kept)

    def _shown(self, visit: Visit, kind: SObject, row: Row) -> Answer:
        [row] = self._org.filled(kind, [row])
        fields = list(kind.fields)
        if wanted := visit.request.get("fields"):
            named = [(name.strip(), kind.field(name.strip())) for name in wanted.split(",")]
            if unknown := [name for name, column in named if column is None]:
                raise no_column(unknown[0], kind)
            fields = [column for _, column in named if column]
        stamp = datetime.fromisoformat(row.get("LastModifiedDate") or row["CreatedDate"])
        modified = format_datetime(stamp, usegmt=False).replace("+0000", "GMT")
        return Answer(200, view(kind, row, fields, visit.base), {"Last-Modified": modified})

    def _choices(self, visit: Visit, kind: SObject, ids: list[Any]) -> Answer:
        base = f"{visit.base}/sobjects/{quote(kind.name)}"
        return Answer(300, [f"{base}/{one}" for one in ids])


def _id_in_body() -> Refusal:
    return refusal("INVALID_FIELD", "The Id field should not be specified in the sobject data.")


def _no_such_key(name: str) -> Refusal:
    return refusal(
        "NOT_FOUND",
        f"Provided external ID field does not exist or is not accessible: {name}",
        status=404,
    )


def _version(visit: Visit) -> int:
    return int(visit.version.removeprefix("v").split(".")[0])
