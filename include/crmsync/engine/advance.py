"""Plan and outcomes in; what the store should remember out.

A base moves only where a value is known to have landed, and takes what was read back, not
what was sent. What was refused is held with the CRM's own words; what may pass by itself is
remembered by id, so that one bad record never stalls the rest. And the sums must close:
every record that was read is planned, held or equal, every action has an outcome.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from include.crmsync.engine.apart import beside, is_apart, moved_in
from include.crmsync.engine.obstacle import bounce
from include.crmsync.errors import StateError
from include.crmsync.model.link import Link, Turn, What
from include.crmsync.model.outcome import Outcome, Refusal, Result
from include.crmsync.model.plan import Action, Change, Gone, Held, Pair, Plan, Verb
from include.crmsync.model.record import System, Value

AGAIN = frozenset({Result.RETRYABLE, Result.SUPERSEDED, Result.SKIPPED, Result.WAITING})
"""Results after which the next run reads the record again, changed or not."""


Swept = Callable[[System, str], bool]
"""Whether the nightly sweep lets go what a system refused with a code."""

_PARTING = (Verb.DELETE, Verb.MERGE)
"""What makes a record go."""


@dataclass(frozen=True, slots=True)
class Advance:
    """What one run adds to what we remember."""

    links: tuple[Link, ...]
    refused: tuple[Held, ...]
    again: tuple[tuple[System, str, str], ...]
    """System, record id, reason: to be read again by the next run."""
    turns: tuple[Turn, ...] = ()
    """What befell links that were known before."""


def _by_nobody(_system: System, _code: str) -> bool:
    return False


def advance(
    plan: Plan,
    outcomes: Mapping[str, Outcome],
    links: Mapping[int, Link],
    *,
    swept: Swept = _by_nobody,
) -> Advance:
    """Work out new links and bases, refusals, and what to try again."""
    missing = [action.id for action in plan.actions if action.id not in outcomes]
    if missing:
        raise StateError(
            f"{len(missing)} of {len(plan.actions)} planned actions have no outcome, the first is"
            f" {missing[0]}. Clear the load task of this run and let it finish."
        )
    actions = {action.id: action for action in plan.actions}
    advanced = (_link(plan.object_type, pair, actions, outcomes, links) for pair in plan.pairs)
    stored = [(pair, link) for pair, link in zip(plan.pairs, advanced, strict=True) if link]
    return Advance(
        links=tuple(link for _, link in stored),
        refused=(*_refused(plan.actions, outcomes, swept), *_bounces(plan, outcomes)),
        again=(
            *_again(plan.actions, outcomes),
            *_unsettled(plan.pairs, outcomes),
            *_next_in_line(plan, [link for _, link in stored]),
        ),
        turns=tuple(turn for pair, link in stored if (turn := _turn(pair, link, links))),
    )


def _turn(pair: Pair, link: Link, links: Mapping[int, Link]) -> Turn | None:
    """What befell a link, if anything did."""
    old = links.get(pair.link_id or 0)
    if old is None:
        return None
    ids = (old.hubspot_id, old.salesforce_id) != (link.hubspot_id, link.salesforce_id)
    if not ids and old.gone_in == link.gone_in:
        return None
    what = What.MOVED if ids else What.GONE if link.gone_in else What.BACK
    return Turn(link.id or 0, what, old.hubspot_id, old.salesforce_id, pair.reason)


def _next_in_line(plan: Plan, links: Sequence[Link]) -> Iterator[tuple[System, str, str]]:
    """Duplicates of a record that was not synced after all: nothing else would bring them up."""
    linked = {(system, link.id_in(system)) for link in links for system in System}
    for system, record_id, winner in plan.outranked:
        if (system, winner) not in linked:
            yield system, record_id, "the record it is a duplicate of has not been synced"


def _link(
    object_type: str,
    pair: Pair,
    actions: Mapping[str, Action],
    outcomes: Mapping[str, Outcome],
    links: Mapping[int, Link],
) -> Link | None:
    if pair.waits:
        return None  # another run's affair: this one has nothing to say of the link
    mine = [actions[id_] for id_ in pair.actions]
    ids = {System.HUBSPOT: pair.hubspot_id, System.SALESFORCE: pair.salesforce_id}
    for action in mine:
        if action.verb is Verb.CREATE:
            ids[action.system] = outcomes[action.id].record_id
            if outcomes[action.id].result is not Result.APPLIED:
                return None
    hubspot_id, salesforce_id = ids[System.HUBSPOT], ids[System.SALESFORCE]
    if hubspot_id is None or salesforce_id is None:
        raise StateError(f"an action of {pair.actions} was applied but its record has no id")
    old = links.get(pair.link_id or 0) or Link(object_type, hubspot_id, salesforce_id)
    gone = _gone(pair, mine, outcomes)
    if pair.gone is not None and gone is None:
        return None
    if pair.afresh:
        old = replace(old, base=None, bounced={})
    base, bounced = _base(pair, old, mine, outcomes)
    return replace(
        old,
        hubspot_id=hubspot_id,
        salesforce_id=salesforce_id,
        kind=pair.kind or old.kind,
        version=pair.link_version,
        base=base,
        bounced=bounced,
        hubspot_modified_at=_later(pair.hubspot_modified_at, old.hubspot_modified_at),
        salesforce_modified_at=_later(pair.salesforce_modified_at, old.salesforce_modified_at),
        gone_in=gone.system if gone else None,
        gone_how=gone.how if gone else None,
        gone_at=gone.at if gone else None,
        followed=bool(gone and gone.followed),
    )


def _gone(pair: Pair, mine: Sequence[Action], outcomes: Mapping[str, Outcome]) -> Gone | None:
    """How a pair is gone once its deletion landed or was refused; None: it is not settled yet."""
    parting = [one for one in mine if one.verb in _PARTING]
    results = {outcomes[one.id].result for one in parting}
    if pair.gone is None or results & AGAIN:
        return None
    # Nobody but this run makes it go, and it was not let.
    if any(one.system is pair.gone.system for one in parting) and Result.REJECTED in results:
        return None
    return replace(pair.gone, followed=pair.gone.followed and Result.REJECTED not in results)


def _base(
    pair: Pair, old: Link, mine: Sequence[Action], outcomes: Mapping[str, Outcome]
) -> tuple[Mapping[str, Value] | None, Mapping[str, Value]]:
    if pair.kept is not None:
        return _taken_back(pair, pair.kept, old.base or {}, mine, outcomes), old.bounced
    agreed = dict(pair.agreed)
    fresh: dict[str, Value] = {}
    for action in mine:
        if action.verb in (Verb.CREATE, Verb.UPDATE):
            agreed = _landed(action, outcomes[action.id], pair, agreed, fresh)
    # What was refused has settled nothing: it came back different before, and still did.
    bounced = {name: sent for name, sent in old.bounced.items() if name not in agreed} | fresh
    agreed = _freed(mine, outcomes, old.base or {}) | agreed
    if not agreed:
        return old.base, bounced
    return {**(old.base or {}), **agreed}, bounced


def _taken_back(
    pair: Pair,
    kept: Mapping[str, Value],
    base: Mapping[str, Value],
    mine: Sequence[Action],
    outcomes: Mapping[str, Outcome],
) -> Mapping[str, Value]:
    """The base where only the system that was written to has moved: the other keeps its value."""
    base = {**base, **pair.agreed}
    landed = [one for one in mine if outcomes[one.id].result is Result.APPLIED]
    for action in (one for one in landed if one.verb in (Verb.UPDATE, Verb.FREE)):
        outcome = outcomes[action.id]
        refused = {one.field for one in outcome.refused}
        for change in (one for one in action.changes if one.field not in refused):
            name = change.field
            if name in kept:
                base = {**base, **moved_in(action.system.other, name, kept[name], base)}
            stored = outcome.stored.get(name, change.after)
            base = {**base, **moved_in(action.system, name, stored, base)}
    return base


def _freed(
    mine: Sequence[Action], outcomes: Mapping[str, Outcome], base: Mapping[str, Value]
) -> dict[str, Value]:
    """What was blanked only for a moment: should the new value not land, the blank is ours."""
    names = [
        change.field
        for action in mine
        if action.verb is Verb.FREE and outcomes[action.id].result is Result.APPLIED
        for change in action.changes
    ]
    return dict.fromkeys([*names, *(beside(name) for name in names if is_apart(base, name))])


def _landed(
    action: Action,
    outcome: Outcome,
    pair: Pair,
    agreed: dict[str, Value],
    bounced: dict[str, Value],
) -> dict[str, Value]:
    """What is agreed after one action; what came back different is noted in `bounced`."""
    names = {change.field for change in action.changes}
    refused = {one.field for one in outcome.refused}
    lost = names if outcome.result is not Result.APPLIED else refused
    lost |= {beside(name) for name in lost}
    agreed = {name: value for name, value in agreed.items() if name not in lost}
    if outcome.result is not Result.APPLIED:
        return agreed
    for change in action.changes:
        # Not agreed on: refused, or a default that its origin does not hold yet.
        if change.field not in pair.agreed or change.field in refused:
            continue
        stored = outcome.stored.get(change.field, change.after)
        # Of roles, HubSpot is sent only what it can say; what was settled is remembered.
        settled = pair.agreed[change.field]
        agreed[change.field] = settled if stored == change.after else stored
        if stored != change.after:
            bounced[change.field] = change.after
    # What a new record was given by itself, such as its owner, is not sent. Where its origin has
    # another one, both stay; where its origin is blank, the base is too, so that it is filled. A
    # default where a value was held back is nobody's edit: it would win over that value.
    held = {*pair.unsent, *refused} if action.verb is Verb.CREATE else set[str]()
    own = {
        name: value
        for name, value in outcome.stored.items()
        if name in held or (name not in names and name in pair.agreed and value is not None)
    }
    return {**agreed, **own}


def _later(new: datetime | None, old: datetime | None) -> datetime | None:
    return max((stamp for stamp in (new, old) if stamp is not None), default=None)


def _refused(
    actions: Sequence[Action], outcomes: Mapping[str, Outcome], swept: Swept
) -> Iterator[Held]:
    for action in actions:
        outcome = outcomes[action.id]
        for one in outcome.refused:
            after = next(change.after for change in action.changes if change.field == one.field)
            yield _held(
                action,
                one,
                after,
                " The record's other fields are synced; this one is sent again when its value, its"
                f" mapping or the schema changes{_by_night(action, one.code, swept)}.",
            )
        # A value that could not be freed is said of the update that it was freed for.
        if (
            outcome.result is Result.REJECTED
            and not outcome.refused
            and action.verb is not Verb.FREE
        ):
            told = Refusal("", outcome.code or "", outcome.message or "")
            text = (
                " Mend what stands in its way; it is tried again when the record, the mapping or a"
                f" schema changes{_by_night(action, told.code, swept)}."
            )
            yield _held(action, told, None, text)


def _by_night(action: Action, code: str, swept: Swept) -> str:
    return ", and by the nightly sweep" if swept(action.system, code) else ""


def _bounces(plan: Plan, outcomes: Mapping[str, Outcome]) -> Iterator[Held]:
    """What landed as something else: the two differ from now on, which has to be said."""
    agreed = {id_: pair.agreed for pair in plan.pairs for id_ in pair.actions}
    for action in plan.actions:
        if action.verb not in (Verb.CREATE, Verb.UPDATE):
            continue
        outcome = outcomes[action.id]
        refused = {one.field for one in outcome.refused}
        for change in action.changes:
            stored = outcome.stored.get(change.field, change.after)
            counts = change.field in agreed.get(action.id, ()) and change.field not in refused
            if outcome.result is Result.APPLIED and counts and stored != change.after:
                yield _bounced(action, change)


def _bounced(action: Action, change: Change) -> Held:
    stop = bounce(action.system, change.field)
    return Held(
        system=action.system.other,
        object_type=action.object_type,
        record_id=action.origin_id,
        criterion=stop.criterion,
        field=change.field,
        value=change.after,
        reason=stop.reason,
    )


def _held(action: Action, refusal: Refusal, value: Value, then: str) -> Held:
    stays = action.verb in _PARTING
    return Held(
        system=action.system if stays else action.system.other,
        object_type=action.object_type,
        record_id=(action.record_id or "") if stays else action.origin_id,
        criterion=f"accepted_by_{action.system}",
        field=refusal.field or None,
        value=value,
        reason=f"{action.system.label} refused it: {_words(refusal)}{then}",
        code=refusal.code or None,
    )


def _words(refusal: Refusal) -> str:
    """The CRM's code and words as one sentence; a gateway's words mostly begin with the code."""
    code, message = refusal.code, refusal.message.rstrip(". ")
    said = message if message.startswith(code) else f"{code}: {message}"
    return said if said.endswith(("?", "!")) else f"{said}."


def _again(
    actions: Sequence[Action], outcomes: Mapping[str, Outcome]
) -> Iterator[tuple[System, str, str]]:
    for action in actions:
        outcome = outcomes[action.id]
        if outcome.result in AGAIN:
            yield action.system.other, action.origin_id, outcome.message or outcome.result


def _unsettled(
    pairs: Sequence[Pair], outcomes: Mapping[str, Outcome]
) -> Iterator[tuple[System, str, str]]:
    """Records of pairs that are to be judged once more, with both of them at hand."""
    for pair in (one for one in pairs if one.unsettled or one.behind):
        if pair.behind or all(outcomes[id_].result is Result.APPLIED for id_ in pair.actions):
            ids = zip(System, (pair.hubspot_id, pair.salesforce_id), strict=True)
            yield from ((system, id_, pair.unsettled or pair.behind) for system, id_ in ids if id_)
