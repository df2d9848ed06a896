"""Putting the sandbox together: the one place where its parts meet."""

from dataclasses import dataclass
from pathlib import Path

from include.sandbox import hubspot, salesforce
from include.sandbox.calls import Calls
from include.sandbox.control import Control
from include.sandbox.database import Database
from include.sandbox.faults import Faults
from include.sandbox.front import Front
from include.sandbox.seeding import kept
from include.sandbox.settings import GENERAL
from include.sandbox.world import World

MEMORY = ":memory:"


@dataclass(slots=True)
class Sandbox:
    """A sandbox that only lacks a port."""

    world: World
    control: Control
    front: Front

    @property
    def seed(self) -> str:
        return self.control.seeded.seed

    def fill(self, seed: str, random_seed: int) -> None:
        """Load a seed, unless the database was kept from an earlier run."""
        if (before := kept(self.world)) is None:
            self.control.reset(seed, random_seed)
        else:
            self.control.seeded = before

    def close(self) -> None:
        self.world.database.close()


def assemble(database: str = MEMORY) -> Sandbox:
    """Both CRMs behind one front door, on a database in memory or in a file."""
    if database != MEMORY:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    world = World(Database(database))
    crms = (here := hubspot.HubSpot(world), there := salesforce.Salesforce(world))
    defaults = {**GENERAL, "hubspot": hubspot.DEFAULTS, "salesforce": salesforce.DEFAULTS}
    faults, calls = Faults(), Calls(crm.name for crm in crms)
    control = Control(world, crms, faults, calls, defaults, verbs=[*here.verbs, *there.verbs])
    return Sandbox(world, control, Front(world, crms, control, faults, calls))
