"""What has changed between two suites, in lines a person can read.

Expectations are told apart by criterion, field and kind. A limit that moved is told with both
numbers, a list with the options that came and went, so that a schema's change can be seen in
what it means for records.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from include.crmsync.criteria.suite import Expectation
from include.crmsync.criteria.words import asked, subject

_MOST = 8
"""Options named in one line."""

Key = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """Lines of what came, went and changed."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def lines(self) -> Iterator[str]:
        """All of them, marked as a patch is."""
        for mark, some in (("+", self.added), ("-", self.removed), ("~", self.changed)):
            yield from (f"{mark} {line}" for line in some)


def difference(before: Iterable[Expectation], after: Iterable[Expectation]) -> Difference:
    """What it takes to get from one to the other."""
    old, new = _keyed(before), _keyed(after)
    return Difference(
        added=tuple(f"{subject(one)}: {asked(one)}" for key, one in new.items() if key not in old),
        removed=tuple(
            f"{subject(one)}: {asked(one)}" for key, one in old.items() if key not in new
        ),
        changed=tuple(
            f"{subject(one)}: {_moved(old[key], one)}"
            for key, one in new.items()
            if key in old and _core(old[key]) != _core(one)
        ),
    )


def _keyed(some: Iterable[Expectation]) -> Mapping[Key, Expectation]:
    return {(one.criterion, one.field, tuple(sorted(one.kinds))): one for one in some}


def _core(one: Expectation) -> tuple[object, ...]:
    """What it asks; the words of its reason follow from that."""
    return one.type, one.kwargs, one.applies_to, one.effect


def _moved(old: Expectation, new: Expectation) -> str:
    before, after = (set(one.kwargs.get("value_set") or ()) for one in (old, new))
    if before and after:
        came = [f"{_named(after - before)} added"] if after - before else []
        gone = [f"{_named(before - after)} gone"] if before - after else []
        if came or gone:
            return "; ".join([*came, *gone])
    was, now = asked(old), asked(new)
    if was != now:
        return f"{was} -> {now}"
    verbs = (", ".join(sorted(one.applies_to)) for one in (old, new))
    return f"{now}, for {' -> '.join(verbs)}"


def _named(options: set[str]) -> str:
    some = sorted(options)
    rest = f" and {len(some) - _MOST} more" if len(some) > _MOST else ""
    return ", ".join(some[:_MOST]) + rest
