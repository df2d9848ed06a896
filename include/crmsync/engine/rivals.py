"""New HubSpot records whose match is linked with another one already.

A contact that takes the e-mail address which another one has just given up in HubSpot, while the
Salesforce record of that other one still has it. Nothing says whose record it is from now on: to
create a second one with the same address would make the duplicate that matching is there to avoid.
So it waits until one of the two has another address, or the link is gone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import pandas as pd

from include.crmsync.engine.transform import stamp_of, value_of
from include.crmsync.model.link import Link
from include.crmsync.model.plan import Action, Held
from include.crmsync.model.record import System


def rivals(
    fresh: pd.DataFrame,
    salesforce: pd.DataFrame,
    links: Sequence[Link],
    match_on: str | None,
    actions: Collection[Action],
) -> dict[str, Link]:
    """New HubSpot record -> the link of the Salesforce record that has its match value.

    Where the plan changes that value in Salesforce, the record is free.
    """
    if match_on is None or not len(fresh):
        return {}
    freed = {
        one.record_id
        for one in actions
        if one.system is System.SALESFORCE and any(it.field == match_on for it in one.changes)
    }
    holders: dict[str, Link] = {}
    for link in links:
        id_ = link.salesforce_id
        if link.lives and id_ in salesforce.index and id_ not in freed:
            value = value_of(salesforce, id_, match_on)
            holders |= {value: link} if value is not None else {}
    found = {id_: holders.get(value_of(fresh, id_, match_on) or "") for id_ in fresh.index}
    return {id_: link for id_, link in found.items() if link and link.hubspot_id != id_}


def held(
    object_type: str, fresh: pd.DataFrame, found: Mapping[str, Link], match_on: str | None
) -> Iterator[Held]:
    """Why each of them is not created."""
    for id_, link in sorted(found.items()):
        yield Held(
            System.HUBSPOT,
            object_type,
            id_,
            "match_unlinked",
            match_on,
            value_of(fresh, id_, match_on or ""),
            f"Salesforce's {link.salesforce_id} has this {match_on}, and is synced with"
            f" {link.hubspot_id} in HubSpot, which has another one. Merge the two in HubSpot if"
            f" they are one, or give Salesforce's record the {match_on} that {link.hubspot_id} has:"
            " then this one follows by itself.",
            stamp_of(fresh, id_),
        )
