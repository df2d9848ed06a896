"""Putting the sandbox together: the one place where its parts meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from include.sandbox import hubspot, salesforce
from include.sandbox.calls import Calls
from include.sandbox.control import Control
from include.sandbox.crm import Crm
from include.sandbox.database import Database
from include.sandbox.faults import Faults
from include.sandbox.front import Front
from include.sandbox.memory import format_of, open_file
from include.sandbox.pages.site import Site
from include.sandbox.salesforce.declaring import Declared
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
            self.control.resume(before)

    def close(self) -> None:
        self.world.database.close()


def assemble(database: str = MEMORY, declared: Sequence[Declared] = ()) -> Sandbox:
    """Both CRMs behind one front door, on a database in memory or in a file.

    `declared` are Salesforce's custom objects and fields, as a declaration file holds them.
    Raises Unusable for a file that another version made or another sandbox uses, and
    BadDeclaration.
    """
    world = World(_opened(database))
    crms = _crms(world, declared)
    faults, calls = Faults(), Calls(crm.name for crm in crms)
    control = Control(world, crms, faults, calls, _defaults())
    control.add(Site(world, crms, control, faults, calls).routes())
    return Sandbox(world, control, Front(world, crms, control, faults, calls))


def _crms(world: World, declared: Sequence[Declared] = ()) -> tuple[Crm, Crm]:
    return hubspot.HubSpot(world), salesforce.Salesforce(world, declared)


def _defaults() -> dict[str, Any]:
    return {**GENERAL, "hubspot": hubspot.DEFAULTS, "salesforce": salesforce.DEFAULTS}


def _opened(database: str) -> Database:
    if database == MEMORY:
        return Database()
    pattern = Database()
    _crms(World(pattern))
    wanted = format_of(pattern)
    pattern.close()
    return open_file(Path(database), wanted)
