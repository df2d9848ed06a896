"""Create or update, whichever an external id calls for."""

from dataclasses import dataclass
from typing import Any

from include.sandbox.salesforce.bodies import Draft
from include.sandbox.salesforce.org import Org
from include.sandbox.salesforce.schema import Field
from include.sandbox.salesforce.writer import Author


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of an upsert."""

    record_id: str
    created: bool


class Several(Exception):
    """More than one record holds the external id."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids
        super().__init__(f"{len(ids)} records hold the external id")


def upsert(org: Org, draft: Draft, key: Field, value: Any, author: Author) -> Upserted:
    """Update the record that holds `value` in `key`, or create one; raises Several, Refusal."""
    kind = draft.sobject
    with org.store.joined():
        if key.type == "id":
            if value is None:
                return Upserted(org.writer.create(draft, author), created=True)
            org.writer.update(draft, value, author)
            return Upserted(org.writer.writable(kind, value)["Id"], created=False)
        found = org.store.ids_holding(kind, key.name, value)
        if len(found) > 1:
            raise Several(found)
        if found:
            org.writer.update(draft, found[0], author)
            return Upserted(found[0], created=False)
        draft.values[key.name], draft.free = value, key.name
        return Upserted(org.writer.create(draft, author), created=True)
