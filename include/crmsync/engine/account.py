"""The sums of a run: every record that was read is in exactly one place.

For each direction: read = equal + created + updated + deleted + held + failed + waiting. A
record that has nothing to send is equal, even where it receives. One that is in none of the
places has been dropped, and a sync that drops records silently is what this project replaces:
the counts stop the run rather than hide it.
"""

from collections.abc import Collection, Mapping, Sequence

from include.crmsync.errors import StateError
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Held, Plan, Verb
from include.crmsync.model.record import System
from include.crmsync.model.run import Counts

_DONE = {
    Verb.CREATE: "created",
    Verb.UPDATE: "updated",
    Verb.DELETE: "deleted",
    Verb.MERGE: "deleted",
}


def account(
    plan: Plan,
    held: Sequence[Held],
    extracted: Mapping[System, Collection[str]],
    outcomes: Mapping[str, Outcome] | None,
    calls: Mapping[System, int],
) -> dict[System, Counts]:
    """Count one run, by the system the records came from; raises StateError on a lost record.

    `outcomes` None: a dry run, whose counts say what would be written.
    """
    return {
        system: _count(system, plan, held, frozenset(extracted[system]), outcomes, calls)
        for system in System
    }


def _count(
    system: System,
    plan: Plan,
    held: Sequence[Held],
    extracted: frozenset[str],
    outcomes: Mapping[str, Outcome] | None,
    calls: Mapping[System, int],
) -> Counts:
    # A value is freed on the way to an update, which is the action that counts.
    counted = [one for one in plan.actions if one.verb is not Verb.FREE]
    sent = {one.origin_id: one for one in counted if one.system is system.other}
    # A record that was read only to compare may have something to send, too.
    read = extracted | sent.keys()
    on_hold = {one.record_id for one in held if one.system is system} & read - sent.keys()
    paired = {_side(pair.hubspot_id, pair.salesforce_id, system) for pair in plan.pairs}
    equal = (paired & read) - sent.keys() - on_hold
    lost = read - sent.keys() - on_hold - equal
    if lost:
        raise StateError(
            f"{len(lost)} {plan.object_type} read from {system.label} are neither planned, held"
            f" nor equal, among them {min(lost)}: this is a fault of the sync, nothing was"
            " committed. Please report it with the run's plan."
        )
    ends = [_end(action, outcomes) for action in sent.values()]
    counts = Counts(
        extracted=len(read),
        equal=len(equal),
        held=len(on_hold),
        created=ends.count("created"),
        updated=ends.count("updated"),
        deleted=ends.count("deleted"),
        linked=sum(
            pair.link_id is None and bool(pair.hubspot_id and pair.salesforce_id)
            for pair in plan.pairs
        ),
        failed=ends.count("failed"),
        waiting=ends.count("waiting"),
        conflicts=sum(one.winner is system for one in plan.conflicts),
        calls=calls.get(system, 0),
    )
    if counts.accounted != counts.extracted:
        raise StateError(
            f"of {counts.extracted} {plan.object_type} read from {system.label},"
            f" {counts.accounted} are accounted for: this is a fault of the sync, nothing was"
            " committed. Please report it with the run's plan."
        )
    return counts


def _end(action: Action, outcomes: Mapping[str, Outcome] | None) -> str:
    """Which of the places an action's record is counted in."""
    result = Result.APPLIED if outcomes is None else outcomes[action.id].result
    if result is Result.APPLIED:
        return _DONE[action.verb]
    return "failed" if result is Result.REJECTED else "waiting"


def _side(hubspot_id: str | None, salesforce_id: str | None, system: System) -> str:
    return (hubspot_id if system is System.HUBSPOT else salesforce_id) or ""
