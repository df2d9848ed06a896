"""What a card says of a record, once both systems have answered and its plan is made.

Whatever the plan means for other records, met on the way as possible matches, is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from include.crmsync.engine.field_states import Pairwise, field_states
from include.crmsync.model.card import Answer, Now, Step
from include.crmsync.model.landed import Landed
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Action, Plan
from include.crmsync.model.record import Record, System, Values
from include.crmsync.pipeline.documents import LiveSchemas, Validated
from include.crmsync.pipeline.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Asked:
    """One record, or one pair, that is looked at."""

    stated: ObjectMapping
    used: ObjectMapping
    schemas: LiveSchemas | None
    link: Link | None
    ids: Mapping[System, str]
    landed: tuple[Landed, ...] = ()


def told_of(
    asked: Asked,
    answers: Mapping[System, Answer],
    records: Mapping[System, Record],
    validated: Validated,
    plan: Plan,
    shop: Workshop,
) -> Now:
    """The card of a record, from what was read and planned."""
    matched = _matched(asked, plan)
    ids = dict(asked.ids) | matched
    canonical = _values(validated, ids)
    whole = {system: _answer(system, ids[system], canonical, validated) for system in canonical}
    rows = (*validated.standing(plan), *plan.held)
    held = [one for one in rows if ids.get(one.system) == one.record_id]
    mine = replace(plan, actions=tuple(one for one in plan.actions if _mine(one, ids)))
    kind = whole[System.SALESFORCE].kind if System.SALESFORCE in whole else ""
    kind = kind or _kind(asked, mine)
    pair = Pairwise(asked.stated, asked.used, mine, asked.link, canonical, kind, held)
    return Now(
        answers={**answers, **whole},
        fields=field_states(pair),
        steps=tuple(_step(one) for one in mine.actions),
        held=tuple(held),
        due=_due(asked, records, shop),
        matched=next(iter(matched.values()), None),
    )


def _answer(
    system: System, id_: str, canonical: Mapping[System, Values], validated: Validated
) -> Answer:
    rows = validated.rows[system]
    at = rows.ids.index(id_)
    return Answer(id_, rows.kinds[at], rows.modified_at[at], canonical[system])


def _matched(asked: Asked, plan: Plan) -> dict[System, str]:
    """The counterpart that a record without a link would get."""
    if asked.link is not None:
        return {}
    for pair in plan.pairs:
        both = {System.HUBSPOT: pair.hubspot_id, System.SALESFORCE: pair.salesforce_id}
        for system, id_ in asked.ids.items():
            other = both[system.other]
            if both[system] == id_ and other is not None:
                return {system.other: other}
    return {}


def _values(validated: Validated, ids: Mapping[System, str]) -> dict[System, Values]:
    """Canonical values of the records that are there."""
    found: dict[System, Values] = {}
    for system, id_ in ids.items():
        rows = validated.rows[system]
        if id_ in rows.ids:
            at = rows.ids.index(id_)
            found[system] = {name: cells[at] for name, cells in rows.values.items()}
    return found


def _kind(asked: Asked, plan: Plan) -> str:
    """The Salesforce object that the pair was, or would become."""
    made = (one.kind for one in plan.actions if one.system is System.SALESFORCE)
    return asked.link.kind if asked.link else next(made, "")


def _mine(action: Action, ids: Mapping[System, str]) -> bool:
    """Whether an action writes one of these records, or comes from one."""
    writes = action.record_id is not None and ids.get(action.system) == action.record_id
    return writes or ids.get(action.system.other) == action.origin_id


def _step(action: Action) -> Step:
    fields = tuple(one.field for one in action.changes)
    return Step(action.verb, action.system, fields)


def _due(asked: Asked, records: Mapping[System, Record], shop: Workshop) -> str:
    """Why the next run reads it by itself; empty: it does not."""
    object_type = asked.stated.object_type
    waiting = shop.store.retries(object_type)
    if any(id_ in waiting.get(system, ()) for system, id_ in asked.ids.items()):
        return "it is to be tried again"
    watermarks = shop.store.watermarks(object_type)
    for system, record in records.items():
        seen = shop.store.seen(object_type, system, [record.id]).get(record.id)
        since = watermarks.get(system)
        if since is None:
            return f"the first run reads all of {system.label}"
        if record.modified_at > (seen or since - shop.settings.overlap):
            return f"it was edited in {system.label} since it was last judged"
    return ""
