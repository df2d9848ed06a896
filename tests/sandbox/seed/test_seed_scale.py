"""Any number of contacts, in pieces, linked or not in fixed shares."""

from itertools import chain

import pytest

from include.sandbox.seed import population, populations, scale
from include.sandbox.seed.ids import checksum
from tests.sandbox.seed.demo import NOW, Seen


@pytest.fixture(scope="module")
def thousand() -> Seen:
    return Seen(population("1000", 1, NOW))


@pytest.mark.parametrize("contacts", [0, 1, 99, 100, 101, 12_345])
def test_hubspot_has_exactly_as_many_contacts_as_asked_for(contacts: int) -> None:
    pieces = populations(str(contacts), 1, NOW)
    records = chain.from_iterable(piece.hubspot for piece in pieces)
    assert sum(one.object_type == "contacts" for one in records) == contacts


def test_no_piece_is_larger_than_stated() -> None:
    for piece in populations("25000", 1, NOW):
        assert sum(one.object_type == "contacts" for one in piece.hubspot) <= scale.PIECE


def test_the_shares_are_those_promised(thousand: Seen) -> None:
    linked = thousand.links["contacts"]
    assert len(linked) == 600
    assert len(thousand.links["companies"]) == 10
    assert len(thousand.alone_in_hubspot("contacts")) == 300
    assert len(thousand.alone_in_salesforce("Contact")) == 100
    assert len(thousand.listed) == 900
    assert sum("crmsync_salesforce_id" in here.properties for here, _ in linked) == 300
    edited = [here.properties["jobtitle"] != there.fields["Title"] for here, there in linked]
    assert sum(edited) == 20


def test_ids_and_emails_are_unique_and_every_end_exists(thousand: Seen) -> None:
    population = thousand.population
    assert len(thousand.hubspot) == len(population.hubspot)
    assert len(thousand.salesforce) == len(population.salesforce)
    assert len(thousand.hubspot_emails) == 1000
    for one in population.associations:
        assert (one.from_type, one.from_id) in thousand.hubspot
        assert (one.to_type, one.to_id) in thousand.hubspot
    for contact in thousand.of_sobject("Contact"):
        assert contact.fields["Id"][15:] == checksum(contact.fields["Id"][:15])
        assert contact.fields["AccountId"] in thousand.salesforce
        assert contact.fields["OwnerId"] in thousand.salesforce
    assert thousand.listed <= {one.id for one in thousand.of_type("contacts")}


def test_a_linked_contact_hangs_below_the_same_company_in_both(thousand: Seen) -> None:
    for here, there in thousand.links["contacts"]:
        company = thousand.parents["contacts", here.id]
        assert thousand.linked_hubspot["companies", company] == there.fields["AccountId"]
