"""A small world: two CRMs, a clock, and the sync's own folder, new for every history."""

import gc
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache, cached_property
from multiprocessing.util import Finalize
from pathlib import Path
from typing import cast

from sqlalchemy import Engine

from include.crmsync.adapters.gateway import Gateway, Owner
from include.crmsync.criteria.suite import Suite
from include.crmsync.model.record import Record, System
from include.crmsync.pipeline.settings import Settings
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.kept_plans import KeptPlans
from tests.simulation import mappings
from tests.simulation.artifacts import MemoryArtifacts
from tests.simulation.clock import Clock, Watch
from tests.simulation.crm import Crm
from tests.simulation.judge import plain_judge
from tests.simulation.process import Process
from tests.simulation.spelling import OWNERS
from tests.simulation.state import State
from tests.simulation.steps import History
from tests.simulation.wire import Sent, Wire

LIST = "Salesforce inclusion list"
WORLDLY = frozenset({"follow", "whole_money"})
"""Settings of a history that are the world's, and not the sync's."""
SHARED = Path("/dev/shm")  # noqa: S108  in memory, where there is one


@cache
def state() -> State:
    """The one store of this process; whoever begins a history resets it."""
    gc.collect()
    gc.freeze()  # what is imported stays, and need not be looked through again and again
    folder = tempfile.mkdtemp(prefix="simulation-", dir=SHARED if SHARED.is_dir() else None)
    Finalize(None, shutil.rmtree, (folder, True), exitpriority=1)  # in a pool's processes, too
    return State(Path(folder))


class SmallWorkshop(Workshop):
    """A workshop whose mappings and suites are read once per process."""

    world: "World"

    @cached_property
    def _engine(self) -> Engine:
        return self.world.state.engine

    def suite(self, object_type: str, system: System) -> Suite:
        return mappings.suites()[object_type, system]

    def close(self) -> None:
        """The engine is everybody's."""


class World:
    """Everything there is."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.clock = Clock()
        self.workers = Watch(self.clock)
        self.watches = {
            System.HUBSPOT: Watch(self.clock),
            System.SALESFORCE: Watch(self.clock, whole_seconds=True),
        }
        self.crms = {system: self._crm(system) for system in System}
        self.crms[System.HUBSPOT].lists[LIST] = set()
        self.crms[System.SALESFORCE].whole_money = dict(history.settings).get("whole_money", 0) > 0
        self.state = state()
        self.state.reset()
        self.plans = self.state.folder / "plans"
        """What dry and stopped runs leave for people to look at."""
        shutil.rmtree(self.plans, ignore_errors=True)
        self.artifacts = MemoryArtifacts()
        self.stated = mappings.trimmed(dict(history.settings).get("follow", 0) > 0)
        self.mappings = {name: self.stated[name] for name in history.types}
        """Those of the object types that this history is about."""
        self.processes: list[Process] = []
        """The ones at work, the one inside the others last."""
        self.artifacts.passing = self.state.passing = self._passing
        self.tell: Callable[[Sent], None] = lambda _: None

    @property
    def hubspot(self) -> Crm:
        return self.crms[System.HUBSPOT]

    @property
    def salesforce(self) -> Crm:
        return self.crms[System.SALESFORCE]

    @cached_property
    def settings(self) -> Settings:
        told = {name: value for name, value in self.history.settings if name not in WORLDLY}
        return Settings(
            state="",
            artifacts=self.state.folder,  # for what is kept as files: artifacts are not
            inclusion_list=LIST,
            **told,  # type: ignore[arg-type]
        )

    def workshop(self, process: Process) -> Workshop:
        """A new one, as every task of Airflow has."""
        connect = {
            system: lambda crm=crm: cast("Gateway", Wire(crm, process, self.tell))
            for system, crm in self.crms.items()
        }
        shop = SmallWorkshop(self.settings, connect, self.workers, plain_judge)
        shop.world = self
        shop.mappings = self.stated
        shop.artifacts = self.artifacts
        shop.plans = KeptPlans(self.plans)
        return shop

    def _passing(self) -> AbstractContextManager[None]:
        return self.processes[-1].passing("state") if self.processes else nullcontext()

    def quiet(self) -> None:
        """Nobody is at work: state may be written."""
        self.state.close()

    def record(self, system: System, record_id: str | None) -> Record | None:
        return self.crms[system].records.get(record_id or "")

    def living(self, system: System, object_type: str) -> list[Record]:
        """Records of a type that are there."""
        return [one for one in self.crms[system].records.values() if one.object_type == object_type]

    def partner(self, system: System, record_id: str) -> str | None:
        """The record in the other system that the store links with this one."""
        found = self.state.rows(
            f"SELECT {system.other}_id FROM link WHERE {system}_id = ?", record_id
        )
        return str(found[0][0]) if found else None

    def face(self, thing: str, system: System) -> str | None:
        """The record of a thing in a system: itself, its counterpart, or what took its place."""
        for born in System:
            id_ = self._heir(born, f"{born.value[0]}{thing}")
            if id_ is None:
                continue
            return id_ if born is system else self._heir(system, self.partner(born, id_))
        return None

    def _heir(self, system: System, record_id: str | None) -> str | None:
        crm = self.crms[system]
        while record_id in crm.bin and crm.bin[record_id][1].into:
            record_id = crm.bin[record_id][1].into
        return record_id if record_id in crm.records or record_id in crm.bin else None

    def _crm(self, system: System) -> Crm:
        people = [
            Owner(id_, email, email.split("@", 1)[0], active=active)
            for id_, (email, active) in OWNERS[system].items()
        ]
        return Crm(system, self.watches[system], batch_size=self.history.batch, people=people)
