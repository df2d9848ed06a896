"""Two CRMs in memory, a clock, and a sync between them: the ground for stories and laws."""

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from include.crmsync.adapters.gateway import Owner
from include.crmsync.adapters.memory import Memory
from include.crmsync.criteria.judge import Judged
from include.crmsync.criteria.suite import Suite
from include.crmsync.errors import GuardTripped
from include.crmsync.model.link import Turn
from include.crmsync.model.plan import Held
from include.crmsync.model.record import Record, System
from include.crmsync.model.request import Request
from include.crmsync.pipeline import once
from include.crmsync.pipeline.settings import Settings
from include.crmsync.pipeline.summary import summary
from include.crmsync.pipeline.undo.asked import asked
from include.crmsync.pipeline.undo.once import run as take_back
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.connect import open_engine

Judge = Callable[[pd.DataFrame, Suite], Judged]
LIST = "Salesforce inclusion list"
GUARDED = re.compile(r"the plan (\w{16}) would")
OWNER = "amara.osei@crm.example.com"


@dataclass
class Clock:
    """Time that moves only when told to."""

    at: datetime = datetime(2026, 1, 5, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@cache
def empty_store() -> bytes:
    """A state store at the newest schema: making one takes a migration after the other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        open_engine(f"sqlite:///{path}").dispose()
        return path.read_bytes()


@dataclass
class TwoCrms:
    """A HubSpot and a Salesforce in memory, and the sync's own folder."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    runs: int = 0
    settings: dict[str, Any] = field(default_factory=dict)
    """Settings of the sync that differ from their defaults."""
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Object type -> what its mapping says otherwise, where a story wants its own."""
    policies: dict[str, frozenset[System]] = field(default_factory=dict)
    """Object type -> systems in which deletions follow, where a story wants its own."""
    suites: Path | None = None
    """The folder of the suites, where a story wants its own."""

    judge: Judge | None = None
    """Who judges by the criteria, where it is not Great Expectations: see `story_judge`."""

    def __post_init__(self) -> None:
        store = self.folder / "state.db"
        if not store.exists():
            store.touch(mode=0o600)
            store.write_bytes(empty_store())
        self.hubspot = Memory(
            System.HUBSPOT, self.clock, people=[Owner("51", OWNER, "A", active=True)]
        )
        self.salesforce = Memory(
            System.SALESFORCE, self.clock, people=[Owner("005A", OWNER, "A", active=True)]
        )
        self.hubspot.lists[LIST] = set()

    def crm(self, system: System) -> Memory:
        return self.hubspot if system is System.HUBSPOT else self.salesforce

    @cached_property
    def engine(self) -> Engine:
        """The store, opened once: SQLAlchemy spells each statement out anew for each engine."""
        return open_engine(f"sqlite:///{self.folder / 'state.db'}")

    def workshop(self) -> Workshop:
        """A new one each time, as every Airflow task has."""
        settings = Settings(
            state=f"sqlite:///{self.folder / 'state.db'}",
            artifacts=self.folder / "artifacts",
            inclusion_list=LIST,
            **self.settings,
        )
        connect = {system: lambda system=system: self.crm(system) for system in System}
        shop = Workshop(settings, connect, self.clock)
        shop.__dict__["_engine"] = self.engine
        if self.suites is not None:
            shop.suites = self.suites
        if self.judge is not None:
            shop.judge = self.judge
        shop.mappings = {
            name: replace(
                mapping,
                deletes_in=self.policies.get(name, mapping.deletes_in),
                **self.rules.get(name, {}),
            )
            for name, mapping in shop.mappings.items()
        }
        return shop

    def sync(self, *object_types: str, **options: Any) -> dict[str, Any]:
        """One run, some seconds after whatever happened last."""
        self.runs += 1
        self.clock.advance(10)
        shop = self.workshop()
        try:
            once.run(
                f"run-{self.runs}", object_types or once.OBJECT_TYPES, workshop=shop, **options
            )
            return summary(f"run-{self.runs}", shop)
        finally:
            shop.close()
            self.clock.advance(10)

    def ask(self, request: Request) -> dict[str, Any]:
        """One run for what somebody asks for, some seconds after whatever happened last."""
        self.runs += 1
        self.clock.advance(10)
        shop = self.workshop()
        try:
            once.run_request(request, f"run-{self.runs}", workshop=shop)
            return summary(f"run-{self.runs}", shop)
        finally:
            shop.close()
            self.clock.advance(10)

    def undo(self, run: int | None = None, allow_plan: str = "", **told: Any) -> list[Held]:
        """Take a run back, the latest unless told; what was left as it is."""
        shop = self.workshop()
        try:
            sync_run = f"run-{run or self.runs}"
            undo = asked({"sync_run": sync_run, "dry_run": False, **told}, shop)
            self.runs += 1
            self.clock.advance(10)
            taken = f"run-{self.runs}"
            take_back(undo, taken, allow_plan=allow_plan, workshop=shop)
            listed = (shop.journal.listed(taken, name) for name in once.OBJECT_TYPES)
            return [one for some in listed for one in some if one.criterion != "taken_back"]
        finally:
            shop.close()
            self.clock.advance(10)

    def hubspot_contact(self, *, listed: bool = True, **values: Any) -> str:
        """A contact in HubSpot; its id."""
        id_ = self.hubspot.put("contacts", values)
        if listed:
            self.hubspot.lists[LIST].add(id_)
        return id_

    def put(
        self, system: System, kind: str, parents: Mapping[str, str] | None = None, **values: Any
    ) -> str:
        """Any record; its id."""
        return self.crm(system).put(kind, values, parents=parents)

    def links(self, object_type: str = "contacts") -> dict[str, str]:
        """HubSpot id -> Salesforce id of every link."""
        shop = self.workshop()
        try:
            ids = shop.store.linked_ids(object_type, System.HUBSPOT)
            found = shop.store.links(object_type, System.HUBSPOT, list(ids))
            return {link.hubspot_id: link.salesforce_id for link in found.values()}
        finally:
            shop.close()

    def held(self, object_type: str = "contacts") -> dict[str, set[str]]:
        """Record id -> criteria it fails."""
        shop = self.workshop()
        try:
            found: dict[str, set[str]] = {}
            for one in shop.store.held(object_type):
                found.setdefault(one.record_id, set()).add(one.criterion)
            return found
        finally:
            shop.close()

    def reasons(self, object_type: str = "contacts") -> list[str]:
        """What is said of each record that is held."""
        shop = self.workshop()
        try:
            return [one.reason for one in shop.store.held(object_type)]
        finally:
            shop.close()

    def conflicts(self) -> list[Any]:
        """The latest run's conflicts."""
        shop = self.workshop()
        try:
            return list(shop.journal.conflicts(f"run-{self.runs}"))
        finally:
            shop.close()

    def turns(self) -> list[Turn]:
        """What befell links in the latest run."""
        shop = self.workshop()
        try:
            return shop.journal.turns(f"run-{self.runs}")
        finally:
            shop.close()

    def records(self, system: System, kind: str) -> list[Record]:
        return [one for one in self.crm(system).records.values() if one.kind == kind]

    def writes(self) -> int:
        return self.hubspot.writes + self.salesforce.writes


def plan_named_in(stopped: GuardTripped) -> str:
    """The id of the plan that the guard stopped."""
    found = GUARDED.search(str(stopped))
    assert found, stopped
    return found[1]
