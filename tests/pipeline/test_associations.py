"""Changes of association, which move no stamp in HubSpot: one story each, over CRMs in memory."""

from typing import Any

import pytest

from include.crmsync.errors import Unavailable
from include.crmsync.model.record import System
from tests.pipeline.two_crms import TwoCrms

OPEN: dict[str, Any] = {"dealstage": "qualifiedtobuy", "closedate": "2026-03-01T00:00:00Z"}
"""What every deal here has."""


@pytest.fixture
def family(crms: TwoCrms) -> dict[str, str]:
    """Two companies, a contact and a deal below the first, all synced: name -> HubSpot id."""
    first = crms.put(System.HUBSPOT, "companies", name="Analytical Engines")
    second = crms.put(System.HUBSPOT, "companies", name="Difference Engines")
    contact = crms.hubspot_contact(email="ada@example.com", lastname="Lovelace")
    other = crms.hubspot_contact(email="mary@example.com", lastname="Somerville")
    crms.hubspot.put_below(contact, companies=first)
    crms.hubspot.put_below(other, companies=second)
    deal = crms.put(
        System.HUBSPOT,
        "deals",
        {"companies": first},
        dealname="Loom",
        **OPEN,
    )
    crms.sync()
    assert crms.sync()["state"] == "nothing_to_do"
    return {"first": first, "second": second, "contact": contact, "other": other, "deal": deal}


def account_of(crms: TwoCrms, object_type: str, hubspot_id: str) -> str | None:
    """The HubSpot company whose account the counterpart is below."""
    record = crms.salesforce.records[crms.links(object_type)[hubspot_id]]
    companies = {theirs: ours for ours, theirs in crms.links("companies").items()}
    account = record.parents.get("companies")
    return companies[account] if account else None


@pytest.mark.parametrize(("object_type", "name"), [("contacts", "contact"), ("deals", "deal")])
class TestEitherChild:
    """Contacts and deals alike."""

    def test_another_company_in_hubspot_reaches_salesforce_although_nothing_is_stamped(
        self, crms: TwoCrms, family: dict[str, str], object_type: str, name: str
    ) -> None:
        stamp = crms.hubspot.records[family[name]].modified_at
        crms.hubspot.put_below(family[name], companies=family["second"])
        assert crms.hubspot.records[family[name]].modified_at == stamp
        crms.sync()
        assert account_of(crms, object_type, family[name]) == family["second"]
        self._rests(crms)

    def test_a_company_taken_away_in_hubspot_is_taken_away_in_salesforce(
        self, crms: TwoCrms, family: dict[str, str], object_type: str, name: str
    ) -> None:
        crms.hubspot.put_below(family[name], companies=None)
        crms.sync()
        assert account_of(crms, object_type, family[name]) is None
        self._rests(crms)

    def test_an_account_taken_away_in_salesforce_is_taken_away_in_hubspot(
        self, crms: TwoCrms, family: dict[str, str], object_type: str, name: str
    ) -> None:
        crms.salesforce.put_below(crms.links(object_type)[family[name]], companies=None)
        crms.sync()
        assert crms.hubspot.records[family[name]].parents["companies"] is None
        self._rests(crms)

    def test_another_account_in_salesforce_reaches_hubspot(
        self, crms: TwoCrms, family: dict[str, str], object_type: str, name: str
    ) -> None:
        account = crms.links("companies")[family["second"]]
        crms.salesforce.put_below(crms.links(object_type)[family[name]], companies=account)
        crms.sync()
        assert crms.hubspot.records[family[name]].parents["companies"] == family["second"]
        self._rests(crms)

    def test_a_company_that_is_not_linked_yet_is_waited_for_without_looking_again_and_again(
        self, crms: TwoCrms, family: dict[str, str], object_type: str, name: str
    ) -> None:
        third = crms.put(System.HUBSPOT, "companies")
        crms.hubspot.put_below(family[name], companies=third)
        crms.sync()
        assert crms.held(object_type) == {family[name]: {"parent_linked"}}
        assert account_of(crms, object_type, family[name]) == family["first"]
        self._rests(crms)
        third_member = crms.hubspot_contact(email="joan@example.com", lastname="Clarke")
        crms.hubspot.put_below(third_member, companies=third)
        crms.hubspot.edit(third, name="Orphaned Engines")
        crms.sync()
        assert account_of(crms, object_type, family[name]) == third
        assert crms.held(object_type) == {}

    def _rests(self, crms: TwoCrms) -> None:
        """Two more runs write nothing, and the second has nothing to do."""
        written = crms.writes()
        crms.sync()
        told = crms.sync()
        assert told["state"] == "nothing_to_do"
        assert crms.writes() == written


def test_a_contact_off_the_list_is_not_read_again_for_its_company_until_it_joins(
    crms: TwoCrms, family: dict[str, str]
) -> None:
    members = crms.hubspot.lists["Salesforce inclusion list"]
    members.discard(family["contact"])
    crms.hubspot.edit(family["contact"], jobtitle="Analyst")
    crms.sync()
    crms.hubspot.put_below(family["contact"], companies=family["second"])
    assert crms.sync()["state"] == "nothing_to_do"
    members.add(family["contact"])
    crms.sync()
    assert account_of(crms, "contacts", family["contact"]) == family["second"]


def test_a_run_that_dies_in_the_write_of_an_association_is_made_good_by_the_next(
    crms: TwoCrms, family: dict[str, str]
) -> None:
    crms.hubspot.put_below(family["contact"], companies=family["second"])
    crms.salesforce.fail_next(lost="after")
    with pytest.raises(Unavailable):
        crms.sync()
    crms.sync()
    assert account_of(crms, "contacts", family["contact"]) == family["second"]
    assert crms.held() == {}


def test_associations_cost_a_call_for_each_mapped_kind_of_them(
    crms: TwoCrms, family: dict[str, str]
) -> None:
    assert family
    crms.sync()
    before = crms.hubspot.calls
    crms.sync()
    with_them = crms.hubspot.calls - before
    crms.settings["association_calls"] = 0
    crms.sync()
    assert crms.hubspot.calls - before - with_them == with_them - 3


def test_the_turn_goes_round_all_linked_records(
    crms: TwoCrms, family: dict[str, str], monkeypatch: Any
) -> None:
    monkeypatch.setattr("include.crmsync.pipeline.associations.IN_A_CALL", 1)
    crms.hubspot.put_below(family["other"], companies=family["first"])
    crms.hubspot.put_below(family["contact"], companies=family["second"])
    moved = []
    for _ in range(2):
        crms.sync()
        moved.append(
            (
                account_of(crms, "contacts", family["contact"]) == family["second"],
                account_of(crms, "contacts", family["other"]) == family["first"],
            )
        )
    assert sorted(moved[0]) == [False, True]
    assert moved[1] == (True, True)


def test_without_any_call_for_it_a_change_of_association_waits_for_another_change(
    crms: TwoCrms, family: dict[str, str]
) -> None:
    crms.settings["association_calls"] = 0
    crms.hubspot.put_below(family["contact"], companies=family["second"])
    assert crms.sync()["state"] == "nothing_to_do"
    crms.hubspot.edit(family["contact"], jobtitle="Analyst")
    crms.sync()
    assert account_of(crms, "contacts", family["contact"]) == family["second"]


class TestHeldForItsCompany:
    """A new deal whose company is not synced, and whose association is mended."""

    @pytest.fixture
    def waiting(self, crms: TwoCrms, family: dict[str, str]) -> str:
        """The deal; nobody has stamped it since."""
        assert family
        alone = crms.put(System.HUBSPOT, "companies")  # it has no name
        deal = crms.put(
            System.HUBSPOT,
            "deals",
            {"companies": alone},
            dealname="Shuttle",
            **OPEN,
        )
        crms.sync()
        assert crms.held("deals") == {deal: {"parent_linked"}}
        crms.clock.advance(3600)
        return deal

    def test_it_goes_through_below_another_company(
        self, crms: TwoCrms, family: dict[str, str], waiting: str
    ) -> None:
        crms.hubspot.put_below(waiting, companies=family["second"])
        crms.sync()
        assert account_of(crms, "deals", waiting) == family["second"]
        assert crms.held("deals") == {}

    def test_it_goes_through_alone(self, crms: TwoCrms, waiting: str) -> None:
        crms.hubspot.put_below(waiting, companies=None)
        crms.sync()
        assert account_of(crms, "deals", waiting) is None
        assert crms.held("deals") == {}

    def test_it_costs_no_call_more_while_it_waits(self, crms: TwoCrms, waiting: str) -> None:
        assert waiting
        crms.sync("deals")
        before = crms.hubspot.calls
        crms.sync("deals")
        quiet = crms.hubspot.calls - before
        crms.hubspot.remove(waiting)
        crms.clock.advance(3600)
        crms.sync("deals")
        before = crms.hubspot.calls
        crms.sync("deals")
        assert crms.hubspot.calls - before == quiet


def test_another_company_is_found_though_another_field_of_the_contact_is_held(
    crms: TwoCrms, family: dict[str, str]
) -> None:
    crms.clock.advance(3600)
    crms.hubspot.edit(family["contact"], lastname=None)
    crms.sync()
    assert crms.held() == {family["contact"]: {"required_value"}}
    crms.clock.advance(3600)
    crms.hubspot.put_below(family["contact"], companies=family["second"])
    crms.sync()
    assert account_of(crms, "contacts", family["contact"]) == family["second"]
