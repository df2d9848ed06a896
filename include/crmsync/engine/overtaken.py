"""Records that another run was faster with: nothing is planned for them.

Between reading a record and planning for it another run may change its link. The base is then newer
than the record, and comparing them would undo what that run wrote, or create anew what it deleted.
So whatever the plan says of such a record is left out, with the other record that it concerns; both
are read again by the next run, and are accounted for as records that wait for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from include.crmsync.model.plan import Action, Pair, Plan, Verb
from include.crmsync.model.record import System

Overtaken = Mapping[System, frozenset[str]]
"""Records whose link was changed after they were read."""

WHY = "another sync run changed its link after it was read; the next run compares both anew"

_Key = tuple[System, str]


def left_to_the_next_run(plan: Plan, read: Overtaken, overtaken: Overtaken) -> Plan:
    """The plan without these of the records that were read, and without their counterparts."""
    late = {(system, id_) for system in System for id_ in overtaken[system] & read[system]}
    return without(plan, late, WHY) if late else plan


def without(plan: Plan, late: set[_Key], why: str) -> Plan:
    """The plan without what it says of these records, and of those that they concern."""
    late, pairs, dropped = {*late}, list[Pair](), list[Pair]()
    for pair in plan.pairs:
        (dropped if late & _of_pair(pair) else pairs).append(pair)
    lost = {id_ for pair in dropped for id_ in pair.actions}
    lost |= {one.id for one in plan.actions if late & {*_of_action(one)}}
    late |= {key for pair in dropped for key in _of_pair(pair)}
    late |= {key for one in plan.actions if one.id in lost for key in _of_action(one)}
    return replace(
        plan,
        actions=tuple(one for one in plan.actions if one.id not in lost),
        pairs=(*pairs, *(waiting(*key, why) for key in sorted(late))),
        conflicts=tuple(
            one for one in plan.conflicts if not late & _both(one.hubspot_id, one.salesforce_id)
        ),
        held=tuple(one for one in plan.held if (one.system, one.record_id) not in late),
        undecided=tuple(
            one for one in plan.undecided if not late & _both(one.hubspot_id, one.salesforce_id)
        ),
    )


def came_late(action: Action, overtaken: Overtaken) -> bool:
    """Whether a record that an action concerns was overtaken."""
    return any(id_ in overtaken[system] for system, id_ in _of_action(action))


def _of_action(action: Action) -> Iterator[_Key]:
    yield action.system.other, action.origin_id
    if action.verb is not Verb.CREATE and action.record_id:
        yield action.system, action.record_id


def _of_pair(pair: Pair) -> set[_Key]:
    return _both(pair.hubspot_id, pair.salesforce_id)


def _both(hubspot_id: str | None, salesforce_id: str | None) -> set[_Key]:
    ids = zip(System, (hubspot_id, salesforce_id), strict=True)
    return {(system, id_) for system, id_ in ids if id_}


def waiting(system: System, record_id: str, why: str) -> Pair:
    """A record by itself: whose counterpart it is, the next run will know."""
    ours = system is System.HUBSPOT
    return Pair(
        hubspot_id=record_id if ours else None,
        salesforce_id=None if ours else record_id,
        kind="",
        link_id=None,
        link_version=0,
        agreed={},
        unsettled=why,
    )
