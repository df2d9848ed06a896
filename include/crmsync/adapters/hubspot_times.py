"""When HubSpot's properties were last set: their history, fifty records a call."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from include.crmsync.adapters.batches import chunks
from include.crmsync.adapters.hubspot_api import OBJECTS, HubSpotApi, only_missing, results
from include.crmsync.model.mapping import ASSOCIATED, ObjectMapping

WITH_HISTORY = 50
"""The most records of a batch read that asks for histories."""


def read_times(
    api: HubSpotApi, mapping: ObjectMapping, ids: Sequence[str], names: Sequence[str]
) -> dict[str, dict[str, datetime]]:
    """Record id -> mapped field -> when its property was last set."""
    asked = {name: mapping[name].hubspot for name in names if _has_history(mapping, name)}
    if not asked:
        return {}
    found: dict[str, dict[str, datetime]] = {}
    for portion in chunks(dict.fromkeys(ids), WITH_HISTORY):
        body = {
            "properties": [],
            "propertiesWithHistory": sorted(asked.values()),
            "inputs": [{"id": id_} for id_ in portion],
        }
        answer = api.post(f"{OBJECTS}/{mapping.hubspot}/batch/read", body)
        only_missing(answer, f"batch read of {mapping.hubspot}")
        for item in results(answer):
            past = item.get("propertiesWithHistory") or {}
            told = ((name, _newest(past.get(wire))) for name, wire in asked.items())
            found[str(item["id"])] = {name: at for name, at in told if at is not None}
    return found


def _has_history(mapping: ObjectMapping, name: str) -> bool:
    return mapping[name].type not in ASSOCIATED and bool(mapping[name].hubspot)


def _newest(versions: Any) -> datetime | None:
    stamps = [
        datetime.fromisoformat(str(one["timestamp"]))
        for one in versions or ()
        if isinstance(one, Mapping) and one.get("timestamp")
    ]
    return max(stamps, default=None, key=lambda at: at.astimezone(UTC))
