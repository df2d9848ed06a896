"""Why one value may not be written to one system, in words a person can act on.

An obstacle stops one field, never the record: the good fields travel, the bad one is held
with its reason until it changes. The words name the field and the remedy, not the value;
the value is kept beside them in the held row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from include.crmsync.engine.canonical import is_known
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


def obstacle(
    value: Value,
    field: FieldMapping,
    target: System,
    directory: Directory,
    bounced: Mapping[str, Value],
) -> Obstacle | None:
    """What keeps `value` out of `target`, or None when nothing does."""
    if field.type is FieldType.OWNER and not directory.knows(value, field, target):
        return Obstacle("owner_known", "the owner is no active user there", quiet=True)
    if field.type is FieldType.PARENT and not directory.knows(value, field, target):
        return Obstacle("parent_linked", parent_missing(field, target))
    if not is_known(value, field):
        return Obstacle(
            "picklist_value",
            f"{field.name} holds a value that is not in the mapping's list, so {target.label}"
            " would not know it. Add it to `values` in the mapping, or change the record.",
        )
    if _too_long(value, field, target):
        return Obstacle(
            "fits_length",
            f"{field.name} is longer than the {field.length} characters {target.label} stores."
            " Shorten it; the record's other fields are synced.",
        )
    if field.name in bounced and bounced[field.name] == value:
        return Obstacle(
            "stored_as_sent",
            f"{target.label} stored {field.name} differently from what was sent, so sending it"
            f" again would bounce for ever. Make both systems hold the same {field.name}.",
        )
    return None


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


def _too_long(value: Value, field: FieldMapping, target: System) -> bool:
    """HubSpot stores 65,536 characters of any text; only Salesforce's lengths bind."""
    if value is None or field.length is None or target is System.HUBSPOT:
        return False
    return len(value) > field.length
