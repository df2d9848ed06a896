"""A request that leaves one system alone: nothing of the plan is written there.

What the rules would write there field by field has stayed behind already. Creating, deleting or
freeing a record there is left to the next run as a whole: so are the records that it concerns,
which are read again then.
"""

from include.crmsync.engine.overtaken import without
from include.crmsync.model.plan import Plan, Verb
from include.crmsync.model.request import Bend

WHY = "it was synced one way by request; the next run goes by the rules again"


def one_way(plan: Plan, bend: Bend) -> Plan:
    """The plan without actions in a system that the request leaves alone."""
    late = set()
    for one in plan.actions:
        if bend.forbids(one.system):
            late.add((one.system.other, one.origin_id))
            if one.verb is not Verb.CREATE and one.record_id:
                late.add((one.system, one.record_id))
    return without(plan, late, WHY) if late else plan
