"""Who has the values that a plan is to give to HubSpot records, and must not be shared.

What was read tells most of it; only addresses that linked records are to take from elsewhere are
asked after: a call for a hundred, in runs that change e-mail addresses, and none in others. And a
run that was killed between freeing a value and giving the new one is made good by the next: what
it blanked was nobody's edit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from include.crmsync.adapters.hubspot_records import mails
from include.crmsync.engine.apart import base_in, together
from include.crmsync.engine.transform import Canonical, value_of
from include.crmsync.engine.unshared import kept_apart, wanted
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.plan import Plan, Verb
from include.crmsync.model.record import System
from include.crmsync.pipeline.documents import Extracted
from include.crmsync.pipeline.workshop import Workshop


def without_collisions(
    plan: Plan, mapping: ObjectMapping, extracted: Extracted, shop: Workshop
) -> Plan:
    """The plan, its writes of unshared values in such an order that none is refused."""
    claims = wanted(plan, mapping)
    if not claims:
        return plan
    read = (*extracted.changed[System.HUBSPOT], *extracted.counterparts[System.HUBSPOT])
    holders = {mail: one.id for one in read for mail in mails(one.raw)}
    updates = {one.id for one in plan.actions if one.verb is Verb.UPDATE}
    # Possible matches of new records were read, so theirs are known to be free.
    asked = {claims[id_] for id_ in updates & claims.keys()} - holders.keys()
    if asked:
        holders |= holders_of(sorted(asked), mapping, shop)
    return kept_apart(plan, mapping, holders)


def holders_of(values: Sequence[str], mapping: ObjectMapping, shop: Workshop) -> dict[str, str]:
    """E-mail address -> the HubSpot contact that has it, be it as an additional one."""
    field = mapping.unshared
    if field is None or not values:
        return {}
    found = shop.gateways[System.HUBSPOT].find(replace(mapping, match_on=field.name), values)
    return {mail: one.id for one in found for mail in mails(one.raw)}


def made_good(
    links: Sequence[Link], mapping: ObjectMapping, hubspot: Canonical, shop: Workshop
) -> list[Link]:
    """The links, their bases without values that an unfinished run has freed."""
    field = mapping.unshared
    if field is None:
        return list(links)
    blank = {
        link.hubspot_id: link
        for link in links
        if link.hubspot_id in hubspot.frame.index
        and value_of(hubspot.frame, link.hubspot_id, field.name) is None
        and base_in(link.base or {}, field, System.HUBSPOT) is not None
    }
    if not blank:
        return list(links)
    freed = shop.journal.freed(mapping.object_type, sorted(blank), field.name)
    return [_without(link, field, freed) for link in links]


def _without(link: Link, field: FieldMapping, freed: Mapping[str, frozenset[str]]) -> Link:
    base = link.base or {}
    if base_in(base, field, System.HUBSPOT) not in freed.get(link.hubspot_id, ()):
        return link
    return replace(link, base={**base, **together(field.name, None, base)})
