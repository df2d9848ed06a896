"""What a plan says of each field of one pair: the words of the plan, field by field.

Pure. Nothing is judged here: a field travels because an action of the plan writes it, is held
because the plan holds it, and stays because the plan leaves it alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from include.crmsync.engine import roles
from include.crmsync.model.card import FieldNow, State
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.plan import Conflict, Held, Plan
from include.crmsync.model.record import System, Values
from include.crmsync.model.rule import SyncRule


@dataclass(frozen=True, slots=True)
class Pairwise:
    """One pair, or one record alone, and the plan that was made of it."""

    stated: ObjectMapping
    """The mapping as it is stated."""
    used: ObjectMapping
    """The mapping that the plan was made by: without what is set aside."""
    plan: Plan
    link: Link | None
    values: Mapping[System, Values]
    """Canonical values of the records that are there."""
    kind: str
    """The Salesforce object of the pair."""
    held: Sequence[Held]
    """All that is held of it: by the plan, and by criteria before it."""


def field_states(pair: Pairwise) -> dict[str, FieldNow]:
    """How each stated field stands."""
    return {one.name: _state(one, pair) for one in pair.stated.fields}


def _state(one: FieldMapping, pair: Pairwise) -> FieldNow:
    if one.rule is SyncRule.DONT_SYNC:
        return FieldNow(State.NOT_SYNCED)
    if one.name not in {used.name for used in pair.used.fields}:
        return FieldNow(State.SET_ASIDE, "a CRM does not bear it out: see the mapping's issues")
    if pair.kind and pair.kind not in one.salesforce:
        return FieldNow(State.NOT_OF_KIND, f"{pair.kind} has no such field")
    return _planned(one, pair) or _at_rest(one, pair)


def _planned(one: FieldMapping, pair: Pairwise) -> FieldNow | None:
    """What the plan says of it, where it says anything."""
    for conflict in _conflicts(pair.plan.conflicts, one.name):
        loser = conflict.winner.other
        return FieldNow(State.CONFLICT, f"both changed it: {conflict.reason}", loser)
    for action in pair.plan.actions:
        for change in action.changes:
            if change.field == one.name:
                return FieldNow(State.TRAVELS, change.reason, action.system)
    held = next((hold for hold in pair.held if hold.field == one.name), None)
    if held is not None:
        return FieldNow(State.HELD, held.reason)
    for conflict in _conflicts(pair.plan.undecided, one.name):
        return FieldNow(
            State.HELD, f"both changed it, and it may not be written: {conflict.reason}"
        )
    return None


def _at_rest(one: FieldMapping, pair: Pairwise) -> FieldNow:
    """A field that the plan leaves alone."""
    if len(pair.values) < len(System):
        return FieldNow(State.ALONE if pair.link is None else State.UNKNOWN)
    if _alike(one, pair):
        base = (pair.link.base or {}).get(one.name) if pair.link else None
        settled = pair.values[System.SALESFORCE].get(one.name) == base
        return FieldNow(State.IN_STEP if settled else State.CATCHES_UP)
    whole = next((hold for hold in pair.held if _of_all(hold, one, pair)), None)
    if whole is not None:
        return FieldNow(State.HELD, f"its record is held: {whole.reason}")
    return FieldNow(State.STAYS, _why_it_stays(one, pair))


def _alike(one: FieldMapping, pair: Pairwise) -> bool:
    ours, theirs = (pair.values[system].get(one.name) for system in System)
    if one.type is FieldType.ROLES:
        return roles.as_said(theirs, one, System.HUBSPOT) == ours
    return ours == theirs


def _of_all(hold: Held, one: FieldMapping, pair: Pairwise) -> bool:
    """Whether a hold is about more than the one mapped field that it names."""
    named = {field.name for field in pair.stated.fields} - {one.name}
    return hold.field is None or hold.field not in named or _first(hold, pair)


def _first(hold: Held, pair: Pairwise) -> bool:
    """Whether it is a criterion that holds the record, though it names the field it looked at."""
    return hold not in pair.plan.held


def _why_it_stays(one: FieldMapping, pair: Pairwise) -> str:
    if pair.link is not None and not pair.link.lives:
        return "a record of the pair is gone: nothing travels"
    if one.only_new:
        return "only new records get it"
    if one.type is FieldType.OWNER:
        return "the owner is no active user of the other system, which keeps its own"
    if pair.link is not None and one.name in pair.link.bounced:
        return "the other system stored it differently from how it was sent"
    return "by its rule and base there is nothing to write"


def _conflicts(found: Sequence[Conflict], name: str) -> Iterator[Conflict]:
    return (one for one in found if one.field == name)
