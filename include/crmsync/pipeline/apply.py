"""Applying a kept plan as it stands: nothing is planned anew, what went stale is left and told.

A run that applies a plan takes the same steps as any other. Its first step finds the plan and holds
it against its age, the accounts and the mapping; its plan step takes the plan's actions instead of
making some, and leaves those that went stale. Loading and committing are as ever, but that no
watermark moves and no version counts as judged: whatever else there is, the next run finds.
"""

import logging
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from include.crmsync.engine.mapping_digest import rest_digest
from include.crmsync.errors import ConfigError, StalePlan, StateError
from include.crmsync.model.kept_plan import About, Applied, KeptPlan
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Pair, Plan
from include.crmsync.model.record import System
from include.crmsync.model.run import Counts, RunState, SyncRun
from include.crmsync.pipeline.accounts import check
from include.crmsync.pipeline.bulk import wait_for_left
from include.crmsync.pipeline.documents import Extracted, Planned, Rows, Validated
from include.crmsync.pipeline.plan_report import LINES, printable
from include.crmsync.pipeline.plan_terminal import unknown
from include.crmsync.pipeline.schemas import borne_mapping, fresh_mapping
from include.crmsync.pipeline.stale import stale
from include.crmsync.pipeline.step import Step
from include.crmsync.pipeline.workshop import Workshop

log = logging.getLogger("crmsync")

NOTHING = "nothing was written, the next run plans afresh"


def take_up(started: SyncRun, named: str, work: Step) -> str | None:
    """Find the plans that are named and begin to apply the one of the run's object type.

    Return the reference of what stands for the run's reading; None where no plan is of this type.
    Raises ConfigError when a plan is not kept, StalePlan when one may not be applied any more.
    """
    shop = work.workshop
    plans = _known(named, started, shop)
    mine = next((one for one in plans if one.object_type == started.object_type), None)
    done = shop.plans.applied(mine.id) if mine else None
    if mine is None or done is not None:
        note = f"the plan {mine.id} was applied by this run" if mine else "no plan of it is applied"
        _nothing_to_do(started, note, shop)
        work.tell(nothing_to_do=True)
        return None
    reference = _begin(mine, started, shop)
    work.tell(applies=mine.id, reference=reference)
    return reference


def planned(extracted: Extracted, validated: str, work: Step) -> str:
    """Journal the kept plan as this run's; what went stale has its outcome now."""
    shop, sync_run, object_type = work.workshop, extracted.sync_run, extracted.object_type
    kept = _loaded(extracted.applies, shop)
    left = stale(kept, borne_mapping(object_type, sync_run, shop), sync_run, shop)
    plan = _of_this_run(kept.plan, left.keys(), shop)
    shop.journal.record_plan(sync_run, plan)
    _leave(plan.actions, left, sync_run, shop)
    document = Planned(
        validated,
        shop.artifacts.reference(sync_run, object_type, "extract"),
        plan,
        kept.forecast,
        kept.id,
    )
    reference = shop.artifacts.save(sync_run, object_type, "plan", document)
    work.tell(plan=kept.id, actions=len(plan.actions), stale=len(left), reference=reference)
    return reference


def settled(
    planned: Planned, extracted: Extracted, outcomes: Mapping[str, Outcome], shop: Workshop
) -> None:
    """Say beside a plan that is kept what was applied and what was left, and why.

    Also of one that a run made again by itself, to the letter: it is not to be applied once more.
    """
    plan = planned.plan
    # A plan without actions is every other one's, too: only who applied it by name has applied it.
    said = bool(plan.actions) or bool(extracted.applies)
    if not planned.id or not said or not shop.plans.has(planned.id):
        return
    left = {
        one.id: outcomes[one.id].message or str(outcomes[one.id].result)
        for one in plan.actions
        if outcomes[one.id].result is not Result.APPLIED
    }
    applied = Applied(extracted.sync_run, shop.now(), _results(outcomes), left)
    shop.plans.settle(planned.id, applied)
    if extracted.applies:
        _tell(left)


def _tell(left: Mapping[str, str]) -> None:
    for id_, why in islice(left.items(), LINES):
        log.info("left %s: %s", printable(id_, 120), printable(why, 300))
    if len(left) > LINES:
        log.info("and %s more", len(left) - LINES)


def told(extracted: Extracted, outcomes: Mapping[str, Outcome]) -> str:
    """What the journal says of a run that applied a plan."""
    counts = _results(outcomes)
    results = ", ".join(f"{count} {name}" for name, count in counts.items())
    return f"applied the plan {extracted.applies}: {results or 'there was nothing to write'}"


def _results(outcomes: Mapping[str, Outcome]) -> dict[str, int]:
    return dict(Counter(str(one.result) for one in outcomes.values()))


def _known(named: str, started: SyncRun, shop: Workshop) -> list[About]:
    """Every plan that is named; raises where any of them may not be applied."""
    ids = list(dict.fromkeys(re.split(r"[\s,]+", named.strip())))
    plans = [_about(one, shop) for one in ids]
    problems = [problem for one in plans for problem in _against(one, started, shop)]
    if problems:
        raise StalePlan(f"nothing was applied: {'; '.join(problems)}. {ANEW}")
    types = Counter(one.object_type for one in plans)
    if twice := [name for name, count in types.items() if count > 1]:
        raise ConfigError(f"apply_plan names several plans of {', '.join(twice)}: name one of each")
    if started.dry_run:
        raise ConfigError("a run is dry or applies a plan: leave out dry_run, or apply_plan")
    return plans


ANEW = "Make the plan anew with a dry run, look at it, and apply that"


def _about(plan: str, shop: Workshop) -> About:
    try:
        found = shop.plans.about(plan)
    except StateError as error:
        raise ConfigError(str(error)) from None
    if found is None:
        raise unknown(plan)
    return found


def _against(plan: About, started: SyncRun, shop: Workshop) -> list[str]:
    """What a plan itself has against being applied."""
    problems = []
    applied = shop.plans.applied(plan.id)
    if applied is not None and applied.sync_run != started.id:
        by = f"{applied.at:%Y-%m-%d %H:%M} by the run {printable(applied.sync_run, 80)}"
        problems.append(f"the plan {plan.id} was applied already, {by}")
    if shop.now() - plan.made_at > shop.settings.plan_age:
        hours = shop.settings.plan_age.total_seconds() / 3600
        problems.append(
            f"the plan {plan.id} is of {plan.made_at:%Y-%m-%d %H:%M}, older than"
            f" CRMSYNC_PLAN_HOURS ({hours:g}) lets it be"
        )
    return problems


def _begin(plan: About, started: SyncRun, shop: Workshop) -> str:
    """Leave what stands for the run's reading and judging: nothing was read, nothing is held."""
    check(shop)
    wait_for_left(started.object_type, shop)
    spent = shop.gateways.calls()
    kept = _loaded(plan.id, shop)
    if kept.plan.undoes:
        raise ConfigError(
            f"the plan {plan.id} takes the run {kept.plan.undoes} back: trigger crm_undo for that"
            " run, with dry_run off; it looks at both systems once more"
        )
    if rest_digest(fresh_mapping(started.object_type, started.id, shop)) != kept.mapping:
        raise StalePlan(
            f"nothing was applied: the mapping of {started.object_type} was changed after the plan"
            f" {plan.id} was made, in what records are recognised by, or which may be created or"
            f" deleted. {ANEW}"
        )
    extracted = Extracted(
        sync_run=started.id,
        object_type=started.object_type,
        started_at=started.started_at,
        changed=dict.fromkeys(System, ()),
        counterparts=dict.fromkeys(System, ()),
        keys={},
        eligible_parents=frozenset(),
        watermarks={},
        calls=shop.gateways.calls(since=spent),
        changes=kept.changes,
        applies=plan.id,
    )
    reference = shop.artifacts.save(started.id, started.object_type, "extract", extracted)
    validated = Validated(
        extracted=reference,
        rows={system: Rows(system, (), (), (), (), {}) for system in System},
        held=(),
        blocked={system: {} for system in System},
        paused=frozenset(),
    )
    shop.artifacts.save(started.id, started.object_type, "validate", validated)
    return reference


def _loaded(plan: str, shop: Workshop) -> KeptPlan:
    kept = shop.plans.load(plan)
    if kept is None:  # somebody in it was forgotten meanwhile
        raise unknown(plan)
    return kept


def _of_this_run(plan: Plan, left: Collection[str], shop: Workshop) -> Plan:
    """The plan without what is for the next run to say: who is held, and pairs it leaves alone."""
    ids = [one.link_id for one in plan.pairs if one.link_id is not None]
    known = shop.store.links_by_id(ids)
    pairs = tuple(
        replace(one, hubspot_modified_at=None, salesforce_modified_at=None)
        for one in plan.pairs
        if _is_ours(one) and (one.link_id is None or one.link_id in known)
    )
    late = [one for one in plan.actions if one.id in left]
    conflicts = tuple(
        one
        for one in plan.conflicts
        if not any(_concerns(action, one.hubspot_id, one.salesforce_id) for action in late)
    )
    return replace(plan, pairs=pairs, conflicts=conflicts, held=(), undecided=())


def _concerns(action: Action, hubspot_id: str, salesforce_id: str) -> bool:
    ids = {System.HUBSPOT: hubspot_id, System.SALESFORCE: salesforce_id}
    return ids[action.system.other] == action.origin_id or ids[action.system] == action.record_id


def _is_ours(pair: Pair) -> bool:
    """Whether something of the pair is written, or it is a new link."""
    matched = pair.link_id is None and bool(pair.hubspot_id and pair.salesforce_id)
    return bool(pair.actions) or (matched and not pair.unsettled and pair.gone is None)


def _leave(
    actions: Sequence[Action], left: Mapping[str, str], sync_run: str, shop: Workshop
) -> None:
    """Record the outcome of what went stale, but for what this run has under way already."""
    if not left:
        return
    object_type = actions[0].object_type
    done = shop.journal.outcomes(sync_run, object_type).keys()
    under_way = done | shop.journal.intended(sync_run, object_type)
    found = [
        Outcome(one.id, Result.SUPERSEDED, one.record_id, message=f"{left[one.id]}; {NOTHING}")
        for one in actions
        if one.id in left and one.id not in under_way
    ]
    if found:
        shop.journal.record(sync_run, object_type, found, shop.now())


def _nothing_to_do(started: SyncRun, note: str, shop: Workshop) -> None:
    counts = {system: Counts() for system in System}
    ended = replace(started, state=RunState.NOTHING_TO_DO, finished_at=shop.now(), counts=counts)
    shop.journal.finish(replace(ended, note=note))
