"""The history of a record: what each run did with it, and what it found, in the order of time."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Change, Conflict
from include.crmsync.model.record import Value
from include.crmsync.state.card_board import Act, Chapter


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a run did, or found."""

    what: str
    tone: str
    where: str
    field: str = ""
    before: Value = None
    after: Value = None
    why: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """One run's part in the history of a record."""

    run: str
    at: datetime
    dry_run: bool
    events: tuple[Event, ...]


Named = Mapping[str, Mapping[str, str]]
"""Field -> what a value of it stands for, where it is an id of ours -> in words."""


def passages(chapters: Sequence[Chapter], named: Named) -> list[Passage]:
    """A history, run by run."""
    return [
        Passage(
            one.run.id,
            one.run.started_at,
            one.run.dry_run,
            tuple(_in_words(event, named.get(event.field, {})) for event in _events(one)),
        )
        for one in chapters
    ]


def values_in(chapters: Sequence[Chapter], names: Collection[str]) -> set[str]:
    """Every value that some fields had in a history."""
    events = (event for one in chapters for event in _events(one) if event.field in names)
    return {value for event in events for value in (event.before, event.after) if value}


def _in_words(event: Event, words: Mapping[str, str]) -> Event:
    before, after = (words.get(one or "", one) for one in (event.before, event.after))
    return replace(event, before=before, after=after)


def _events(chapter: Chapter) -> Iterator[Event]:
    for turn in chapter.turns:
        yield Event(f"link {turn.what}", "waiting", "both", why=turn.reason)
    for act in chapter.acts:
        yield from _of_act(act, dry=chapter.run.dry_run)
    for conflict in chapter.conflicts:
        yield _of_conflict(conflict)
    for held in chapter.held:
        where = held.system.label
        yield Event(
            "held", "held", where, held.field or "", held.value, None,
            f"{held.criterion.replace('_', ' ')}: {held.reason}",
        )  # fmt: skip


def _of_act(act: Act, *, dry: bool) -> Iterator[Event]:
    action, outcome = act.action, act.outcome
    said = "planned only" if dry else str(outcome.result) if outcome else "no outcome"
    what, tone = f"{action.verb}, {said}", said if outcome and not dry else ""
    why, refused = _trouble(outcome)
    where = action.system.label
    if not action.changes:
        yield Event(what, tone, where, why=why, at=act.at)
    for change in action.changes:
        yield _of_change(change, what, tone, where, why or refused.get(change.field, ""), act.at)


def _trouble(outcome: Outcome | None) -> tuple[str, dict[str, str]]:
    """What the CRM said against an action as a whole, and against fields of it."""
    if outcome is None:
        return "", {}
    whole = ": ".join(part for part in (outcome.code, outcome.message) if part)
    fields = {one.field: f"{one.code}: {one.message}" for one in outcome.refused}
    return "" if outcome.result is Result.APPLIED else whole, fields


def _of_change(
    change: Change, what: str, tone: str, where: str, trouble: str, at: datetime | None
) -> Event:
    why = f"{change.reason}; {trouble}" if trouble else change.reason
    return Event(what, tone, where, change.field, change.before, change.after, why, at)


def _of_conflict(one: Conflict) -> Event:
    loser = one.winner.other
    return Event(
        "conflict",
        "waiting",
        f"{one.winner.label} won",
        one.field,
        one.held_by(loser),
        one.held_by(one.winner),
        f"base {one.base or '(blank)'}; {one.reason}",
    )
