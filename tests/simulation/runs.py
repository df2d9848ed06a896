"""Sync runs as Airflow makes them: a task at a time, each with a workshop of its own.

A task that failed or was killed is tried again, or the run is given up. Runs may begin while
another is in the middle of a call. What a task raises that it may not raise is a finding.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from include.crmsync.errors import (
    Busy,
    ConfigError,
    GatewayError,
    GuardTripped,
    StateError,
    SyncError,
)
from include.crmsync.model.record import Record, System
from include.crmsync.model.request import Direction, Request
from include.crmsync.model.run import Trigger
from include.crmsync.pipeline import commit, extract, load, once, plan, validate
from include.crmsync.pipeline.request import unforced
from include.crmsync.pipeline.undo import commit as undo_commit
from include.crmsync.pipeline.undo import extract as undo_extract
from include.crmsync.pipeline.undo import plan as undo_plan
from include.crmsync.pipeline.undo.asked import asked, remember
from include.crmsync.pipeline.workshop import Workshop
from tests.simulation.process import Killed, Process
from tests.simulation.steps import Step
from tests.simulation.world import World

TASKS = ("extract", "validate", "plan", "load", "commit")
UNDO = ("recall", "take_back", "load", "commit")
"""The tasks of a run that takes another one back."""
TRIES = 3


@dataclass
class Ran:
    """One sync run, as it went."""

    name: str
    step: Step
    began: datetime
    references: dict[tuple[str, str], str | None] = field(default_factory=dict)
    """Object type and task -> what it returned."""
    finished: set[str] = field(default_factory=set)
    """Object types that came to their end."""
    problems: list[str] = field(default_factory=list)
    stopped: str = ""
    """Why it came to no end."""
    calls: dict[tuple[str, str, str], int] = field(default_factory=dict)
    passed: dict[str, int] = field(default_factory=dict)
    """How many calls, and how many writes of state, it came to."""
    started: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Object type and task -> how often it was started."""
    crossed: set[tuple[str, str]] = field(default_factory=set)
    """Object types and tasks in the middle of which another run was at work."""
    tripped: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """Plans that the guard stopped, by name -> what each would have deleted."""
    undoes: str = ""
    """The run that it takes back."""
    asked: Request | None = None
    """What somebody asked for by hand."""
    found: dict[str, Record] = field(default_factory=dict)
    """What all records held when it began, where it takes another one back."""

    @property
    def allowed(self) -> str:
        """Names of plans that a person lets through, with blanks between."""
        return dict(self.step.values).get("allow_plan") or ""

    @property
    def whole(self) -> bool:
        return not self.stopped


class Runner:
    """Whoever starts runs."""

    def __init__(self, world: World, act: Callable[[Step], None]) -> None:
        self._world = world
        self._act = act
        self.ran: list[Ran] = []
        self.after_task: Callable[[Ran, str, str], None] = lambda *_: None

    def run(self, step: Step) -> Ran:
        """One run."""
        ran = Ran(f"run-{len(self.ran) + 1}", step, self._world.clock.at)
        self.ran.append(ran)
        for other in self._world.processes:
            other.crossed.add((other.object_type, other.task))
        ran.asked = self._asked(step) if step.do == "ask" else None
        process = Process(
            ran.name, list(step.incidents), self._act, calls=ran.calls, crossed=ran.crossed
        )
        self._world.processes.append(process)
        try:
            self._types(ran, step, process)
        finally:
            ran.passed = self._world.processes.pop().counts
        return ran

    def _asked(self, step: Step) -> Request:
        """What a manual sync is triggered with: ids that somebody sees in one of the systems."""
        [object_type] = step.types
        ids: dict[System, tuple[str, ...]] = {}
        for system in (step.system.other, step.system):
            faces = (self._world.face(thing, system) for thing in (step.thing, step.other))
            found = (self._world.record(system, id_) for id_ in faces)
            known = dict.fromkeys(one.id for one in found if one and one.object_type == object_type)
            ids = {system: tuple(known)} if known else ids
        told, stated = dict(step.values), self._world.stated[object_type]
        direction = Direction(told["direction"] or "")
        named = (told.get("force_fields") or "").split()
        return Request(
            object_type,
            ids,
            direction=direction,
            force_fields=tuple(one for one in named if not unforced(stated[one], direction)),
            by_hand=True,
            dry_run=step.dry,
            only_fields=tuple((told.get("only_fields") or "").split()),
        )

    def undo(self, step: Step) -> Ran | None:
        """Take back the run that a step made; None where the journal has nothing to take back."""
        before = next((one for one in self.ran if one.step.number == step.thing), None)
        told = {"sync_run": before.name if before else "nobody", "delete_created": step.on}
        shop = self._world.workshop(Process("request"))
        try:
            asked_for = asked({**told, "dry_run": step.dry}, shop)
        except ConfigError:
            return None
        began = self._world.clock.at
        ran = Ran(f"run-{len(self.ran) + 1}", step, began, undoes=asked_for.sync_run)
        ran.found = {
            id_: one for crm in self._world.crms.values() for id_, one in crm.records.items()
        }
        self.ran.append(ran)
        remember(asked_for, ran.name, shop)
        process = Process(
            ran.name, list(step.incidents), self._act, calls=ran.calls, crossed=ran.crossed
        )
        self._world.processes.append(process)
        try:
            for object_type in reversed(self._world.history.types):
                if not self._tasks(ran, object_type, UNDO, process):
                    break
                ran.finished.add(object_type)
        finally:
            ran.passed = self._world.processes.pop().counts
        return ran

    def _types(self, ran: Ran, step: Step, process: Process) -> None:
        wanted = step.types or self._world.history.types
        for object_type in (one for one in once.OBJECT_TYPES if one in wanted):
            if not self._tasks(ran, object_type, TASKS, process):
                return
            ran.finished.add(object_type)
            cleared = [one for one in TASKS if one in step.again]
            self._tasks(ran, object_type, cleared, process, repeated=True)

    def _tasks(
        self,
        ran: Ran,
        object_type: str,
        tasks: "list[str] | tuple[str, ...]",
        process: Process,
        *,
        repeated: bool = False,
    ) -> bool:
        """Run tasks one after the other; whether the object type came to its end."""
        process.object_type, process.repeated = object_type, repeated
        for task in tasks:
            order = UNDO if ran.undoes else TASKS
            before = order[order.index(task) - 1] if task != order[0] else None
            given = ran.references.get((object_type, before or ""))
            if before and given is None:
                return True
            process = self._tried(ran, object_type, task, given, process, repeated=repeated)
            if process.dead:
                return False
            if ran.references.get((object_type, task)) is None:
                return True
        return True

    def _tried(
        self,
        ran: Ran,
        object_type: str,
        task: str,
        given: str | None,
        process: Process,
        *,
        repeated: bool,
    ) -> Process:
        """A task, again and again until it ends or nobody tries any more."""
        for left in reversed(range(TRIES)):
            process.task = task
            ran.started[object_type, task] += 1
            try:
                self._attempt(ran, object_type, task, given, process)
            except Killed:
                self._world.quiet()
                process = self._reborn(process)
            except SyncError as error:
                if not self._expected(error, ran, repeated=repeated):
                    ran.problems.append(f"{object_type} {task}: {type(error).__name__}: {error}")
                if not error.retry or left == 0:
                    return self._stop(ran, process, error)
            else:
                return process
            if ran.step.gives_up or left == 0:
                return self._stop(ran, process, None)
            self._world.clock.advance(30)
        return process

    def _attempt(
        self, ran: Ran, object_type: str, task: str, given: str | None, process: Process
    ) -> None:
        shop = self._world.workshop(process)
        ran.references[object_type, task] = self._task(ran, object_type, task, given or "", shop)
        self.after_task(ran, object_type, task)

    def _task(
        self, ran: Ran, object_type: str, task: str, given: str, shop: Workshop
    ) -> str | None:
        name = ran.name
        if ran.undoes and task != "load":
            return _undo(ran, object_type, task, given, shop)
        if task == "extract":
            return extract.run(
                object_type,
                name,
                trigger=Trigger.MANUAL if ran.asked else Trigger.SCHEDULED,
                dry_run=ran.step.dry,
                request=ran.asked,
                workshop=shop,
            )
        if task == "validate":
            return validate.run(given, sync_run=name, object_type=object_type, workshop=shop)
        if task == "plan":
            told = {"sync_run": name, "object_type": object_type, "allow_plan": ran.allowed}
            return plan.run(given, **told, workshop=shop)
        if task == "load":
            return load.run(given, sync_run=name, object_type=object_type, workshop=shop)
        commit.run(given, sync_run=name, object_type=object_type, workshop=shop)
        return None

    def _note_stopped(self, ran: Ran, object_type: str, error: GuardTripped) -> None:
        """The plan's name, as a person reads it, and what it would have deleted."""
        [name] = re.findall(r"the plan (\w+) would", str(error))
        ran.tripped[name] = self.deletions(ran.name, object_type)

    def deletions(self, sync_run: str, object_type: str) -> frozenset[tuple[str, str]]:
        """System and id of what the newest plan of a run deletes."""
        query = (
            "SELECT system, record_id FROM action AS a WHERE sync_run = ? AND object_type = ?"
            " AND verb = 'delete' AND attempt = (SELECT max(attempt) FROM action"
            " WHERE sync_run = a.sync_run AND object_type = a.object_type)"
        )
        return frozenset(self._world.state.rows(query, sync_run, object_type))

    def _reborn(self, dead: Process) -> Process:
        """The process that takes over: what was to happen later still happens."""
        alive = replace(dead, dead=False, calling="")
        self._world.processes[-1] = alive
        return alive

    def _stop(self, ran: Ran, process: Process, error: SyncError | None) -> Process:
        ran.stopped = ran.stopped or (type(error).__name__ if error else "killed")
        if isinstance(error, GuardTripped):
            self._note_stopped(ran, process.object_type, error)
        process.dead = True
        return process

    def _expected(self, error: SyncError, ran: Ran, *, repeated: bool) -> bool:
        """Whether the world gave cause for it."""
        if isinstance(error, Busy):
            return len(self._world.processes) > 1
        if isinstance(error, GatewayError):
            forbidden = any(one.forbidden for one in self._world.crms.values())
            dropped = any(one.what.startswith(("drop", "limit")) for one in ran.step.incidents)
            return forbidden or dropped
        if isinstance(error, StateError):
            # Or another run has forgotten somebody, and with them what this one had read.
            return repeated or ran.name in self._world.artifacts.forgotten
        return isinstance(error, GuardTripped)


def _undo(ran: Ran, object_type: str, task: str, given: str, shop: Workshop) -> str | None:
    """One task of a run that takes another one back."""
    name = ran.name
    if task == "recall":
        return undo_extract.run(object_type, name, trigger=Trigger.MANUAL, workshop=shop)
    if task == "take_back":
        return undo_plan.run(given, sync_run=name, object_type=object_type, workshop=shop)
    undo_commit.run(given, sync_run=name, object_type=object_type, workshop=shop)
    return None
