"""One run's process: what happens in the middle of it, and what is left when it is killed.

Every call and every write of state goes through `passing`, which counts them and lets incidents
happen. A kill is raised as something that no code of ours catches; from then on the process is
dead, so that even what runs while the exception rises can write nothing any more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from include.crmsync.errors import RateLimited, Unavailable
from include.crmsync.model.record import System
from tests.simulation.steps import Incident, Step


class Killed(BaseException):
    """SIGKILL: nobody catches it, nothing happens after it."""


@dataclass
class Process:
    """What runs the tasks of one sync run."""

    name: str
    incidents: list[Incident] = field(default_factory=list)
    do: Callable[[Step], None] = lambda _: None
    """How a step in the middle of a run happens."""
    object_type: str = ""
    task: str = ""
    calling: str = ""
    """The method of a gateway that is being called."""
    called: System | None = None
    """The system that was called last."""
    asked: str = ""
    """The method of a gateway that was called last, and has answered."""
    repeated: bool = False
    """Whether its task was cleared after it had ended well."""
    dead: bool = False
    counts: dict[str, int] = field(default_factory=lambda: {"call": 0, "state": 0})
    """How many calls and writes of state there were, and calls of each method."""
    calls: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """Object type, system, method -> how often it was called."""
    crossed: set[tuple[str, str]] = field(default_factory=set)
    """Object types and tasks in the middle of which another run was at work."""

    @contextmanager
    def passing(self, *names: str) -> Iterator[None]:
        """A call or a write of state, with what happens before and after it."""
        if self.dead:
            raise Killed
        for name in names:
            self.counts[name] = self.counts.get(name, 0) + 1
        now = {(name, self.counts[name]) for name in names}
        mine = [one for one in self.incidents if (one.on, one.count) in now]
        self.incidents = [one for one in self.incidents if one not in mine]
        for one in mine:
            self._before(one)
        yield
        for one in mine:
            self._after(one)

    def _before(self, one: Incident) -> None:
        if one.step is not None:
            self.do(one.step)
        elif one.what == "drop_before":
            raise Unavailable("the request was lost before it arrived")
        elif one.what == "limit":
            raise RateLimited("too many requests", 1)
        elif one.what == "kill_before":
            self._die()

    def _after(self, one: Incident) -> None:
        if one.what == "drop_after":
            raise Unavailable("the answer was lost")
        if one.what == "kill_after":
            self._die()

    def _die(self) -> None:
        self.dead = True
        raise Killed
