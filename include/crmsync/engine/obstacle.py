"""Why one value may not be written to one system, in words a person can act on.

An obstacle stops one field, never the record: the good fields travel, the bad one is held
with its reason until it changes. The words name the field and the remedy, not the value;
the value is kept beside them in the held row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from include.crmsync.engine.canonical import is_known, is_readable, wire
from include.crmsync.engine.conversions import converts
from include.crmsync.engine.directory import Directory
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System, Value
from include.crmsync.model.schema import FieldSchema


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
    kind: str = "",
) -> Obstacle | None:
    """What keeps `value` out of a record of `kind` in `target`, or None when nothing does."""
    if (wrong := _meaningless(value, field, target, directory, kind)) is not None:
        return wrong
    if (unsayable := _unsayable(value, field, target, kind)) is not None:
        return unsayable
    longest = _longest(field, target, kind)
    if value is not None and longest is not None and len(value) > longest:
        return Obstacle(
            "fits_length",
            f"{field.name} is longer than the {longest} characters {target.label} stores."
            " Shorten it; the record's other fields are synced.",
        )
    if field.name in bounced and bounced[field.name] == value:
        return Obstacle(
            "stored_as_sent",
            f"{target.label} stored {field.name} differently from what was sent, so sending it"
            f" again would bounce for ever. Make both systems hold the same {field.name}.",
        )
    return None


def _meaningless(
    value: Value, field: FieldMapping, target: System, directory: Directory, kind: str
) -> Obstacle | None:
    """A value that is none of its type, that the target does not know, or not without."""
    if field.type is FieldType.OWNER and not directory.knows(value, field, target):
        return Obstacle("owner_known", "the owner is no active user there", quiet=True)
    if field.type is FieldType.PARENT and not directory.knows(value, field, target):
        return Obstacle("parent_linked", parent_missing(field, target))
    if not is_readable(value, field):
        return Obstacle(
            "readable_value",
            f"{field.name} holds something that is not of the type the mapping states. Mend it in"
            f" {target.other.label}, or mend the mapping's type.",
        )
    if value is None and _must_be_filled(field, target, kind):
        return Obstacle(
            "required_value",
            f"{field.name} was cleared, and {target.label} keeps no record without it. Fill it in;"
            " the record's other fields are synced.",
        )
    if not is_known(value, field):
        return Obstacle(
            "picklist_value",
            f"{field.name} holds a value that is not in the mapping's list, so {target.label}"
            " would not know it. Add it to `values` in the mapping, or change the record.",
        )
    return None


def _must_be_filled(field: FieldMapping, target: System, kind: str) -> bool:
    """HubSpot lets what a new record needs be cleared later; Salesforce does not."""
    told = field.schemas.get(kind)
    return target is System.SALESFORCE and (field.required if told is None else told.required)


def _unsayable(value: Value, field: FieldMapping, target: System, kind: str) -> Obstacle | None:
    """A value that the target has no word or no room for, by its live schema."""
    told = field.schemas.get(kind)
    if not converts(value, field):
        return Obstacle(
            "transformable_value",
            f"{field.name} holds a value that the transform {field.transform} does not know, so it"
            " cannot be said in the other system's words. Mend the record's value.",
        )
    if value is None or told is None:
        return None
    if not _is_option(value, field, target, told):
        return Obstacle(
            "picklist_value",
            f"{field.name} holds a value that is no option of the field in {target.label}, which"
            " would refuse it. Add the option there, map the value, or change the record.",
        )
    if _too_large(value, field, told):
        return Obstacle(
            "fits_length",
            f"{field.name} has more digits than the field in {target.label} stores. Mend the"
            " number, or widen the field.",
        )
    return None


def _is_option(value: str, field: FieldMapping, target: System, told: FieldSchema) -> bool:
    if field.type not in _CHOSEN or not told.restricted or not told.options:
        return True
    spelled = str(wire(value, field, target))
    parts = spelled.split(";") if field.type is FieldType.MULTIPICKLIST else [spelled]
    return all(part in told.options for part in parts)


def _too_large(value: str, field: FieldMapping, told: FieldSchema) -> bool:
    if field.type is not FieldType.NUMBER or told.precision is None:
        return False
    return len(value.lstrip("-").split(".")[0]) > told.precision - (told.scale or 0)


def companion_stuck(field: FieldMapping) -> Obstacle:
    """A value that says nothing, or something else, without one that cannot be written."""
    return Obstacle(
        "companion_writable",
        f"{field.name} moves with {field.moves_with}, which cannot be written: alone it would mean"
        f" something else there. Mend {field.moves_with}; both travel then.",
    )


def required_blank(field: FieldMapping, target: System) -> Obstacle:
    """A new record lacks what none can be created without."""
    return Obstacle(
        "required_value",
        f"{target.label} creates no record without {field.name}, and it is blank. Fill it in; the"
        " record goes through when it changes. Or give the mapping a default.",
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


def _longest(field: FieldMapping, target: System, kind: str) -> int | None:
    """HubSpot stores 65,536 characters of any text; only Salesforce's lengths bind.

    The shorter of what the mapping says and what the field itself says.
    """
    if target is System.HUBSPOT:
        return None
    told = field.schemas.get(kind)
    counted = told.length if told is not None and field.type in _MEASURED else None
    return min((one for one in (field.length, counted) if one is not None), default=None)


_MEASURED = frozenset({FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE})
_CHOSEN = frozenset({FieldType.PICKLIST, FieldType.MULTIPICKLIST, FieldType.STRING})
