"""What the pages read from: the state store, the mappings and the settings, opened once.

Opened with the first request that needs them; a store that does not answer is told on the page,
and is asked again by the next request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from include.crmsync.mappings.loader import load_all
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.pipeline.settings import Settings, from_environment
from include.crmsync.state.artifacts import PLANS
from include.crmsync.state.board import Board
from include.crmsync.state.card_board import CardBoard
from include.crmsync.state.conflict_board import ConflictBoard
from include.crmsync.state.connect import open_engine
from include.crmsync.state.finds import Finds
from include.crmsync.state.held_board import HeldBoard
from include.crmsync.state.journal import Journal
from include.crmsync.state.kept_plans import KeptPlans
from include.crmsync.state.live import Live
from include.crmsync.state.store import Store
from include.crmsync.state.suites import Suites
from include.crmsync.state.uses import Uses

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from include.crmsync.pipeline.cards import Cards


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Desk:
    """Everything a page may read."""

    settings: Settings
    now: Callable[[], datetime] = _now

    @classmethod
    def real(cls) -> "Desk":
        """The desk of this installation."""
        return cls(from_environment())

    @cached_property
    def engine(self) -> "Engine":
        return open_engine(self.settings.state, lasting=True)

    @cached_property
    def mappings(self) -> dict[str, ObjectMapping]:
        return dict(load_all())

    @cached_property
    def object_types(self) -> tuple[str, ...]:
        """As the mappings state them, parents first."""
        return tuple(self.mappings)

    @cached_property
    def board(self) -> Board:
        return Board(self.engine)

    @cached_property
    def held_board(self) -> HeldBoard:
        return HeldBoard(self.engine)

    @cached_property
    def cards(self) -> "Cards":
        """Looks at single records; loaded when first asked for, since the plan's code is big."""
        from include.crmsync.pipeline.cards import Cards

        return Cards.real(lambda: self.accounts().get(System.HUBSPOT))

    @cached_property
    def finds(self) -> Finds:
        return Finds(self.engine)

    @cached_property
    def card_board(self) -> CardBoard:
        return CardBoard(self.engine)

    @cached_property
    def conflict_board(self) -> ConflictBoard:
        return ConflictBoard(self.engine)

    @cached_property
    def derived(self) -> Suites:
        return Suites(self.engine)

    @cached_property
    def plans(self) -> KeptPlans:
        return KeptPlans(self.settings.artifacts / PLANS)

    @cached_property
    def journal(self) -> Journal:
        return Journal(self.engine)

    @cached_property
    def store(self) -> Store:
        return Store(self.engine)

    @cached_property
    def live(self) -> Live:
        return Live(self.engine)

    @cached_property
    def uses(self) -> Uses:
        return Uses(self.engine)

    def accounts(self) -> dict[System, str]:
        """The account of each system that is remembered; none before the first run."""
        found = {system: self.store.account(system) for system in System}
        return {system: one[0] for system, one in found.items() if one}
