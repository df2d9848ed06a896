"""Two records of one thing, linked by an earlier sync, and what people did to them since.

A pair starts equal on every mapped field. Then nothing happens to it, or it is edited in
HubSpot, in Salesforce, or in both: in different fields, in the same one to different values,
or to the same value. An editable field comes from a small table per object type, so that
every kind of record is edited by the same code. An edit always changes the value.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from include.sandbox.population import HubSpotRecord, SalesforceRecord
from include.sandbox.seed.draft import Draft, edit_hubspot, edit_salesforce, link


@dataclass(frozen=True, slots=True)
class Editable:
    """A field that people edit: its name in each system, and a new value for it."""

    hubspot: str
    salesforce: str
    draw: Callable[[Random], str | None]
    spell: Callable[[str], Any] = str
    """HubSpot's text as Salesforce's JSON value."""

    def another(self, rng: Random, taken: Collection[str | None]) -> str | None:
        """A value that is none of those `taken`; every field draws from three or more."""
        while True:
            value = self.draw(rng)
            if value not in taken:
                return value

    def spelled(self, value: str | None) -> Any:
        return None if value is None else self.spell(value)


@dataclass(frozen=True, slots=True)
class Since:
    """Which systems a linked pair was edited in since the earlier sync."""

    hubspot: bool = False
    salesforce: bool = False
    same_field: bool = False
    alike: bool = False
    """Both came to the same value."""


UNTOUCHED = Since()
IN_HUBSPOT = Since(hubspot=True)
IN_SALESFORCE = Since(salesforce=True)
ELSEWHERE = Since(hubspot=True, salesforce=True)
"""Edited in both, in different fields."""
APART = Since(hubspot=True, salesforce=True, same_field=True)
ALIKE = Since(hubspot=True, salesforce=True, same_field=True, alike=True)


def live_on(
    draft: Draft,
    pair: tuple[HubSpotRecord, SalesforceRecord],
    since: Since,
    menu: Sequence[Editable],
) -> None:
    """Link the pair and let people edit it."""
    hubspot, salesforce = pair
    link(hubspot, salesforce)
    first, second = draft.rng.sample(range(len(menu)), 2)
    here, there = menu[first], menu[first if since.same_field else second]
    before = hubspot.properties.get(here.hubspot)
    value = here.another(draft.rng, (before,))
    if since.hubspot:
        edit_hubspot(hubspot, draft.edited(), {here.hubspot: value})
    if since.salesforce:
        if not since.alike:
            value = there.another(draft.rng, (before, hubspot.properties.get(there.hubspot)))
        edit_salesforce(salesforce, draft.edited(), {there.salesforce: there.spelled(value)})
