"""Plans that are kept: what each would do, before and after, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from include.crmsync.model.kept_plan import About, Applied, KeptPlan
from include.crmsync.model.plan import Action, Verb
from include.crmsync.model.record import System


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan in the list."""

    about: About
    applied: Applied | None
    too_old: bool

    @property
    def state(self) -> str:
        if self.applied is not None:
            return "applied"
        if self.too_old:
            return "too old to apply"
        return "stopped by the guard" if self.about.doubts else "kept"

    @property
    def open(self) -> bool:
        """Whether it may be applied."""
        return self.applied is None and not self.too_old and self.about.size > 0

    @property
    def counts(self) -> tuple[tuple[System, Verb, int], ...]:
        """Where, what, how many."""
        return tuple(
            (system, verb, count)
            for system, verbs in self.about.actions.items()
            for verb, count in verbs.items()
        )


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One action on the page of a plan."""

    action: Action
    left: str
    """Why it did not land, where the plan was applied and it did not."""


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A part of a plan, and how it stands."""

    line: PlanLine
    kept: KeptPlan
    actions: tuple[ActionLine, ...]
    first: int
    """The number of the first action shown, from nought."""
    more: int | None
    """The number of the first that is not shown."""


def line(about: About, applied: Applied | None, now: datetime, age: timedelta) -> PlanLine:
    """A plan as the list shows it; older than `age` it cannot be applied."""
    return PlanLine(about, applied, now - about.made_at > age)


def page(told: PlanLine, kept: KeptPlan, first: int, most: int) -> PlanPage:
    """Some actions of a plan, from a number on."""
    left: Mapping[str, str] = told.applied.left if told.applied else {}
    shown = kept.plan.actions[first : first + most]
    end = first + len(shown)
    return PlanPage(
        told,
        kept,
        tuple(ActionLine(one, left.get(one.id, "")) for one in shown),
        first,
        end if end < len(kept.plan.actions) else None,
    )
