"""What one portion came to: each record in one place, and the counts of its run.

A record is matched with one of the other system, new there (only here), ambiguous (it shares its
match value with others), held, linked before, or gone; of linked ones it says whether something is
written to either of the two. The lines name ids, criteria and reasons,
and no values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Held, Pair
from include.crmsync.model.record import System
from include.crmsync.model.run import Counts
from include.crmsync.pipeline.documents import Extracted, Loaded, Planned, Rows, Validated
from include.crmsync.pipeline.survey import Portion
from include.crmsync.pipeline.workshop import Workshop

Document = TypeVar("Document")

MATCHED, ONLY_HERE, AMBIGUOUS = "matched", "only here", "ambiguous"
HELD, LINKED, GONE, EQUAL = "held", "linked before", "gone", "nothing to do"
WRITTEN, LEFT = "written", "left to the next run"
UNCLEAR = frozenset({"unique_in_system", "unique_domain", "match_unlinked"})
"""Criteria of records that could be several others' counterparts."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a portion."""

    system: System
    record_id: str
    state: str
    counterpart: str = ""
    """The other system's record: matched, or created from it."""
    why: str = ""
    candidates: tuple[str, ...] = ()
    """Of an ambiguous record: all that share its match value, in either system."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a portion came to."""

    lines: tuple[Line, ...] = ()
    linked_before: int = 0
    counts: Mapping[System, Counts] = field(default_factory=dict)
    spoken_for: tuple[str, ...] = ()
    """Salesforce records of which this portion has decided what they are."""


def told(portion: Portion, sync_run: str, object_type: str, shop: Workshop) -> Told:
    """Read it from what the steps of the portion's run left."""
    [run] = [one for one in shop.journal.run(sync_run) if one.object_type == object_type]
    planned = _load(Planned, sync_run, object_type, "plan", shop)
    if planned is None:
        return Told(_unplanned(portion, sync_run, object_type, shop), 0, run.counts)
    validated = shop.artifacts.load(planned.validated, Validated)
    loaded = _load(Loaded, sync_run, object_type, "load", shop)
    outcomes = {one.action_id: one for one in loaded.outcomes} if loaded else {}
    extracted = shop.artifacts.load(planned.extracted, Extracted)
    held = _by_record((*planned.plan.held, *validated.standing(planned.plan)))
    pairs = {(system, id_): pair for pair in planned.plan.pairs for system, id_ in _ends(pair)}
    candidates = _Candidates(validated.rows, shop.mappings[object_type].match_on)
    missing = set((extracted.chosen.missing if extracted.chosen else {}).get(portion.system, ()))
    asked = extracted.chosen.found.get(portion.system, ()) if extracted.chosen else ()
    lines = [_line((portion.system, id_), pairs, held, outcomes, candidates) for id_ in asked] + [
        Line(portion.system, id_, GONE) for id_ in sorted(missing)
    ]
    return Told(
        tuple(lines),
        len(portion.ids) - len(lines),
        run.counts,
        tuple(sorted(_decided(planned, held))),
    )


def _line(
    record: tuple[System, str],
    pairs: Mapping[tuple[System, str], Pair],
    held: Mapping[tuple[System, str], list[Held]],
    outcomes: Mapping[str, Outcome],
    candidates: "_Candidates",
) -> Line:
    system, id_ = record
    pair, reasons = pairs.get(record), held.get(record, [])
    if pair is not None and pair.link_id is not None:
        if pair.waits:
            return Line(system, id_, LEFT, _other(pair, system), pair.unsettled)
        if pair.actions:
            return Line(system, id_, WRITTEN, _other(pair, system), _with_refusal(pair, outcomes))
    elif pair is not None and pair.hubspot_id and pair.salesforce_id:
        return Line(system, id_, MATCHED, _other(pair, system), _with_refusal(pair, outcomes))
    elif pair is not None:
        made = [outcomes[one].record_id for one in pair.actions if one in outcomes]
        made_id = next((one for one in made if one), None) or ""
        return Line(system, id_, ONLY_HERE, made_id, _with_refusal(pair, outcomes))
    unclear = next((one for one in reasons if one.criterion in UNCLEAR), None)
    if unclear is not None:
        return Line(system, id_, AMBIGUOUS, "", unclear.reason, candidates.of(record))
    if reasons:
        why = "; ".join(f"{one.criterion}: {one.reason}" for one in reasons)
        return Line(system, id_, HELD, "", why)
    return Line(system, id_, EQUAL)


def _other(pair: Pair, system: System) -> str:
    return (pair.salesforce_id if system is System.HUBSPOT else pair.hubspot_id) or ""


def _with_refusal(pair: Pair, outcomes: Mapping[str, Outcome]) -> str:
    """How a link came about, and what of it was not written."""
    failed = [
        f"{one.result} {one.code or ''}".strip()
        for id_ in pair.actions
        if (one := outcomes.get(id_)) is not None and one.result is not Result.APPLIED
    ]
    return "; ".join(filter(None, [pair.reason, *failed]))


class _Candidates:
    """Who shares a match value with whom, in what a portion has read."""

    def __init__(self, rows: Mapping[System, Rows], match_on: str | None) -> None:
        self._value: dict[tuple[System, str], str] = {}
        self._ids: dict[str, list[str]] = {}
        for system, one in rows.items() if match_on else ():
            for id_, value in zip(one.ids, one.values.get(match_on or "", ()), strict=False):
                if value is not None:
                    self._value[system, id_] = value
                    self._ids.setdefault(value, []).append(f"{system}:{id_}")

    def of(self, record: tuple[System, str]) -> tuple[str, ...]:
        value = self._value.get(record)
        mine = f"{record[0]}:{record[1]}"
        return tuple(one for one in sorted(self._ids.get(value or "", ())) if one != mine)


def _decided(planned: Planned, held: Mapping[tuple[System, str], list[Held]]) -> Iterator[str]:
    yield from (one.salesforce_id for one in planned.plan.pairs if one.salesforce_id)
    for system, id_ in held:
        if system is System.SALESFORCE:
            yield id_


def _ends(pair: Pair) -> Iterator[tuple[System, str]]:
    if pair.hubspot_id:
        yield System.HUBSPOT, pair.hubspot_id
    if pair.salesforce_id:
        yield System.SALESFORCE, pair.salesforce_id


def _by_record(held: tuple[Held, ...]) -> dict[tuple[System, str], list[Held]]:
    found: dict[tuple[System, str], list[Held]] = {}
    for one in held:
        found.setdefault((one.system, one.record_id), []).append(one)
    return found


def _unplanned(
    portion: Portion, sync_run: str, object_type: str, shop: Workshop
) -> tuple[Line, ...]:
    """Nothing was left to plan: all of it is gone, or was linked and is equal."""
    extracted = _load(Extracted, sync_run, object_type, "extract", shop)
    state = GONE if extracted is None else EQUAL
    return tuple(Line(portion.system, id_, state) for id_ in portion.ids)


def _load(
    type_: type[Document], sync_run: str, object_type: str, step: str, shop: Workshop
) -> Document | None:
    reference = shop.artifacts.reference(sync_run, object_type, step)
    return shop.artifacts.load(reference, type_) if shop.artifacts.exists(reference) else None
