"""A property's value as the APIs before version 3 tell it: with when and from where it came.

All values are text and all moments milliseconds. The stamps a record has of its own count as
properties too, and each is as old as it says.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.property import Property
from include.sandbox.hubspot.row import CRM_UI, INTEGRATION, Row, Version

_SOURCE_IDS = {CRM_UI: "userId:9000081", INTEGRATION: "4242424"}
Versions = Mapping[str, Sequence[Version]]
"""Property -> its versions, newest first; none is empty."""


class PropertyValues:
    """Reads the properties of records with their versions."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def of(self, kind: ObjectType, row: Row, names: Iterable[str] | None = None) -> Versions:
        """What a record holds or held, of these properties or of all."""
        known = self._portal.schema.of(kind.name)
        past = self._portal.history.all_of(kind.name, row.id)
        stamps = _stamps(kind, row)
        wanted = known if names is None else [name for name in names if name in known]
        found = {}
        for name in wanted:
            if name in stamps:
                found[name] = [stamps[name]]
            elif versions := past.get(name) or _only(row, name):
                found[name] = [_spelled(known[name], one) for one in versions]
        return found


def full(versions: Versions, with_history: Iterable[str] = ()) -> dict[str, Any]:
    """As companies, deals and the rest tell it; the versions in full where they are asked for."""
    told = {}
    names = set(with_history)
    for name, all_of in versions.items():
        listed = [_version(name, one) for one in all_of]
        newest = {key: listed[0][key] for key in ("value", "timestamp", "source", "sourceId")}
        told[name] = {**newest, "versions": listed if name in names else listed[:1]}
    return told


def brief(versions: Versions, *, with_history: bool) -> dict[str, Any]:
    """As contacts tell it: the value alone, or all there was."""
    told: dict[str, Any] = {}
    for name, all_of in versions.items():
        told[name] = {"value": all_of[0].value}
        if with_history:
            told[name]["versions"] = [_hyphened(one) for one in all_of]
    return told


def _stamps(kind: ObjectType, row: Row) -> dict[str, Version]:
    created = Version(str(row.created), row.created, row.source)
    return {
        "hs_object_id": Version(str(row.id), row.created, row.source),
        "createdate": created,
        "hs_createdate": created,
        kind.modified: Version(str(row.modified), row.modified, row.source),
    }


def _only(row: Row, name: str) -> list[Version]:
    value = row.properties.get(name)
    return [] if value is None else [Version(value, row.created, row.source)]


def _spelled(declared: Property, one: Version) -> Version:
    if declared.type not in ("date", "datetime") or not one.value:
        return one
    stamp = moments.read(one.value)
    return one if stamp is None else Version(str(stamp), one.at, one.source)


def _version(name: str, one: Version) -> dict[str, Any]:
    return {
        "name": name,
        "value": one.value,
        "timestamp": one.at,
        "sourceId": _SOURCE_IDS.get(one.source),
        "source": one.source,
        "sourceVid": [],
    }


def _hyphened(one: Version) -> dict[str, Any]:
    return {
        "value": one.value,
        "source-type": one.source,
        "source-id": _SOURCE_IDS.get(one.source),
        "source-label": None,
        "updated-by-user-id": 9_000_081 if one.source == CRM_UI else None,
        "timestamp": one.at,
        "selected": False,
    }
