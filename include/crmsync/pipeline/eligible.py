"""Which HubSpot companies may become accounts, because of the people in them.

The conditions are those of HubSpot's own integration, and the mapping says which of them count: a
company needs a contact that is on the inclusion list, and one that is in Salesforce as a contact or
would become one: a company of leads only has nobody to be an account for. Only companies without
a link are asked about: a call for a thousand, and for people without a link, who may have a lead in
Salesforce already, one for a hundred in HubSpot and one in Salesforce.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from include.crmsync.engine.creates import kind_of
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.transform import values_of
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.pipeline.people_of import PeopleOf
from include.crmsync.pipeline.strangers import PEOPLE
from include.crmsync.pipeline.workshop import Workshop

LEAD = "Lead"
LISTED, NOT_LEAD = "listed", "not_lead"
"""What a mapping may need of a company's contacts."""


@dataclass(frozen=True, slots=True)
class Eligible:
    """HubSpot companies that meet each condition."""

    listed: frozenset[str] = frozenset()
    of_contacts: frozenset[str] = frozenset()


def eligible_companies(
    mapping: ObjectMapping,
    hubspot: Mapping[str, Record],
    listed: frozenset[str] | None,
    people_of: PeopleOf,
    shop: Workshop,
) -> Eligible:
    """The unlinked ones of these companies that meet the conditions."""
    if mapping.object_type != "companies":
        return Eligible()
    linked = shop.store.links(mapping.object_type, System.HUBSPOT, hubspot.keys())

    def on_it(ids: Collection[str]) -> frozenset[str]:
        return frozenset(ids) if listed is None else listed & frozenset(ids)

    return meeting(sorted(hubspot.keys() - linked.keys()), mapping, on_it, people_of, shop)


def meeting(
    asked: Collection[str],
    mapping: ObjectMapping,
    on_it: Callable[[Collection[str]], frozenset[str]],
    people_of: PeopleOf,
    shop: Workshop,
) -> Eligible:
    """Those of these companies that meet each condition; one that does not count is met by all."""
    needs, everyone = mapping.needs_contact, frozenset(asked)
    if not needs or not asked:
        return Eligible(everyone, everyone)
    children = people_of.companies(asked)
    people = {id_ for ids in children.values() for id_ in ids}
    chosen = on_it(people) if LISTED in needs else frozenset[str]()
    listed = _with(children, chosen) if LISTED in needs else everyone
    # A company that waits for somebody on the list waits, whoever else its people are.
    near = {id_ for company in listed for id_ in children[company]}
    contacts = _contacts(people, near, people_of, shop) if NOT_LEAD in needs else people
    return Eligible(listed, _with(children, contacts) if NOT_LEAD in needs else everyone)


def _with(children: Mapping[str, frozenset[str]], people: Collection[str]) -> frozenset[str]:
    return frozenset(id_ for id_, ids in children.items() if not ids.isdisjoint(people))


def _contacts(
    people: Collection[str], near: Collection[str], people_of: PeopleOf, shop: Workshop
) -> set[str]:
    """People who are contacts in Salesforce, or will be; of `near` it is asked who has a lead."""
    mapping = shop.mappings[PEOPLE]
    links = shop.store.links(PEOPLE, System.HUBSPOT, sorted(people)) if people else {}
    found = {id_ for id_, link in links.items() if link.kind != LEAD}
    theirs = people_of.strangers.counterparts(System.HUBSPOT, sorted({*near} - links.keys()))
    found |= {id_ for id_, one in theirs.items() if one.kind != LEAD}
    new = sorted(set(people) - links.keys() - theirs.keys())
    if not mapping.creates_as or not new:
        return found | (set(new) if mapping.salesforce[0] != LEAD else set())
    records = shop.gateways[System.HUBSPOT].read(mapping, new)
    # Their company has no link, or nobody would ask: a rule that wants one does not fit.
    return found | {one.id for one in records if _becomes(one, mapping) != LEAD}


def _becomes(record: Record, mapping: ObjectMapping) -> str:
    nobody = Directory()
    return kind_of(values_of(record, mapping, nobody), mapping, nobody)
