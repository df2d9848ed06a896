"""The sums of a run: every record that was read is in exactly one place.

Read = planned + held + equal, counted apart for each system; a record that is in none of them
has been dropped, and a sync that drops records silently is what this project replaces. The
counts stop the run rather than hide it.
"""

from collections.abc import Collection, Mapping, Sequence

from include.crmsync.errors import StateError
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Held, Plan, Verb
from include.crmsync.model.record import System
from include.crmsync.model.run import Counts


def account(
    plan: Plan,
    held: Sequence[Held],
    extracted: Mapping[System, Collection[str]],
    outcomes: Mapping[str, Outcome],
    calls: Mapping[System, int],
) -> dict[System, Counts]:
    """Count one run, by the system the records came from; raises StateError on a lost record."""
    return {
        system: _count(system, plan, held, frozenset(extracted[system]), outcomes, calls)
        for system in System
    }


def _count(
    system: System,
    plan: Plan,
    held: Sequence[Held],
    extracted: frozenset[str],
    outcomes: Mapping[str, Outcome],
    calls: Mapping[System, int],
) -> Counts:
    planned = _planned(system, plan) & extracted
    on_hold = {one.record_id for one in held if one.system is system} & extracted - planned
    paired = {_side(pair.hubspot_id, pair.salesforce_id, system) for pair in plan.pairs}
    equal = (paired & extracted) - planned - on_hold
    lost = extracted - planned - on_hold - equal
    if lost:
        raise StateError(
            f"{len(lost)} {plan.object_type} read from {system.label} are neither planned, held"
            f" nor equal, among them {min(lost)}: this is a fault of the sync, nothing was"
            " committed. Please report it with the run's plan."
        )
    done = [one for one in plan.actions if one.system is system.other and one.id in outcomes]
    applied = [one for one in done if outcomes[one.id].result is Result.APPLIED]
    return Counts(
        extracted=len(extracted),
        equal=len(equal),
        held=len(on_hold),
        created=sum(one.verb is Verb.CREATE for one in applied),
        updated=sum(one.verb is Verb.UPDATE for one in applied),
        linked=sum(
            pair.link_id is None and bool(pair.hubspot_id and pair.salesforce_id)
            for pair in plan.pairs
        ),
        failed=len(done) - len(applied),
        conflicts=sum(one.winner is system for one in plan.conflicts),
        calls=calls.get(system, 0),
    )


def _planned(system: System, plan: Plan) -> set[str]:
    """Records of `system` in a pair that an action touches, in whichever direction."""
    sides = (
        _side(pair.hubspot_id, pair.salesforce_id, system) for pair in plan.pairs if pair.actions
    )
    return {id_ for id_ in sides if id_}


def _side(hubspot_id: str | None, salesforce_id: str | None, system: System) -> str:
    return (hubspot_id if system is System.HUBSPOT else salesforce_id) or ""
