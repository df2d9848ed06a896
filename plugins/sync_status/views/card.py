"""The sync card: one record in both systems, each field of it, what holds it, what befell it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from include.crmsync.model.card import Answer, FieldNow, Now, State
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System, Value
from include.crmsync.state.card_board import Chapter, Kept, Key
from sync_status.views.errors import Line, lines
from sync_status.views.find import naming, title
from sync_status.views.history import values_in
from sync_status.views.standing import next_steps, says, standing

STATES: Mapping[State, str] = {
    State.IN_STEP: "in step",
    State.CATCHES_UP: "alike; the base catches up",
    State.TRAVELS: "travels",
    State.CONFLICT: "conflict",
    State.HELD: "held",
    State.STAYS: "differs, and stays so",
    State.NOT_SYNCED: "never travels",
    State.NOT_OF_KIND: "not of this kind",
    State.SET_ASIDE: "set aside",
    State.ALONE: "no counterpart",
    State.UNKNOWN: "not known now",
}
TONES: Mapping[State, str] = {
    State.IN_STEP: "done",
    State.CATCHES_UP: "done",
    State.TRAVELS: "running",
    State.CONFLICT: "waiting",
    State.HELD: "held",
    State.SET_ASIDE: "held",
}
"""The colour of a state; the word says it too."""


Address = Callable[[System, str, str], str]
"""The page of a record in its CRM, by system, kind and id; empty where nobody knows it."""


@dataclass(frozen=True, slots=True)
class Side:
    """The record, or its counterpart, in one system."""

    system: System
    record_id: str | None
    kind: str
    url: str
    """Its page in the CRM; empty where nobody knows it."""
    modified_at: datetime | None
    says: str
    """What is worth knowing of it, in words."""


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One mapped field of the pair."""

    name: str
    places: Mapping[System, str]
    """How each system calls it."""
    now: Mapping[System, Value]
    asked: Mapping[System, bool]
    """Whether it is known what the system holds."""
    base: Value
    rule: str
    rule_name: str
    state: str
    tone: str
    why: str
    parents: Mapping[str, str]
    """Of a parent: link id -> its records, as people know them."""


@dataclass(frozen=True, slots=True)
class Card:
    """Everything the page shows."""

    object_type: str
    system: System
    record_id: str
    title: str
    sides: tuple[Side, ...]
    standing: str
    """In one sentence: linked to what, or why not."""
    stored: Kept
    fields: tuple[FieldLine, ...]
    held: tuple[Line, ...]
    foreseen: tuple[Held, ...]
    """What the plan would hold, and no run has held yet."""
    now: Now | None
    next: tuple[str, ...] = field(default=())
    """What the next run does with it, in sentences."""

    @property
    def waiting(self) -> list[str]:
        """Ids of the records of which something is held, or to be tried again."""
        ids = [line.held.record_id for line in self.held]
        ids += [one.record_id for one in self.stored.retries]
        return list(dict.fromkeys(ids))


def card(
    mapping: ObjectMapping,
    key: Key,
    kept: Kept,
    now: Now | None,
    address: Address,
    *,
    parents: Mapping[int, Link] | None = None,
    forgotten: bool = False,
) -> Card:
    """The card of one record."""
    system, record_id = key
    link = kept.stored.link if kept.stored else None
    held = tuple(lines(kept.held))
    named = in_words(parents or {})
    return Card(
        object_type=mapping.object_type,
        system=system,
        record_id=record_id,
        title=_title(mapping, link, now, system) or record_id,
        sides=tuple(_side(one, key, link, now, address) for one in System),
        standing=standing(mapping, key, kept, now, forgotten=forgotten),
        stored=kept,
        fields=tuple(_field(one, mapping, link, now, named) for one in mapping.fields),
        held=held,
        foreseen=_foreseen(kept, now),
        now=now,
        next=tuple(next_steps(kept, now)),
    )


def _title(mapping: ObjectMapping, link: Link | None, now: Now | None, system: System) -> str:
    names = naming(mapping)
    sources = [now.answers[one].values for one in (system, system.other)] if now else []
    sources.append((link.base or {}) if link else {})
    told = (title({name: values.get(name) for name in names}) for values in sources)
    return next((one for one in told if one), "")


def _id_in(system: System, key: Key, link: Link | None, now: Now | None) -> str | None:
    if link is not None:
        return link.id_in(system)
    if key[0] is system:
        return key[1]
    return now.matched if now else None


def _side(system: System, key: Key, link: Link | None, now: Now | None, address: Address) -> Side:
    record_id = _id_in(system, key, link, now)
    answer = now.answers[system] if now else Answer(trouble="not asked")
    known = "" if link is None or system is System.HUBSPOT else link.kind
    return Side(
        system,
        record_id,
        answer.kind or known,
        address(system, answer.kind or known, record_id) if record_id else "",
        answer.modified_at,
        says(system, record_id, link, answer),
    )


def _foreseen(kept: Kept, now: Now | None) -> tuple[Held, ...]:
    known = {(row.held.record_id, row.held.criterion, row.held.field) for row in kept.held}
    told = now.held if now else ()
    return tuple(one for one in told if (one.record_id, one.criterion, one.field) not in known)


def _field(
    one: FieldMapping,
    mapping: ObjectMapping,
    link: Link | None,
    now: Now | None,
    named: Mapping[str, str],
) -> FieldLine:
    answers = now.answers if now else {system: Answer() for system in System}
    kinds = [answer.kind for answer in answers.values()] + ([link.kind] if link else [])
    kind = next((name for name in kinds if name in mapping.salesforce), mapping.salesforce[0])
    told = now.fields.get(one.name) if now else None
    told = told or FieldNow(State.UNKNOWN)
    known = {system: answer.record_id is not None for system, answer in answers.items()}
    return FieldLine(
        name=one.name,
        places={
            System.HUBSPOT: one.hubspot or "-",
            System.SALESFORCE: one.salesforce.get(kind) or "-",
        },
        now={
            system: answers[system].values.get(one.name) if answers else None for system in System
        },
        asked=known,
        base=(link.base or {}).get(one.name) if link else None,
        rule=one.rule.words,
        rule_name=str(one.rule),
        state=STATES[told.state] + (f" to {told.to.label}" if told.to else ""),
        tone=TONES.get(told.state, ""),
        why=told.why,
        parents=named if one.type is FieldType.PARENT else {},
    )


def in_words(parents: Mapping[int, Link]) -> dict[str, str]:
    """Link id, as values of parents have it -> the two records."""
    return {
        str(id_): f"{link.object_type} {link.hubspot_id} / {link.salesforce_id}"
        for id_, link in parents.items()
    }


def parents_in(
    mapping: ObjectMapping, kept: Kept, now: Now | None, history: Sequence[Chapter]
) -> set[int]:
    """Ids of the links that values of parents stand for."""
    names = [one.name for one in mapping.parents]
    sources = [answer.values for answer in now.answers.values()] if now else []
    if kept.stored:
        sources.append(kept.stored.link.base or {})
    values = {values.get(name) for values in sources for name in names}
    values |= values_in(history, names)
    return {int(value) for value in values if value and value.isdigit()}
