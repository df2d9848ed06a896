"""Does this plan look like an accident?

A permission that was taken away, a filter that broke, a bulk clean-up or a field emptied by a
bad import shows as a plan that deletes, clears or touches many records at once. Such a plan
stops before its first write. A person lets exactly that plan through by naming its id: a hash
of everything it would write, so that a plan which has changed since is looked at again.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator

from include.crmsync.errors import GuardTripped
from include.crmsync.model.plan import Action, Change, Plan, Verb

CLEARS_AT_LEAST = 50
"""Below this many cleared records no plan is suspicious, however small the object type."""
CLEARS_SHARE = 0.2
DELETES_AT_LEAST = 10
DELETES_SHARE = 0.01
"""Of the linked records of the object type."""
DELETES_AT_MOST = 500
"""Above this many deleted records every plan is suspicious, however large the object type."""
UPDATES_AT_LEAST = 500
UPDATES_SHARE = 0.5
"""Of the linked records, unless CRMSYNC_GUARD_UPDATES says otherwise."""

EXAMPLES = 3


def guard(
    plan: Plan, linked: int, *, allowed: str = "", updates_share: float = UPDATES_SHARE
) -> None:
    """Raise GuardTripped when a plan would do too much, unless `allowed` names its id.

    `linked` is the number of living links of the object type before the run.
    """
    doubts = list(_doubts(plan, linked, updates_share))
    name = plan_id(plan)
    if not doubts or name in re.split(r"[\s,]+", allowed):
        return
    dag = "crm_undo" if plan.undoes else "crm_sync"
    raise GuardTripped(
        f"the plan {name} would {' and '.join(doubts)}; nothing was written. Look at what it"
        f" would do (run with --dry-run). If it is meant, run once with --allow-plan {name}, or"
        f' trigger {dag} with {{"allow_plan": "{name}"}}: that lets through this very plan'
        " and no other."
    )


def plan_id(plan: Plan) -> str:
    """A name for what a plan would write: the same for the same actions, and for no others."""
    told = [_plain(action) for action in sorted(plan.actions, key=lambda action: action.id)]
    text = json.dumps([plan.object_type, told], sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def _plain(action: Action) -> dict[str, object]:
    """What `asdict` makes of an action, in a tenth of its time."""
    told: dict[str, object] = {name: getattr(action, name) for name in Action.__slots__}
    told["changes"] = [
        {name: getattr(change, name) for name in Change.__slots__} for change in action.changes
    ]
    return told


def _doubts(plan: Plan, linked: int, updates_share: float) -> Iterator[str]:
    """What makes the plan suspicious, in words."""
    updates = [one for one in plan.actions if one.verb is Verb.UPDATE]
    deletes = [one for one in plan.actions if one.verb in (Verb.DELETE, Verb.MERGE)]
    clears = [one for one in updates if _clears(one)]
    most = min(DELETES_AT_MOST, max(DELETES_AT_LEAST, int(DELETES_SHARE * linked)))
    if len(deletes) > most:
        yield _said("delete", deletes, plan.object_type, most)
    most = max(CLEARS_AT_LEAST, int(CLEARS_SHARE * len(plan.pairs)))
    if len(clears) > most:
        yield _said("clear fields of", clears, plan.object_type, most)
    old = _of_old_links(plan)
    known = [one for one in updates if one.id in old]
    most = max(UPDATES_AT_LEAST, int(updates_share * linked))
    if len(known) > most:
        yield _said("update", known, plan.object_type, most)


def _said(what: str, actions: list[Action], object_type: str, most: int) -> str:
    named = ", ".join(one.record_id or "" for one in actions[:EXAMPLES])
    where = " and ".join(sorted({one.system.label for one in actions}))
    return (
        f"{what} {len(actions)} {object_type} in {where} ({named}...), more than the {most} a run"
        " may"
    )


def _clears(action: Action) -> bool:
    return any(change.after is None and change.before is not None for change in action.changes)


def _of_old_links(plan: Plan) -> frozenset[str]:
    """Actions on pairs that were linked before: first links touch many records by nature."""
    known: Iterable[tuple[str, ...]] = (
        pair.actions for pair in plan.pairs if pair.link_id is not None
    )
    return frozenset(id_ for ids in known for id_ in ids)
