"""Playing a history: its steps, then two runs without trouble, then quiet; and judging it."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

from include.crmsync.errors import GuardTripped
from include.crmsync.model.record import System
from tests.simulation import people
from tests.simulation.laws import book
from tests.simulation.runs import Ran, Runner
from tests.simulation.scene import Scene
from tests.simulation.steps import History, Step
from tests.simulation.wire import Sent
from tests.simulation.witness import PERSON, RACED, TOLD, Witness
from tests.simulation.world import World

MANY, FEW = 10, 1
"""How many runs follow when everything has settled."""
HOUR, QUARTER = 3600, 900


@dataclass(frozen=True, slots=True)
class Problem:
    """A law that did not hold."""

    law: str
    what: str

    def __str__(self) -> str:
        return f"{self.law}: {self.what}"


class Play:
    """A history at work."""

    def __init__(self, history: History) -> None:
        self.history = history
        world = World(history)
        runner = Runner(world, self.act)
        self.scene = Scene(world, Witness(world), runner)
        self.problems: list[Problem] = []
        self._wrote = 0
        world.tell = self._sent
        runner.after_task = self._after_task

    def act(self, step: Step) -> None:
        """Let a step happen, perhaps in the middle of a run."""
        world, witness = self.scene.world, self.scene.witness
        if step.do in ("sync", "ask"):
            world.clock.advance(step.seconds)
            self._ran(self.scene.runner.run(step))
            return
        if step.do == "undo":
            world.clock.advance(step.seconds)
            ran = self.scene.runner.undo(step)
            if ran is not None:
                self._ran(ran)
            return
        people.act(step, world)
        witness.look(self._who())

    def _who(self) -> str:
        """Who somebody is, by what is being called at this very moment, or is about to be."""
        for one in self.scene.world.processes[-1:]:
            looked = one.task == "load" and not one.calling and one.asked == "read"
            if one.called is System.HUBSPOT and (looked or one.calling == "write"):
                return TOLD
            if looked or one.calling in ("write", "delete"):
                return RACED
        return PERSON

    def whole(self) -> list[Problem]:
        """The whole history, judged."""
        for step in self.history.steps:
            self.act(step)
        self._settle()
        self._keep(book.ENDED, self.scene)
        self._quiet()
        self._keep(book.QUIET, self.scene)
        return self.problems

    def _settle(self) -> None:
        """Edits stop, the CRMs are well again, and everything shows."""
        world = self.scene.world
        for crm in world.crms.values():
            crm.forbidden = False
        world.clock.advance(HOUR)
        for number in ("settle-1", "settle-2"):
            self._wrote = len(self.scene.witness.sent)
            ran = self._let_through(number)
            if not ran.whole:
                self.problems.append(Problem("I1", f"{number} was stopped: {ran.stopped}"))
            world.clock.advance(QUARTER)

    def _let_through(self, number: str) -> Ran:
        """A run, and again with every plan let through that the guard has stopped."""
        allowed = ""
        while True:
            ran = self.scene.runner.run(Step(number, "sync", values=(("allow_plan", allowed),)))
            self._ran(ran)
            if ran.stopped != GuardTripped.__name__ or ran.tripped.keys() <= {*allowed.split()}:
                return ran
            allowed = " ".join([allowed, *ran.tripped])

    def _quiet(self) -> None:
        scene = self.scene
        settled, wrote = scene.runner.ran[-1], len(scene.witness.sent)
        if wrote == self._wrote and not scene.planned(settled):
            scene.quiet.append(settled)  # it was quiet already
        scene.quiet_from = wrote
        few = 0 if scene.quiet else FEW
        for number in range(MANY if self.history.long_quiet else few):
            ran = scene.runner.run(Step(f"quiet-{number + 1}", "sync"))
            scene.quiet.append(ran)
            self._ran(ran)
            scene.world.clock.advance(QUARTER)

    def _sent(self, sent: Sent) -> None:
        self.scene.witness.hear(sent)
        self._keep(book.SENT, self.scene, sent)

    def _after_task(self, ran: Ran, object_type: str, task: str) -> None:
        if task == "commit":
            self.scene.witness.links()
        self._keep(book.TASK, self.scene, ran, object_type, task)

    def _ran(self, ran: Ran) -> None:
        self.scene.witness.links()  # a run that was killed at its very end has committed
        self.problems += [Problem("no run fails without a cause", one) for one in ran.problems]
        ran.problems.clear()
        self._keep(book.RAN, self.scene, ran)

    def _keep(self, laws: "book.Laws", *seen: object) -> None:
        for name, law in laws:
            self.problems += [Problem(name, what) for what in law(*seen)]


def play(history: History) -> list[Problem]:
    """The laws that a history broke; what our code raised unasked counts as one."""
    game = Play(history)
    try:
        return game.whole()
    except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
        where = " < ".join(reversed([*_places(error.__traceback__)][-4:]))
        told = f"{type(error).__name__}: {error} at {where}"
        return [*game.problems, Problem("nothing is raised by mistake", told)]
    finally:
        game.scene.world.processes.clear()


def _places(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        code = trace.tb_frame.f_code
        yield f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
