"""Everything a step works with, built when first asked for.

A step gets one workshop and asks it for gateways, memory and mappings. Tests build one by
hand around memory gateways; `wiring` builds the real one from Airflow's connections.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine

from include.crmsync.adapters.gateway import Gateway
from include.crmsync.mappings.loader import load_all
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.pipeline.settings import Settings
from include.crmsync.state.artifacts import Artifacts
from include.crmsync.state.connect import open_engine
from include.crmsync.state.journal import Journal
from include.crmsync.state.store import Store

Connect = Callable[[], Gateway]


@dataclass
class Workshop:
    """The real things behind a run."""

    settings: Settings
    connect: Mapping[System, Connect]
    """How to reach each CRM; called at most once."""
    now: Callable[[], datetime]

    @cached_property
    def mappings(self) -> Mapping[str, ObjectMapping]:
        return load_all()

    @cached_property
    def gateways(self) -> Mapping[System, Gateway]:
        return {system: connect() for system, connect in self.connect.items()}

    @cached_property
    def store(self) -> Store:
        return Store(self._engine)

    @cached_property
    def journal(self) -> Journal:
        return Journal(self._engine)

    @cached_property
    def artifacts(self) -> Artifacts:
        return Artifacts(self.settings.artifacts)

    @cached_property
    def _engine(self) -> Engine:
        return open_engine(self.settings.state)
