"""Two records of one thing, linked by an earlier sync, and what people did to them since.

A pair starts equal on every mapped field. Then nothing happens to it, or it is edited in
HubSpot, in Salesforce, or in both: there sometimes in different fields, sometimes in the
same one to different values, sometimes to the same value. An editable field comes from a
small table per object type, so that every kind of record is edited by the same code.
"""

from collections.abc import Callable, Sequence
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

    def spelled(self, value: str | None) -> Any:
        return None if value is None else self.spell(value)


@dataclass(frozen=True, slots=True)
class Since:
    """Which systems a linked pair was edited in since the earlier sync."""

    hubspot: bool = False
    salesforce: bool = False


UNTOUCHED = Since()
IN_HUBSPOT = Since(hubspot=True)
IN_SALESFORCE = Since(salesforce=True)
IN_BOTH = Since(hubspot=True, salesforce=True)


def live_on(
    draft: Draft,
    pair: tuple[HubSpotRecord, SalesforceRecord],
    since: Since,
    menu: Sequence[Editable],
) -> None:
    """Link the pair and edit it; what was edited in both is drawn anew for each system."""
    hubspot, salesforce = pair
    link(hubspot, salesforce)
    first, second = draft.rng.sample(range(len(menu)), 2)
    if since.hubspot:
        here = menu[first]
        edit_hubspot(hubspot, draft.edited(), {here.hubspot: here.draw(draft.rng)})
    if since.salesforce:
        same_field = since.hubspot and draft.rng.random() < 0.7
        there = menu[first if same_field else second]
        value = there.spelled(there.draw(draft.rng))
        edit_salesforce(salesforce, draft.edited(), {there.salesforce: value})
