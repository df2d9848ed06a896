"""Everything a step works with, built when first asked for.

A step gets one workshop and asks it for gateways, memory and mappings. Tests build one by
hand around memory gateways; `wiring` builds the real one from Airflow's connections.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine

from include.crmsync.adapters.gateway import Gateway
from include.crmsync.criteria.judge import Judged, examine
from include.crmsync.criteria.suite import Suite
from include.crmsync.criteria.suites import HERE as SUITES
from include.crmsync.criteria.suites import load as load_suite
from include.crmsync.mappings.loader import load_all
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.use import Use
from include.crmsync.pipeline.settings import Settings
from include.crmsync.state.artifacts import PLANS, Artifacts
from include.crmsync.state.audits import Audits
from include.crmsync.state.connect import open_engine
from include.crmsync.state.jobs import Jobs
from include.crmsync.state.journal import Journal
from include.crmsync.state.kept_plans import KeptPlans
from include.crmsync.state.lease import Leases
from include.crmsync.state.live import Live
from include.crmsync.state.notices import Notices
from include.crmsync.state.pages import Pages
from include.crmsync.state.store import Store
from include.crmsync.state.suites import Suites
from include.crmsync.state.tallies import Tallies
from include.crmsync.state.uses import Uses

Connect = Callable[[], Gateway]
Judge = Callable[[pd.DataFrame, Suite], Judged]


class Gateways(Mapping[System, Gateway]):
    """Both CRMs, each connected to when first asked for."""

    def __init__(
        self, connect: Mapping[System, Connect], prepare: Callable[[System, Gateway], None]
    ) -> None:
        self._connect = connect
        self._prepare = prepare
        """What is done to a fresh connection, and again when the work changes: its ceilings."""
        self._connected: dict[System, Gateway] = {}

    def __getitem__(self, system: System) -> Gateway:
        if system not in self._connected:
            self._connected[system] = self._connect[system]()
            self._prepare(system, self._connected[system])
        return self._connected[system]

    def prepare_again(self) -> None:
        """Set the ceilings of what is connected anew."""
        for system, gateway in self._connected.items():
            self._prepare(system, gateway)

    def __iter__(self) -> Iterator[System]:
        return iter(System)

    def __len__(self) -> int:
        return len(System)

    def calls(self, since: Mapping[System, int] | None = None) -> dict[System, int]:
        """Requests sent so far, or `since` an earlier count; one not connected to sent none."""
        made = {system: self._connected[system].calls for system in self._connected}
        return {system: made.get(system, 0) - (since or {}).get(system, 0) for system in System}

    def uses(self) -> dict[System, Use]:
        """What the systems say of the day's calls, where they have said anything yet."""
        told = {system: gateway.use for system, gateway in self._connected.items()}
        return {system: use for system, use in told.items() if use is not None}


@dataclass
class Workshop:
    """The real things behind a run."""

    settings: Settings
    connect: Mapping[System, Connect]
    """How to reach each CRM; called at most once."""
    now: Callable[[], datetime]
    judge: Judge = examine
    """Who says which records fail which criteria: Great Expectations."""
    asked_for: bool = field(default=False, init=False)
    """Whether a person asked for this work: it may use the calls that all other work leaves."""
    _suites: dict[tuple[str, System], Suite] = field(default_factory=dict, init=False, repr=False)
    _left: dict[System, int] = field(default_factory=dict, init=False, repr=False)
    """Of our own number of calls those that were left, had this workshop sent none."""

    @cached_property
    def mappings(self) -> Mapping[str, ObjectMapping]:
        return load_all()

    def suite(self, object_type: str, system: System) -> Suite:
        """The criteria for records of a system, held against the mapping when first asked for."""
        if (object_type, system) not in self._suites:
            stated = self.mappings[object_type]
            self._suites[object_type, system] = load_suite(object_type, system, stated, self.suites)
        return self._suites[object_type, system]

    @cached_property
    def suites(self) -> Path:
        """The folder of the suites that people write."""
        return SUITES

    @cached_property
    def gateways(self) -> Gateways:
        return Gateways(self.connect, self._limited)

    def serve(self, *, asked_for: bool) -> None:
        """Say whether a person asked for what is done from now on."""
        if asked_for is not self.asked_for:
            self.asked_for = asked_for
            self.gateways.prepare_again()

    @property
    def share(self) -> float:
        """How far this work may go, of the calls that the sync may use."""
        return 1.0 if self.asked_for else self.settings.scheduled_share

    def _limited(self, system: System, gateway: Gateway) -> None:
        """Set a connection's ceilings: our own number of calls in 24 hours, and the account's."""
        own = self.settings.allocation.get(system)
        most = None if own is None else max(0, self._own_left(system, own, gateway.calls))
        gateway.limit_to(most, self.settings.calls_share * self.share)

    def _own_left(self, system: System, own: int, sent: int) -> int:
        """How many calls of our own number are left after so many of this connection."""
        if system not in self._left:
            day = self.now() - timedelta(hours=24)
            self._left[system] = own - self.uses.since(system, day) + sent
        return self._left[system] - sent - (own - int(own * self.share))

    @cached_property
    def uses(self) -> Uses:
        return Uses(self._engine)

    @cached_property
    def store(self) -> Store:
        return Store(self._engine, self.leases)

    @cached_property
    def leases(self) -> Leases:
        """Who writes what; the same for all that this workshop writes."""
        return Leases(self._engine)

    @cached_property
    def journal(self) -> Journal:
        return Journal(self._engine, self.leases)

    @cached_property
    def jobs(self) -> Jobs:
        return Jobs(self._engine, self.leases)

    @cached_property
    def live(self) -> Live:
        return Live(self._engine)

    @cached_property
    def audits(self) -> Audits:
        return Audits(self._engine)

    @cached_property
    def notices(self) -> Notices:
        return Notices(self._engine)

    @cached_property
    def tallies(self) -> Tallies:
        return Tallies(self._engine)

    @cached_property
    def derived(self) -> Suites:
        return Suites(self._engine)

    @cached_property
    def pages(self) -> Pages | None:
        """Data Docs of the runs, where they are wanted."""
        folder = self.settings.data_docs
        return Pages(folder) if folder is not None else None

    @cached_property
    def artifacts(self) -> Artifacts:
        return Artifacts(self.settings.artifacts)

    @cached_property
    def plans(self) -> KeptPlans:
        return KeptPlans(self.settings.artifacts / PLANS)

    @cached_property
    def _engine(self) -> Engine:
        return open_engine(self.settings.state)

    def close(self) -> None:
        """Let go of the database; a workshop that never opened it has nothing to close."""
        if "_engine" in self.__dict__:
            self._engine.dispose()
