"""Kept plans in a terminal: one in full, with before and after of every field, or a list of them.

This is where values are shown, to whoever may read the plan's files. They are printed as Python
spells them, so that nothing a CRM holds moves the cursor; a line at a time, however large the plan.
"""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, TextIO

from include.crmsync.errors import ConfigError
from include.crmsync.model.kept_plan import About, Applied, KeptPlan, about
from include.crmsync.model.plan import Conflict
from include.crmsync.model.record import System
from include.crmsync.pipeline.plan_report import facts, in_words, printable
from include.crmsync.pipeline.workshop import Workshop

_UNITS = ((timedelta(days=1), "days"), (timedelta(hours=1), "hours"))


def show_plan(plan: str, shop: Workshop, out: TextIO, *, as_json: bool = False) -> None:
    """Print a plan; raises ConfigError where none of this id is kept."""
    if shop.plans.about(plan) is None:
        raise unknown(plan)
    if as_json:
        with (shop.plans.folder(plan) / "plan.json").open(encoding="utf-8") as file:
            shutil.copyfileobj(file, out)
        return
    kept = shop.plans.load(plan)
    if kept is None:
        raise unknown(plan)
    out.writelines(f"{line}\n" for line in _lines(kept, shop.plans.applied(plan)))


def unknown(plan: str) -> ConfigError:
    """That there is no such plan, and what may have become of it."""
    return ConfigError(
        f"no plan {plan} is kept. It is too old by now, or names a contact who was forgotten, or"
        " was never made here: `python -m include.crmsync plan list` lists the plans that are."
    )


def list_plans(shop: Workshop, out: TextIO, *, as_json: bool = False) -> None:
    """Print the plans that are kept, the newest first, with their age, run and counts."""
    known = [(one, shop.plans.applied(one.id)) for one in shop.plans.all()]
    if as_json:
        told = [facts(one) | {"applied": _applied(applied)} for one, applied in known]
        out.write(f"{json.dumps(told, indent=2)}\n")
        return
    for one, applied in known:
        age = _age(shop.now() - one.made_at)
        run = printable(one.sync_run, 80)
        out.write(f"{in_words(one)}; {age} old, by {run}{_state(one, applied)}\n")
    if not known:
        out.write("no plan is kept: a dry run makes one\n")


def _lines(kept: KeptPlan, applied: Applied | None) -> Iterator[str]:
    """Yield a plan line by line."""
    told = about(kept)
    yield in_words(told)
    run = printable(kept.sync_run, 80)
    yield f"made {kept.made_at:%Y-%m-%d %H:%M} by {run}{_state(told, applied)}"
    if kept.doubts:
        yield f"guard: {printable(kept.doubts, 1000)}"
    for action in kept.plan.actions:
        target = printable(action.record_id or "new")
        yield (
            f"{action.verb} {action.kind} {target} in {action.system.label},"
            f" counterpart {printable(action.origin_id)}"
        )
        for one in action.changes:
            yield f"  {one.field}: {one.before!r} -> {one.after!r}  ({one.reason})"
    yield from (_conflict(one) for one in kept.plan.conflicts)
    for held in kept.held:
        where = f"{held.system.label} {printable(held.record_id)}"
        yield f"held {where}: {held.criterion} {held.field or ''} {held.value!r}"
    for action_id, why in (applied.left if applied else {}).items():
        yield f"left {printable(action_id, 120)}: {printable(why, 200)}"


def _conflict(one: Conflict) -> str:
    values = ", ".join(f"{system.label} {one.held_by(system)!r}" for system in System)
    ids = f"{printable(one.hubspot_id)} and {printable(one.salesforce_id)}"
    return f"conflict of {ids}: {one.field}, base {one.base!r}, {values}  ({one.reason})"


def _state(told: About, applied: Applied | None) -> str:
    if applied is not None:
        results = ", ".join(f"{count} {name}" for name, count in applied.results.items())
        return f"; applied by {printable(applied.sync_run, 80)}: {results or 'nothing to write'}"
    return "; stopped by the guard" if told.doubts else ""


def _applied(applied: Applied | None) -> dict[str, Any] | None:
    if applied is None:
        return None
    at = applied.at.isoformat(timespec="seconds")
    return {"sync_run": applied.sync_run, "at": at, "results": dict(applied.results)}


def _age(age: timedelta) -> str:
    for unit, name in _UNITS:
        if age >= 2 * unit:
            return f"{age // unit} {name}"
    return f"{max(0, age // timedelta(minutes=1))} minutes"
