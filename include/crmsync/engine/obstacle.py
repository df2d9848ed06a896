"""Why one value may not be written to one system, in words a person can act on.

An obstacle stops one field, never the record: the good fields travel, the bad one is held
with its reason until it changes. Here is what only planning can tell: it depends on links,
owners and what was sent before. What a value is by itself is for the criteria to judge. The
words name the field and the remedy, not the value; the value is kept beside them in the held row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from include.crmsync.engine import stages
from include.crmsync.engine.canonical import is_readable, is_too_large
from include.crmsync.engine.conversions import converts
from include.crmsync.engine.directory import Directory
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System, Value


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in a value's way; `quiet` ones are the stated fallback, not reported."""

    criterion: str
    reason: str
    quiet: bool = False
    code: str | None = None
    """The CRM's own word, where it refused this very value before."""
    sent: str | None = None


def obstacle(
    value: Value,
    field: FieldMapping,
    target: System,
    directory: Directory,
    bounced: Mapping[str, Value],
) -> Obstacle | None:
    """What keeps `value` out of a record in `target`, or None when nothing does."""
    if field.type is FieldType.OWNER and not directory.knows(value, field, target):
        return Obstacle("owner_known", "the owner is no active user there", quiet=True)
    if field.type is FieldType.PARENT and not directory.knows(value, field, target):
        return Obstacle("parent_linked", parent_missing(field, target))
    if field.type is FieldType.STAGE and value is not None and not stages.is_mapped(value, field):
        return Obstacle("stage_mapped", stage_unknown(target))
    if is_too_large(value, field):
        return Obstacle(
            "readable_value",
            f"{field.name} holds a number that is too large: it has more digits than can be written"
            f" to {target.label}. Mend the number in {target.other.label}.",
        )
    if not is_readable(value, field):
        return Obstacle(
            "readable_value",
            f"{field.name} holds something that is not of the type the mapping states. Mend it in"
            f" {target.other.label}, or mend the mapping's type.",
        )
    if not converts(value, field):
        return Obstacle(
            "transformable_value",
            f"{field.name} holds a value that the transform {field.transform} does not know, so it"
            " cannot be said in the other system's words. Mend the record's value.",
        )
    if field.name in bounced and bounced[field.name] == value:
        return bounce(target, field.name)
    return None


def bounce(target: System, name: str) -> Obstacle:
    """A value that was stored differently from how it was sent."""
    return Obstacle(
        "stored_as_sent",
        f"{target.label} stored {name} differently from what was sent, so sending it again would"
        f" bounce for ever. Make both systems hold the same {name}.",
    )


def companion_stuck(field: FieldMapping) -> Obstacle:
    """A value that says nothing, or something else, without one that cannot be written."""
    return Obstacle(
        "companion_writable",
        f"{field.name} moves with {field.moves_with}, which cannot be written: alone it would mean"
        f" something else there. Mend {field.moves_with}; both travel then.",
    )


def stage_unknown(target: System) -> str:
    """Why a stage stays where it is."""
    return (
        "its stage is none that the mapping pairs, in its pipeline, with a stage of"
        f" {target.label}. Choose another stage, or add this one to `pipelines` in the mapping; the"
        " record's other fields are synced."
    )


def parent_missing(field: FieldMapping, target: System) -> str:
    """Why a child must wait for its parent, and what makes it go on."""
    return (
        f"its {field.name} is in {field.parent}, but not linked to a record in"
        f" {target.label} yet. It goes through by itself when that record is synced:"
        f" look among the held {field.parent} for the reason."
    )


def counterpart_held(link: Link, target: System) -> Obstacle:
    """The record it would be written to is itself held, so nothing reaches it."""
    return Obstacle(
        "counterpart_free",
        f"its changes wait: {link.id_in(target)}, its counterpart in {target.label}, is held."
        " Look there for the reason (for a contact, mostly that it left the inclusion list).",
    )
