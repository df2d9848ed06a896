"""Keeping a plan that somebody is to look at: of a dry run, or stopped, or to be approved.

It is kept with all that applying it takes, and its files for people beside it. The task's log gets
counts, ids, fields and reasons; where the values are it says, and holds none.
"""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

from include.crmsync.engine.guard import plan_id
from include.crmsync.engine.mapping_digest import field_digests, rest_digest
from include.crmsync.model.kept_plan import KeptPlan
from include.crmsync.model.plan import Action, Plan, Verb
from include.crmsync.model.record import System, Value
from include.crmsync.model.run import Counts
from include.crmsync.pipeline.documents import Extracted, Planned, Rows, Validated
from include.crmsync.pipeline.plan_report import files, table
from include.crmsync.pipeline.schemas import borne_mapping
from include.crmsync.pipeline.workshop import Workshop

log = logging.getLogger("crmsync")

DOUBTED = 10
"""Plans that the guard stopped, of one object type: a schedule makes one after the other."""
FROM_ORIGIN = (Verb.CREATE, Verb.UPDATE)
"""What takes its values from the counterpart."""


def keep(
    planned: Planned,
    made_from: tuple[Extracted, Validated],
    counts: Mapping[System, Counts],
    shop: Workshop,
    *,
    doubts: str = "",
) -> Path:
    """Keep a plan, tell of it in the log, and let go of old ones; the folder of its files."""
    extracted, document = made_from
    plan = planned.plan
    mapping = borne_mapping(plan.object_type, extracted.sync_run, shop)
    kept = KeptPlan(
        id=planned.id or plan_id(plan),
        sync_run=extracted.sync_run,
        made_at=shop.now(),
        plan=plan,
        held=(*document.standing(plan), *plan.held),
        counts=counts,
        forecast=planned.forecast,
        changes=extracted.changes,
        origins=dict(_origins(plan, document.rows)),
        fields=field_digests(mapping),
        mapping=rest_digest(mapping),
        doubts=doubts,
    )
    folder = shop.plans.save(kept, files(kept))
    for line in table(kept, str(folder)):
        log.info("%s", line)
    shop.plans.forget_before(shop.now() - shop.settings.keep_plans)
    shop.plans.forget_doubted(plan.object_type, DOUBTED)
    return folder


def _origins(plan: Plan, rows: Mapping[System, Rows]) -> Iterator[tuple[str, dict[str, Value]]]:
    """Yield what the counterpart of each action's record held, in the fields that are written."""
    places = {system: {id_: at for at, id_ in enumerate(one.ids)} for system, one in rows.items()}
    for action in plan.actions:
        here = rows[action.system.other]
        at = places[action.system.other].get(action.origin_id)
        if action.verb in FROM_ORIGIN and at is not None:
            yield action.id, _values(action, here, at)


def _values(action: Action, rows: Rows, at: int) -> dict[str, Value]:
    return {one.field: rows.values[one.field][at] for one in action.changes}
