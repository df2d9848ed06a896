"""Accounts that a lead's conversion made, and the HubSpot companies they belong to.

A converted lead brings an account of its own, and its HubSpot contact often is in a company
already: without a closer look that would become two companies. Where the contact's company has
no account yet, the two are the same thing. A company that has one keeps it, and a contact in no
company proves nothing. Deals are known by stored ids alone, so an opportunity made by a
conversion is a new one.
"""

from collections.abc import Mapping

from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.pipeline.reading import Reading
from include.crmsync.pipeline.workshop import Workshop


def conversions(mapping: ObjectMapping, reading: Reading, shop: Workshop) -> dict[str, str]:
    """HubSpot company -> account made by a conversion; reads the companies, too."""
    if mapping.object_type != "companies" or "contacts" not in shop.mappings:
        return {}
    changed = reading.changed[System.SALESFORCE]
    linked = shop.store.links(mapping.object_type, System.SALESFORCE, sorted(changed))
    fresh = sorted(changed.keys() - linked.keys())
    # In the very first run nothing is linked, so no contact can say anything.
    if not fresh or reading.whole[System.SALESFORCE]:
        return {}
    made = shop.gateways[System.SALESFORCE].conversions(mapping, fresh)
    found = _companies(made, shop) if made else {}
    hubspot = shop.gateways[System.HUBSPOT]
    missing = sorted(found.keys() - reading.known(System.HUBSPOT).keys())
    if missing:
        records = {record.id: record for record in hubspot.read(mapping, missing)}
        reading.counterparts[System.HUBSPOT] |= records
    return found


def _companies(made: Mapping[str, frozenset[str]], shop: Workshop) -> dict[str, str]:
    """The unlinked company that the people of each account are in, in the order of ids."""
    people = sorted({id_ for ids in made.values() for id_ in ids})
    links = shop.store.links("contacts", System.SALESFORCE, people)
    contacts = _contacts([link.hubspot_id for link in links.values() if link.lives], shop)
    found: dict[str, str] = {}
    for account, ids in sorted(made.items()):
        for id_ in sorted(ids & links.keys()):
            contact = contacts.get(links[id_].hubspot_id)
            company = contact.parents.get("companies") if contact else None
            if company:
                found.setdefault(company, account)
    taken = shop.store.links("companies", System.HUBSPOT, sorted(found))
    return {company: account for company, account in found.items() if company not in taken}


def _contacts(ids: list[str], shop: Workshop) -> dict[str, Record]:
    if not ids:
        return {}
    found = shop.gateways[System.HUBSPOT].read(shop.mappings["contacts"], sorted(ids))
    return {record.id: record for record in found}
