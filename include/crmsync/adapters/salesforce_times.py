"""When Salesforce's fields were last set, where the org keeps their history.

Field history is switched on per object and for at most twenty fields of it. An org that keeps none
refuses the query: then nothing is known, and it is not asked for that object again by the
same gateway.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from include.crmsync.adapters.salesforce_api import SalesforceApi
from include.crmsync.adapters.soql import portions, room_beside, select, within
from include.crmsync.errors import Rejected
from include.crmsync.model.mapping import FieldType, ObjectMapping

STANDARD = {
    "Account": ("AccountHistory", "AccountId"),
    "Contact": ("ContactHistory", "ContactId"),
    "Lead": ("LeadHistory", "LeadId"),
    "Opportunity": ("OpportunityFieldHistory", "OpportunityId"),
}
"""Object -> its history object, and the field there that names the record."""

NO_HISTORY = frozenset({"INVALID_TYPE", "INVALID_FIELD", "NOT_FOUND"})


class FieldHistory:
    """Asks for histories, and remembers which objects have none."""

    def __init__(self) -> None:
        self._without: set[str] = set()

    def read(
        self,
        api: SalesforceApi,
        mapping: ObjectMapping,
        kinds: Mapping[str, Sequence[str]],
        names: Sequence[str],
    ) -> dict[str, dict[str, datetime]]:
        """Record id -> mapped field -> when it was last set; `kinds`: object -> record ids."""
        found: dict[str, dict[str, datetime]] = {}
        for kind, ids in kinds.items():
            wires = {
                wire: name
                for name in names
                if mapping[name].type is not FieldType.ROLES
                and (wire := mapping[name].salesforce.get(kind, ""))
            }
            if ids and wires and kind not in self._without:
                self._read_kind(api, kind, ids, wires, found)
        return found

    def _read_kind(
        self,
        api: SalesforceApi,
        kind: str,
        ids: Sequence[str],
        wires: Mapping[str, str],
        found: dict[str, dict[str, datetime]],
    ) -> None:
        try:
            for row in _rows(api, kind, ids, sorted(wires)):
                record_id, name = str(row[_history(kind)[1]]), wires.get(str(row["Field"]))
                at = datetime.fromisoformat(row["CreatedDate"]).astimezone(UTC)
                if name is not None:
                    told = found.setdefault(record_id, {})
                    told[name] = max(at, told.get(name, at))
        except Rejected as refused:
            if refused.code not in NO_HISTORY:
                raise
            self._without.add(kind)


def _history(kind: str) -> tuple[str, str]:
    custom = (f"{kind.removesuffix('__c')}__History", "ParentId")
    return STANDARD.get(kind, custom)


def _rows(api: SalesforceApi, kind: str, ids: Sequence[str], wires: Sequence[str]) -> Any:
    history, parent = _history(kind)
    columns = [parent, "Field", "CreatedDate"]
    tracked = within("Field", wires)
    room = room_beside(select(columns, history, where=[tracked, within(parent, [])]))
    for portion in portions(ids, room):
        yield from api.query(select(columns, history, where=[within(parent, portion), tracked]))
