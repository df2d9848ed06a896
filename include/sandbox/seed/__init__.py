"""The populations the sandbox starts from.

* `empty`: the people who own records, the org and the inclusion list; no records.
* `demo`: about 300 companies, 1,500 people and 400 deals in every situation a first run
  meets, and the story's named records (`cast`) on top.
* a number, e.g. `100000`: that many HubSpot contacts, mostly linked, for tests of scale.

The same seed, random seed and moment give the same population, record for record. A seed
knows the org's rules and breaks some of them in HubSpot on purpose; nothing it links breaks
any. `populations` gives the same in pieces, each to be loaded before the next is asked for.
"""

from collections.abc import Iterator
from datetime import datetime

from include.sandbox.population import Population
from include.sandbox.seed import companies, deals, people, scale, story
from include.sandbox.seed.draft import Draft
from include.sandbox.seed.staff import staffed

__all__ = ["population", "populations"]


def population(seed: str, random_seed: int, now: datetime) -> Population:
    """Everything the seed puts into both CRMs; raises ValueError for a seed nobody knows."""
    whole = Population()
    for piece in populations(seed, random_seed, now):
        whole.hubspot += piece.hubspot
        whole.associations += piece.associations
        whole.owners += piece.owners
        whole.lists += piece.lists
        whole.salesforce += piece.salesforce
    return whole


def populations(seed: str, random_seed: int, now: datetime) -> Iterator[Population]:
    """The same in pieces; raises ValueError at once, before any of them."""
    if seed == "empty":
        return iter([staffed(now)])
    if seed == "demo":
        return iter([_demo(random_seed, now)])
    if seed.isascii() and seed.isdecimal():
        return scale.pieces(int(seed), random_seed, now)
    raise ValueError(f"no seed is called {seed!r}: say empty, demo, or a number of contacts")


def _demo(random_seed: int, now: datetime) -> Population:
    draft = Draft(random_seed, now)
    story.tell(draft)
    directory = companies.populate(draft)
    people.populate(draft, directory)
    deals.populate(draft, directory)
    return draft.population
