"""Does this plan look like an accident?

A permission that was taken away, a filter that broke or a field that was emptied by a bad
import shows as a plan that clears values of many records at once. Such a plan stops before
its first write, and a person lets it through.
"""

from include.crmsync.errors import GuardTripped
from include.crmsync.model.plan import Plan, Verb

CLEARS_AT_LEAST = 50
"""Below this many cleared records no plan is suspicious, however small the object type."""
CLEARS_SHARE = 0.2


def guard(plan: Plan) -> None:
    """Raise GuardTripped when too many records would lose a value."""
    clearing = {
        action.id
        for action in plan.actions
        if action.verb is Verb.UPDATE
        and any(change.after is None and change.before is not None for change in action.changes)
    }
    allowed = max(CLEARS_AT_LEAST, int(CLEARS_SHARE * len(plan.pairs)))
    if len(clearing) > allowed:
        raise GuardTripped(
            f"the plan would clear fields of {len(clearing)} {plan.object_type}, more than the"
            f" {allowed} a run may; nothing was written. Look at the plan (run with --dry-run). If"
            " it is meant, run once with --allow-clears, or trigger crm_sync with"
            ' {"allow_clears": true}.'
        )
