"""I23: the watermark never passes a change that is not committed, held or remembered by id."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from include.crmsync.model.record import Record, System
from tests.simulation.runs import Ran
from tests.simulation.scene import Scene

SLACK = timedelta(seconds=5)
"""Clocks that are off, and stamps of whole seconds."""


def nothing_is_passed(scene: Scene, ran: Ran) -> Iterator[str]:
    """Whatever the next run does not read again is known."""
    query = "SELECT object_type, system, at FROM watermark"
    for object_type, name, at in scene.world.state.rows(query):
        system = System(name)
        if object_type not in scene.world.mappings:
            continue
        horizon = moment(at) - scene.world.settings.overlap - SLACK
        known = _known(scene, object_type, system)
        for record in scene.world.living(system, object_type):
            passed = record.modified_at < horizon and _unseen(record, known)
            if passed and not scene.unseen(record) and not scene.forgotten(record):
                yield f"{record.id} changed before the watermark of {ran.name}, unseen"


def _unseen(record: Record, known: dict[str, Any]) -> bool:
    stamp = known.get(record.id, "unknown")
    if stamp == "unknown":
        return True
    return stamp is not None and moment(stamp) < record.modified_at - SLACK


def _known(scene: Scene, object_type: str, system: System) -> dict[str, Any]:
    """Record -> the stamp of the version that was judged; None: it is remembered by id."""
    rows = scene.world.state.rows
    known: dict[str, Any] = dict(
        rows(
            f"SELECT {system}_id, {system}_modified_at FROM link WHERE object_type = ?", object_type
        )
    )
    for table in ("held", "retry"):
        query = f"SELECT record_id FROM {table} WHERE object_type = ? AND system = ?"
        known |= {id_: None for (id_,) in rows(query, object_type, str(system))}
    return known


def moment(stored: object) -> datetime:
    """A moment as the store writes it."""
    told = datetime.fromisoformat(str(stored))
    return told if told.tzinfo else told.replace(tzinfo=UTC)
