"""Finding a record: what a search may mean, and its hits as lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from include.crmsync.model.mapping import FieldType, ObjectMapping
from include.crmsync.model.record import System, Value
from include.crmsync.model.record_id import is_id, whole_id
from include.crmsync.state.finds import Find

NAMING = frozenset(
    {"email", "firstname", "lastname", "name", "dealname", "domain", "website", "company"}
)
"""HubSpot properties that people know a record by."""
LONGEST_ID = 19
"""Digits of the longest HubSpot id: they are numbers of 64 bits."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that a search found."""

    object_type: str
    system: System
    record_id: str
    title: str
    standing: str
    """In words: linked, held, gone."""
    counterpart: str | None
    """Its id in the other system."""


def ids_in(text: str) -> tuple[System, str] | None:
    """The id that a search is for, as its system spells it; None: it is for words."""
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID:
        return System.HUBSPOT, text
    if is_id(text) and any(letter.isdigit() for letter in text):
        return System.SALESFORCE, whole_id(text)
    return None


def naming(mapping: ObjectMapping) -> tuple[str, ...]:
    """The mapped fields that people know a record by, in the mapping's order."""
    return tuple(
        one.name
        for one in mapping.fields
        if one.type is FieldType.EMAIL or one.hubspot in NAMING or one.name == mapping.match_on
    )


def hits(found: Sequence[Find], mappings: Mapping[str, ObjectMapping]) -> list[Hit]:
    """What was found, as people read it."""
    return [
        Hit(
            one.object_type,
            one.system,
            one.record_id,
            _title(one, mappings) or "(no name is remembered)",
            _standing(one),
            one.counterpart,
        )
        for one in found
    ]


def _title(one: Find, mappings: Mapping[str, ObjectMapping]) -> str:
    return title({name: one.values.get(name) for name in naming(mappings[one.object_type])})


def title(values: Mapping[str, Value]) -> str:
    """What a record is called, by its naming fields; empty where none has a value."""
    person = " ".join(value for name in ("first_name", "last_name") if (value := values.get(name)))
    others = [value for name, value in values.items() if value and not name.endswith("_name")]
    return ", ".join(dict.fromkeys(part for part in (person, *others) if part))


def _standing(one: Find) -> str:
    if one.counterpart is None:
        return "held, not linked" if one.held else "not linked"
    if one.gone_in is not None:
        return f"its record in {one.gone_in.label} is gone"
    return "linked"
