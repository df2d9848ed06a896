"""Deliberate bugs, one for each law: a judge that never condemns proves nothing.

Each breaks one piece of the product as a plausible mistake would, and the simulator must notice.
`make simulate MUTANTS=1` plays histories against each until one tells; the test suite plays, for
each, a history that is known to.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from itertools import count
from typing import Any
from unittest.mock import patch

from include.crmsync.adapters.gateway import Write
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.reconcile import Situation
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Verb
from include.crmsync.model.record import System
from include.crmsync.pipeline.reading import Reading
from include.crmsync.pipeline.workshop import Workshop
from tests.simulation.generate import history
from tests.simulation.play import Problem, play

NUMBERS = count()
ROOT = "include.crmsync."
Patches = Mapping[str, Callable[[Any], Any]]
"""Place of a function or method -> what stands there instead, given what stood there."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One bug."""

    laws: Set[str]
    """Laws of which it must break one."""
    seed: int
    """A history that shows it."""
    patches: Patches

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Let the bug be there."""
        with ExitStack() as stack:
            for place, change in self.patches.items():
                owner, name = _owner(ROOT + place)
                stack.enter_context(patch.object(owner, name, change(owner.__dict__[name])))
            yield

    def found(self, seeds: Sequence[int]) -> tuple[int, Problem] | None:
        """The first history that breaks one of the laws, and how; None: none of them does."""
        for seed in seeds:
            with self.alive():
                problems = play(history(seed))
            for one in problems:
                if one.law in self.laws:
                    return seed, one
        return None


def _owner(place: str) -> tuple[Any, str]:
    """The module or class that a dotted name is in, and its last part."""
    path, name = place.rsplit(".", 1)
    module, _, inner = path.partition(":")
    owner = import_module(module)
    return (getattr(owner, inner) if inner else owner), name


def _always(value: Any) -> Callable[[Any], Any]:
    def answer(*_: Any, **__: Any) -> Any:
        return value

    return lambda _: answer


def _result(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What stood there, its answer changed."""
    return lambda real: lambda *args, **kwargs: change(real(*args, **kwargs))


def _landed(real: Any) -> Callable[..., Any]:
    """Whatever was sent is what both hold now, landed or not."""

    def landed(action: Action, outcome: Outcome, *rest: Any) -> Any:
        return real(action, replace(outcome, result=Result.APPLIED, refused=()), *rest)

    return landed


def _all_held(held: Sequence[Any], _: ObjectMapping) -> Sequence[Any]:
    return held


def _only_living(real: Any) -> Callable[..., set[str]]:
    """A link of which a record is gone is none."""

    def known(situation: Situation, system: System, matched: Any) -> set[str]:
        links = [link for link in situation.links if link.lives]
        found: set[str] = real(replace(situation, links=links), system, matched)
        return found

    return known


def _sent(change: Callable[[Write], Write]) -> Callable[[Any], Any]:
    """Every write, changed on its way."""
    return lambda real: lambda *args: change(real(*args))


def _with_all_names(real: Any) -> Callable[..., Write]:
    """A write sends the first field along, whether or not it changed."""

    def write(action: Action, mapping: ObjectMapping, directory: Directory) -> Write:
        made: Write = real(action, mapping, directory)
        name = mapping.wire_name(mapping.fields[0].name, action.system, action.kind)
        return replace(made, values={str(name): None, **made.values})

    return write


def _forgetful(real: Any) -> Callable[..., None]:
    """A load begins as if nothing of it were done."""

    def begin(self: Any, *args: Any) -> None:
        real(self, *args)
        self.done = {}

    return begin


def _orphaned(made: Write) -> Write:
    return replace(made, parents=dict.fromkeys(made.parents, "elsewhere"))


def _keyed_anew(made: Write) -> Write:
    key = made.external_key
    return replace(made, external_key=key and f"{key}-{next(NUMBERS)}")


def _oldest(masks: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: ~mask for name, mask in masks.items()}


def _first_come(_: Any) -> Callable[..., dict[str, list[str]]]:
    """Of records that share a value, the one that was read first."""

    def groups(frame: Any, match_on: str, without: Any) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for id_, value in zip(frame.index, frame[match_on], strict=True):
            if value is not None and id_ not in without:
                found.setdefault(value, []).append(id_)
        return found

    return groups


def _ahead(found: Mapping[System, datetime]) -> Mapping[System, datetime]:
    return {system: at + timedelta(hours=2) for system, at in found.items()}


def _as_if_all_were_read(reading: Reading) -> Reading:
    """A request has read all that changed until it was answered."""
    reading.watermarks = dict(reading.answered_at)
    return reading


def _hidden_is_gone(real: Any) -> Callable[..., None]:
    """What cannot be read counts as deleted."""

    def counterparts(
        mapping: ObjectMapping, system: System, reading: Reading, shop: Workshop
    ) -> None:
        real(mapping, system, reading, shop)
        links = shop.store.links(mapping.object_type, system, sorted(reading.changed[system]))
        asked = sorted(link.id_in(system.other) for link in links.values() if link.lives)
        there = {one.id for one in shop.gateways[system.other].read(mapping, asked)}
        for id_ in asked:
            if id_ not in there:
                reading.gone[system.other][id_] = Tombstone(id_, How.DELETED)

    return counterparts


def _applied(action: Action, *_: Any, **__: Any) -> Outcome:
    """Taken for done, and not written."""
    return Outcome(action.id, Result.APPLIED, action.record_id)


def _unannounced(real: Any) -> Callable[..., None]:
    """Updates are done without being written down as meant."""

    def intend(
        self: Any, sync_run: str, object_type: str, ids: Sequence[str], at: datetime
    ) -> None:
        kept = [id_ for id_ in ids if f":{Verb.UPDATE}:" not in id_]
        real(self, sync_run, object_type, kept, at)

    return intend


def _one_by_one(real: Any) -> Callable[..., Iterator[Sequence[Any]]]:
    return lambda items, _: real(items, 1)


def _nothing_at_all(*_: Any) -> dict[System, set[str]]:
    return {system: set() for system in System}


@contextmanager
def _unlocked(*_: Any, **__: Any) -> Iterator[None]:
    """A lease that everybody gets."""
    yield


NONE = _always(None)
MUTANTS: Mapping[str, Mutant] = {
    "the older edit wins": Mutant(
        {"I1"}, 111, {"engine.reconcile.newest_fields": _result(_oldest)}
    ),
    "what was refused is tried in every run": Mutant(
        {"I2"}, 39, {"pipeline.again.moved_on": lambda _: _all_held}
    ),
    "nobody looks before writing": Mutant({"I3"}, 198, {"pipeline.loader.before_write": NONE}),
    "a field nobody changed is sent along": Mutant(
        {"I4"}, 0, {"pipeline.loader.to_write": _with_all_names}
    ),
    "every create has a key of its own": Mutant(
        {"I5"}, 20, {"pipeline.loader.to_write": _sent(_keyed_anew)}
    ),
    "the deleted are strangers": Mutant(
        {"I6"},
        384,
        {"engine.departures._remembered": NONE, "engine.reconcile._known": _only_living},
    ),
    "a cleared task forgets what it did": Mutant(
        {"I7", "I5"},
        28,
        {
            "pipeline.loader:Load.__init__": _forgetful,
            "pipeline.loader.before_write": NONE,
            "pipeline.load._leave_overtaken": NONE,
        },
    ),
    "first come, first served": Mutant({"I8"}, 1114, {"engine.match._newest_first": _first_come}),
    "nothing is read again": Mutant(
        {"I1", "I9"}, 0, {"pipeline.reading.again": lambda _: _nothing_at_all}
    ),
    "the watermark runs ahead": Mutant(
        {"I1", "I23"}, 0, {"pipeline.reading._watermark": _result(_ahead)}
    ),
    "the base moves whatever became of it": Mutant(
        {"I11", "I1"}, 39, {"engine.advance._landed": _landed}
    ),
    "batches of one": Mutant({"I12"}, 176, {"pipeline.load.chunks": _one_by_one}),
    "the guard sleeps": Mutant({"I13"}, 46, {"pipeline.plan.guard": NONE}),
    "hidden is gone": Mutant({"I14"}, 20, {"pipeline.departed._counterparts": _hidden_is_gone}),
    "parents are anybody": Mutant({"I15"}, 30, {"pipeline.loader.to_write": _sent(_orphaned)}),
    "who is gone is not seen off": Mutant(
        {"I16", "I1"},
        66,
        {"engine.departures._departed": NONE},
    ),
    "undo does not look": Mutant({"I17"}, 745, {"engine.undo._stop": NONE}),
    "updates are not announced": Mutant({"I18"}, 0, {"state.journal:Journal.intend": _unannounced}),
    "taken for done": Mutant({"I19"}, 0, {"pipeline.loader.before_write": lambda _: _applied}),
    "everybody gets the lease": Mutant(
        {"I20"}, 9, {"pipeline.load.writing_alone": lambda _: _unlocked}
    ),
    "a request reads for everybody": Mutant(
        {"I1", "I23"}, 80, {"pipeline.schemas.read_chosen": _result(_as_if_all_were_read)}
    ),
    "what a request leaves is left for good": Mutant(
        {"I1"},
        260,
        {"engine.reconcile._pair": _result(lambda pair: replace(pair, behind=""))},
    ),
    "the erased are remembered": Mutant(
        {"I24"},
        3,
        {"pipeline.extract.forget_erased": NONE, "pipeline.commit.forget_erased": NONE},
    ),
    "the run that finds the erased keeps them": Mutant(
        {"I24"}, 3, {"pipeline.forget._forget_steps": NONE}
    ),
    "nobody asks after the held": Mutant(
        {"I24"}, 61, {"state.store:Store.held_in_turn": _always([])}
    ),
}
