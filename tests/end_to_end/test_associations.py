"""Associations changed through the public APIs between runs travel both ways."""

from typing import Any

import pytest

from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox
MEMBERS = "/_sandbox/lists/Salesforce%20inclusion%20list/members"


class Family:
    """Two companies and a contact below the first, in HubSpot, as a person sees them."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.first, self.second = (
            self.create("companies", name="A"),
            self.create("companies", name="B"),
        )
        self.contact = self.create("contacts", email="ada@example.com", lastname="Lovelace")
        other = self.create("contacts", email="mary@example.com", lastname="Somerville")
        self.associate(self.contact, self.first)
        self.associate(other, self.second)
        installation.sandbox.call("PUT", MEMBERS, {"add": [self.contact, other]})
        assert self.sync() == "done"

    def create(self, object_type: str, **properties: str) -> str:
        path = f"/crm/v3/objects/{object_type}"
        made = self.installation.outside.hubspot("POST", path, {"properties": properties})
        return str(made["id"])

    def sync(self) -> str:
        self.installation.sandbox.advance(30)
        return str(self.installation.sync()["state"])

    def _path(self, contact: str, company: str, how: str = "") -> str:
        return f"/crm/v4/objects/contacts/{contact}/associations/{how}companies/{company}"

    def associate(self, contact: str, company: str) -> None:
        self.installation.outside.hubspot("PUT", self._path(contact, company, "default/"))

    def make_primary(self, contact: str, company: str) -> None:
        kind = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
        self.installation.outside.hubspot("PUT", self._path(contact, company), kind)

    def part(self, contact: str, company: str) -> None:
        self.installation.outside.hubspot("DELETE", self._path(contact, company))

    def companies(self) -> set[str]:
        path = f"/crm/v4/objects/contacts/{self.contact}/associations/companies"
        found = self.installation.outside.hubspot("GET", path)["results"]
        return {str(one["toObjectId"]) for one in found}

    def set_account(self, company: str | None) -> None:
        accounts = dict(self.installation.links("companies"))
        body = {"AccountId": accounts[company] if company else None}
        self.installation.outside.salesforce("PATCH", f"sobjects/Contact/{self._id()}", body)

    def account(self) -> str | None:
        """The HubSpot company whose account the contact is below."""
        companies = {there: here for here, there in self.installation.links("companies")}
        found: Any = self.installation.outside.salesforce("GET", f"sobjects/Contact/{self._id()}")
        return companies[found["AccountId"]] if found["AccountId"] else None

    def _id(self) -> str:
        return dict(self.installation.links("contacts"))[self.contact]

    def rests(self) -> bool:
        """Whether the second run from now has nothing to do, and none of them writes."""
        self.installation.sandbox.forget_calls()
        states = [self.sync(), self.sync()]
        calls = self.installation.sandbox.calls()
        writes = [calls[system]["writes"] for system in ("hubspot", "salesforce")]
        return states[1] == "nothing_to_do" and writes == [0, 0]


@pytest.fixture
def family(installation: Installation) -> Family:
    return Family(installation)


def test_another_primary_company_becomes_the_account(family: Family) -> None:
    family.make_primary(family.contact, family.second)
    family.sync()
    assert family.account() == family.second
    assert family.companies() == {family.first, family.second}
    assert family.rests()


def test_a_further_company_that_is_not_primary_changes_nothing(family: Family) -> None:
    family.make_primary(family.contact, family.first)
    family.associate(family.contact, family.second)
    assert family.rests()
    assert family.account() == family.first


def test_an_association_that_ends_takes_the_account_away(family: Family) -> None:
    family.part(family.contact, family.first)
    family.sync()
    assert family.account() is None
    assert family.rests()


def test_an_account_taken_away_ends_the_association_and_a_second_company_takes_its_place(
    family: Family,
) -> None:
    family.make_primary(family.contact, family.first)
    family.associate(family.contact, family.second)
    family.sync()
    family.set_account(None)
    family.sync()
    assert family.companies() == {family.second}
    family.sync()
    assert family.account() == family.second
    assert family.installation.held("contacts") == {}
    assert family.rests()


def test_another_account_becomes_the_primary_company(family: Family) -> None:
    family.set_account(family.second)
    family.sync()
    assert family.second in family.companies()
    assert family.rests()
    assert family.account() == family.second


def test_looking_for_associations_costs_a_call_for_each_kind_that_has_links(
    family: Family,
) -> None:
    for _ in range(2):
        family.installation.sandbox.advance(1200)  # beyond the overlap, whose pages have their own
        family.installation.sandbox.forget_calls()
        assert family.sync() == "nothing_to_do"
    by_endpoint = family.installation.sandbox.calls()["hubspot"]["by_endpoint"]
    assert sum(count for name, count in by_endpoint.items() if "associations" in name) == 1
