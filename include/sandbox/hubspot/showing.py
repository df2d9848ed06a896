"""How a record looks in an answer.

All values are strings or null. Asked for by name, a blank property is null and one that
does not exist is left out; the id and the stamps are always there.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.history import History
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.property import Property
from include.sandbox.hubspot.row import CRM_UI, INTEGRATION, Row, Version
from include.sandbox.hubspot.schema import Schema

_APP = "4242424"
"""The number of the private app whose token the sandbox accepts."""


def value(kind: ObjectType, row: Row, declared: Property) -> str | None:
    """One property as text; moments as answers spell them."""
    name = declared.name
    if name == "hs_object_id":
        return str(row.id)
    if name in ("createdate", "hs_createdate"):
        return moments.shown(row.created)
    if name == kind.modified:
        return moments.shown(row.modified)
    kept = row.properties.get(name)
    return moments.tidy(kept) if kept and declared.type == "datetime" else kept


class Showing:
    """Shows rows as answers do."""

    def __init__(self, schema: Schema, history: History) -> None:
        self._schema = schema
        self._history = history

    def record(
        self,
        kind: ObjectType,
        row: Row,
        names: Iterable[str] = (),
        with_history: Iterable[str] = (),
    ) -> dict[str, Any]:
        """A record with these properties, or with the usual ones when none are named."""
        known = self._schema.of(kind.name)
        past = [name for name in with_history if name in known]
        wanted = {*(list(names) or ([] if past else kind.defaults)), *past, *kind.always}
        told = self._stamped(kind, row, {n: known[n] for n in sorted(wanted) if n in known})
        if past:
            told["propertiesWithHistory"] = {
                name: self._versions(kind, row, known[name]) for name in past
            }
        return told

    def filled(
        self, kind: ObjectType, row: Row, names: Iterable[str] | None = None
    ) -> dict[str, Any]:
        """A record as a write echoes it: what is filled, or what is named, and the stamps."""
        known = self._schema.of(kind.name)
        wanted = {*(row.properties if names is None else names), *kind.always}
        return self._stamped(kind, row, {n: known[n] for n in sorted(wanted) if n in known})

    def _stamped(
        self, kind: ObjectType, row: Row, wanted: Mapping[str, Property]
    ) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": str(row.id),
            "properties": {name: value(kind, row, one) for name, one in wanted.items()},
            "createdAt": moments.shown(row.created),
            "updatedAt": moments.shown(row.modified),
            "archived": row.archived is not None,
        }
        if row.archived is not None:
            told["archivedAt"] = moments.shown(row.archived)
        return told

    def _versions(self, kind: ObjectType, row: Row, declared: Property) -> list[dict[str, Any]]:
        versions = self._history.of(kind.name, row, declared.name)
        if not versions and (now := value(kind, row, declared)):
            versions = [Version(now, row.created, row.source)]
        return [_version(one, declared) for one in versions]


def _version(one: Version, declared: Property) -> dict[str, Any]:
    told: dict[str, Any] = {
        "value": moments.tidy(one.value) if declared.type == "datetime" else one.value,
        "timestamp": moments.shown(one.at),
        "sourceType": one.source,
    }
    if one.source == CRM_UI:
        return {**told, "sourceId": "userId:9000081", "updatedByUserId": 9_000_081}
    if one.source == INTEGRATION:
        return {**told, "sourceId": _APP, "sourceLabel": "Sandbox private app"}
    return told
