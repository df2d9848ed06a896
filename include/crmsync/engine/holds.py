"""Held rows that planning itself finds: what a person is told, in words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import pandas as pd

from include.crmsync.engine import farewells
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.match import Matched
from include.crmsync.engine.obstacle import Obstacle
from include.crmsync.engine.transform import Canonical, stamp_of, value_of
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System, Value

WAITS_FOR_HOLDER = "role_holder_linked"
"""The criterion of `roles_waiting`: read again once somebody who is waited for is linked."""


def obstacle_held(
    object_type: str,
    record: tuple[System, str],
    name: str | None,
    value: Value,
    stop: Obstacle,
    frame: pd.DataFrame,
) -> Held:
    """One field that may not be written, or a whole record that must wait."""
    system, record_id = record
    return Held(
        system,
        object_type,
        record_id,
        stop.criterion,
        name,
        value,
        stop.reason,
        stamp_of(frame, record_id),
        stop.code,
        stop.sent,
    )


def duplicates(
    object_type: str, matched: Matched, records: Mapping[System, Canonical], match_on: str | None
) -> Iterator[Held]:
    """Records that share their match value with one that is linked, or will be."""
    for system, losers in matched.duplicates.items():
        frame = records[system].frame
        for record_id, winner in sorted(losers.items()):
            if record_id not in frame.index:
                continue
            yield Held(
                system,
                object_type,
                record_id,
                "unique_in_system",
                match_on,
                value_of(frame, record_id, match_on or ""),
                f"{system.label} has several {object_type} with this {match_on}; {winner} is the"
                " one that is synced, being linked already or modified last. Merge them in"
                f" {system.label}, or give this one its own {match_on}.",
                stamp_of(frame, record_id),
            )


def roles_waiting(
    mapping: ObjectMapping, records: Mapping[System, Canonical], directory: Directory
) -> Iterator[Held]:
    """Roles of people who are not linked to a record that can have one."""
    for system, one in records.items():
        for record_id, fields in sorted(one.waiting.items()):
            for name, value in sorted(fields.items()):
                bereft = directory.bereft.get(mapping[name].parent or "", {}).get(system, ())
                ids = waited_for(value, system)
                gone = sum(each in bereft for each in ids)
                yield Held(
                    system,
                    mapping.object_type,
                    record_id,
                    "role_holder_linked",
                    name,
                    value,
                    _why_roles_wait(name, system, len(ids) - gone, gone),
                    stamp_of(one.frame, record_id),
                )


def waited_for(value: Value, system: System) -> list[str]:
    """The records in a held value that a record of `system` waits for, each as `system:id`."""
    return [one.removeprefix(f"{system}:") for one in (value or "").split(";")]


def _why_roles_wait(name: str, system: System, waiting: int, gone: int) -> str:
    """What becomes of roles that wait for a link, and of those whose counterpart is gone."""
    told = []
    if waiting:
        told.append(
            f"{waiting} of its {name} are not linked to a Salesforce contact yet, so nothing of"
            f" them is written to {system.other.label}. They follow by themselves: look among the"
            " held contacts for the reason; a lead has a role once it is converted."
        )
    if gone:
        told.append(
            f"{gone} of its {name} had a counterpart in {system.other.label} that was deleted or"
            " merged there, so nothing of them is written to it. These do not follow by themselves:"
            " restoring the counterpart brings the role, and so does linking them to another one;"
            " the held contacts name them. Or take them out of this record."
        )
    return " ".join(told)


def outside(object_type: str, records: Mapping[System, Canonical]) -> Iterator[Held]:
    """Records in a pipeline, or of a record type, that the mapping does not have."""
    for system, one in records.items():
        what = "pipeline" if system is System.HUBSPOT else "record type"
        for record_id, (name, where) in sorted(one.outside.items()):
            yield Held(
                system,
                object_type,
                record_id,
                "pipeline_mapped",
                name,
                where,
                f"it is in a {what} of {system.label} that the mapping does not have, so it is"
                " paused: nothing travels from it, nor to it, and its link is kept. Move it back,"
                f" or add the {what} to `pipelines` in the mapping.",
                stamp_of(one.frame, record_id),
            )


def gone(
    object_type: str, system: System, record_id: str, counterpart: str, modified_at: datetime
) -> Held:
    """A linked record whose counterpart can no longer be read."""
    return Held(
        system,
        object_type,
        record_id,
        "counterpart_exists",
        None,
        None,
        f"it is linked to {counterpart} in {system.other.label}, which was deleted there or is"
        " hidden from the integration user. Restore it, or grant access; it is not created anew.",
        modified_at,
    )


def first_only(held: Sequence[Held]) -> list[Held]:
    """Each record, criterion and field once."""
    seen = {(one.system, one.record_id, one.criterion, one.field): one for one in reversed(held)}
    return list(reversed(seen.values()))


def not_created(object_type: str, system: System, fresh: pd.DataFrame) -> Iterator[Held]:
    """Records without a counterpart, of a type the mapping does not create over there."""
    for record_id in fresh.index:
        yield Held(
            system,
            object_type,
            str(record_id),
            "creation_allowed",
            None,
            None,
            f"it has no counterpart, and the mapping does not let {object_type} be created in"
            f" {system.other.label}. Create it there by hand, or add {system.other} to creates_in.",
            stamp_of(fresh, str(record_id)),
        )


def kind_not_created(
    object_type: str, record_id: str, kind: str, lacking: Sequence[str], frame: pd.DataFrame
) -> Held:
    """A HubSpot record that would become a Salesforce object which the mapping cannot create."""
    it = "it" if len(lacking) == 1 else "them"
    return Held(
        System.HUBSPOT,
        object_type,
        record_id,
        "creation_allowed",
        None,
        None,
        f"it has no counterpart, and Salesforce creates no {kind} without {' and '.join(lacking)},"
        f" which the mapping never sends. Map {it} in mappings/{object_type}.yaml, or give {it} a"
        f" constant there, or have Salesforce no longer require {it}; the record goes through by"
        " itself then.",
        stamp_of(frame, record_id),
    )


def forgotten(
    object_type: str, system: System, fresh: pd.DataFrame, ids: Collection[str]
) -> Iterator[Held]:
    """Records whose counterpart was erased for privacy: they are not created anew."""
    for record_id in map(str, fresh.index):
        if record_id in ids:
            stamp = stamp_of(fresh, record_id)
            yield farewells.erased(object_type, system, record_id, stamp)
