"""Starting over: both CRMs emptied and filled from one seed, or left as they were.

A seed is a word or a number; what it stands for is made up elsewhere as plain data, in
pieces, so that a million records never sit in memory at once. All of it happens in one
transaction: a client sees the old records or the new ones, never half. A database in a file
remembers what it was filled with, and is not filled again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from include.sandbox.crm import Crm
from include.sandbox.seed import populations
from include.sandbox.world import World

NAMED = ("empty", "demo")
_TABLE = """
CREATE TABLE IF NOT EXISTS sandbox_seed (
    only INTEGER PRIMARY KEY CHECK (only = 1), seed TEXT NOT NULL, random_seed INTEGER NOT NULL
)
"""


class UnknownSeed(ValueError):
    """No seed is called that."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the sandbox was last filled with."""

    seed: str
    random_seed: int


def check(seed: str) -> None:
    """Raise UnknownSeed unless there is a seed of that name."""
    if seed not in NAMED and not (seed.isascii() and seed.isdecimal() and len(seed) < 8):
        raise UnknownSeed(f"a seed is {', '.join(NAMED)} or a number of contacts, not {seed!r}")


def start_over(world: World, crms: Sequence[Crm], told: Seeded) -> None:
    """Empty both CRMs and load the seed; raises UnknownSeed and then changes nothing."""
    check(told.seed)
    with world.database.transaction() as sql:
        for crm in crms:
            crm.reset()
        for piece in populations(told.seed, told.random_seed, world.clock.now()):
            for crm in crms:
                crm.load(piece)
        sql.execute(_TABLE)
        row = (told.seed, told.random_seed)
        sql.execute("INSERT OR REPLACE INTO sandbox_seed VALUES (1, ?, ?)", row)


def kept(world: World) -> Seeded | None:
    """What a database from an earlier run was filled with, None for a new one."""
    with world.database.transaction() as sql:
        sql.execute(_TABLE)
        row = sql.execute("SELECT seed, random_seed FROM sandbox_seed").fetchone()
    return Seeded(*row) if row else None
