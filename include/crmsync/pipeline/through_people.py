"""Companies and accounts without a link, brought together by the people who are in both.

Beside what changed, the people of an unlinked company are read, and those of an unlinked account;
those who are linked say which account the company is, and those who will be (`strangers`). In the
very first run nobody is linked yet: then all people are read at once. What it costs: a few calls in
runs with new companies, and one more reading of all people in the first.
"""

from collections.abc import Iterator, Mapping

from include.crmsync.engine.through_people import by_people
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.pipeline.people_of import PeopleOf
from include.crmsync.pipeline.reading import Reading
from include.crmsync.pipeline.strangers import PEOPLE, small
from include.crmsync.pipeline.workshop import Workshop

PARENT = "companies"
Votes = Iterator[tuple[str | None, str | None]]


def through_people(mapping: ObjectMapping, reading: Reading, shop: Workshop) -> dict[str, str]:
    """HubSpot company -> account of the same people; reads whichever is not at hand, too."""
    if mapping.object_type != PARENT or PEOPLE not in shop.mappings:
        return {}
    if all(reading.whole.values()):
        everybody = reading.people.strangers.everybody()
        votes = [
            (ours.parents.get(PARENT), theirs.parents.get(PARENT)) for ours, theirs in everybody
        ]
    else:
        fresh = {system: _unlinked(system, mapping, reading, shop) for system in System}
        votes = [*_of_companies(fresh[System.HUBSPOT], reading.people, shop)]
        votes += _of_accounts(mapping, fresh[System.SALESFORCE], reading.people, shop)
    found = by_people(_unlinked_only(votes, shop))
    _read_missing(found, mapping, reading, shop)
    return found


def _unlinked(
    system: System, mapping: ObjectMapping, reading: Reading, shop: Workshop
) -> list[str]:
    changed = reading.changed[system]
    linked = shop.store.links(mapping.object_type, system, sorted(changed)) if changed else {}
    return sorted(changed.keys() - linked.keys())


def _of_companies(companies: list[str], people_of: PeopleOf, shop: Workshop) -> Votes:
    """The accounts of people who are in these companies."""
    if not companies:
        return
    children = people_of.companies(companies)
    people = {id_: company for company, ids in children.items() for id_ in ids}
    links = shop.store.links(PEOPLE, System.HUBSPOT, sorted(people)) if people else {}
    living = {link.salesforce_id: id_ for id_, link in links.items() if link.lives}
    accounts = _parents(System.SALESFORCE, sorted(living), shop)
    for contact, account in accounts.items():
        yield people[living[contact]], account
    strangers = people_of.strangers.counterparts(
        System.HUBSPOT, sorted(people.keys() - links.keys())
    )
    for id_, theirs in strangers.items():
        yield people[id_], theirs.parents.get(PARENT)


def _of_accounts(
    mapping: ObjectMapping, accounts: list[str], people_of: PeopleOf, shop: Workshop
) -> Votes:
    """The companies of people who are in these accounts."""
    if not accounts:
        return
    children = shop.gateways[System.SALESFORCE].children(mapping, accounts, PEOPLE)
    people = {id_: account for account, ids in children.items() for id_ in ids}
    links = shop.store.links(PEOPLE, System.SALESFORCE, sorted(people)) if people else {}
    living = {link.hubspot_id: id_ for id_, link in links.items() if link.lives}
    companies = _parents(System.HUBSPOT, sorted(living), shop)
    for contact, company in companies.items():
        yield company, people[living[contact]]
    asked = sorted(people.keys() - links.keys())
    for id_, ours in people_of.strangers.counterparts(System.SALESFORCE, asked).items():
        yield ours.parents.get(PARENT), people[id_]


def _parents(system: System, ids: list[str], shop: Workshop) -> dict[str, str | None]:
    if not ids:
        return {}
    asked = small(shop.mappings[PEOPLE])
    return {one.id: one.parents.get(PARENT) for one in shop.gateways[system].read(asked, ids)}


def _unlinked_only(votes: list[tuple[str | None, str | None]], shop: Workshop) -> Votes:
    companies = sorted({company for company, _ in votes if company})
    accounts = sorted({account for _, account in votes if account})
    ours = shop.store.links(PARENT, System.HUBSPOT, companies) if companies else {}
    theirs = shop.store.links(PARENT, System.SALESFORCE, accounts) if accounts else {}
    yield from (
        (company, account)
        for company, account in votes
        if company not in ours and account not in theirs
    )


def _read_missing(
    found: Mapping[str, str], mapping: ObjectMapping, reading: Reading, shop: Workshop
) -> None:
    for system, ids in zip(System, (set(found), set(found.values())), strict=True):
        missing = sorted(ids - reading.known(system).keys())
        if missing:
            records = shop.gateways[system].read(mapping, missing)
            reading.counterparts[system] |= {record.id: record for record in records}
