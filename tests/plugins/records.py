"""Records for the pages to show: linked, held, and with a history."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from include.crmsync.model.link import Link
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Change, Conflict, Held, Plan, Verb
from include.crmsync.model.record import System, Value
from include.crmsync.model.record_id import whole_id
from include.crmsync.model.run import RunState, SyncRun, Trigger
from include.crmsync.state.commit import Commit
from tests.plugins.pages import NOW, Visit

SHORT = "003Ws00000AbCdf"
SALESFORCE_ID = whole_id(SHORT)


def salesforce_id(number: int) -> str:
    return SALESFORCE_ID if number == 0 else whole_id(f"003Ws0000{number:06d}")


def remember(
    visit: Visit,
    base: Mapping[str, Value] | None = None,
    number: int = 0,
    held: Sequence[Held] = (),
) -> None:
    """Have a run link contact 101, or another, to its counterpart."""
    link = Link("contacts", str(101 + number), salesforce_id(number), "Contact", base=base or {})
    run = started(visit, f"linking-{number}")
    judged = {one: frozenset(row.record_id for row in held if row.system is one) for one in System}
    visit.desk.store.commit(Commit(ended(run), [link], held=held, judged=judged))


def started(visit: Visit, id_: str, minutes: int = 600) -> SyncRun:
    run = SyncRun(id_, "contacts", Trigger.SCHEDULED, NOW - timedelta(minutes=minutes))
    visit.desk.journal.start(run)
    return run


def ended(run: SyncRun) -> SyncRun:
    return replace(run, state=RunState.DONE, finished_at=run.started_at + timedelta(minutes=1))


def wrote(
    visit: Visit, number: int, change: Change, conflict: Conflict | None = None, code: str = ""
) -> None:
    """Have a run change a field of the contact in Salesforce."""
    run = started(visit, f"run-{number}", minutes=15 * (30 - number))
    action = Action(
        "a1", Verb.UPDATE, System.SALESFORCE, "contacts", "Contact", SALESFORCE_ID, "101", (change,)
    )
    conflicts = (conflict,) if conflict else ()
    visit.desk.journal.record_plan(run.id, Plan("contacts", (action,), conflicts=conflicts))
    result = Result.REJECTED if code else Result.APPLIED
    outcome = Outcome("a1", result, SALESFORCE_ID, code=code or None)
    visit.desk.journal.record(run.id, "contacts", [outcome], run.started_at)
    visit.desk.store.commit(Commit(ended(run), conflicts=conflicts))
