"""What HubSpot's properties held before, and since when: their history, fifty records a call."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from include.crmsync.adapters.batches import chunks
from include.crmsync.adapters.gateway import Version
from include.crmsync.adapters.hubspot_api import OBJECTS, HubSpotApi, only_missing, results
from include.crmsync.model.mapping import ASSOCIATED, ObjectMapping

WITH_HISTORY = 50
"""The most records of a batch read that asks for histories."""

Past = dict[str, dict[str, list[Version]]]
"""Record id -> mapped field -> its versions, the newest first."""


def read_times(
    api: HubSpotApi, mapping: ObjectMapping, ids: Sequence[str], names: Sequence[str]
) -> dict[str, dict[str, datetime]]:
    """Record id -> mapped field -> when its property was last set."""
    return {
        id_: {name: versions[0].at for name, versions in fields.items() if versions}
        for id_, fields in read_past(api, mapping, ids, names).items()
    }


def read_past(
    api: HubSpotApi, mapping: ObjectMapping, ids: Sequence[str], names: Sequence[str]
) -> Past:
    """What each property of the fields held, and since when."""
    asked = {name: mapping[name].hubspot for name in names if _has_history(mapping, name)}
    if not asked:
        return {}
    found: Past = {}
    for portion in chunks(dict.fromkeys(ids), WITH_HISTORY):
        body = {
            "properties": [],
            "propertiesWithHistory": sorted(set(asked.values())),
            "inputs": [{"id": id_} for id_ in portion],
        }
        answer = api.post(f"{OBJECTS}/{mapping.hubspot}/batch/read", body)
        only_missing(answer, f"batch read of {mapping.hubspot}")
        for item in results(answer):
            past = item.get("propertiesWithHistory") or {}
            found[str(item["id"])] = {
                name: _newest_first(past.get(wire)) for name, wire in asked.items()
            }
    return found


def _has_history(mapping: ObjectMapping, name: str) -> bool:
    return mapping[name].type not in ASSOCIATED and bool(mapping[name].hubspot)


def _newest_first(versions: Any) -> list[Version]:
    return sorted(_versions(versions), key=lambda one: one.at, reverse=True)


def _versions(versions: Any) -> Iterator[Version]:
    for one in versions or ():
        if isinstance(one, Mapping) and one.get("timestamp"):
            at = datetime.fromisoformat(str(one["timestamp"]))
            yield Version(one.get("value"), at.astimezone(UTC))
