"""Contact roles and the contacts of deals: one story each, over two CRMs in memory."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from include.crmsync.errors import Unavailable
from include.crmsync.model.record import System
from tests.pipeline.two_crms import TwoCrms

NAMES = ("ada", "mary", "joan")


@dataclass
class Deal:
    """One deal and its opportunity, and contacts that may have roles in it."""

    crms: TwoCrms
    id: str
    contacts: dict[str, str]
    """Name -> HubSpot id."""

    @property
    def opportunity(self) -> str:
        return self.crms.links("deals")[self.id]

    def theirs(self, name: str) -> str:
        """The Salesforce contact of a name."""
        return self.crms.links("contacts")[self.contacts[name]]

    def in_hubspot(self) -> dict[str, str]:
        """Name -> label of those who are in the deal."""
        known = {id_: name for name, id_ in self.contacts.items()}
        roles = self.crms.hubspot.records[self.id].roles.get("contacts", ())
        return {known[role.record_id]: role.name for role in roles}

    def in_salesforce(self) -> dict[str, str]:
        """Name -> role of those who have one in the opportunity."""
        links = self.crms.links("contacts")
        known = {links[id_]: name for name, id_ in self.contacts.items() if id_ in links}
        roles = self.crms.salesforce.records[self.opportunity].roles.get("contacts", ())
        return {known[role.record_id]: role.name for role in roles}

    def rests(self) -> bool:
        """Whether two more runs write nothing, and the second has nothing to do."""
        written = self.crms.writes()
        self.crms.sync()
        return self.crms.sync()["state"] == "nothing_to_do" and self.crms.writes() == written


def deal_of(crms: TwoCrms) -> str:
    return crms.put(
        System.HUBSPOT,
        "deals",
        dealname="Loom",
        dealstage="qualifiedtobuy",
        closedate="2026-03-01T00:00:00Z",
    )


@pytest.fixture
def deal(crms: TwoCrms) -> Deal:
    """Ada is in it, on both sides."""
    contacts = {
        name: crms.hubspot_contact(email=f"{name}@example.com", lastname=name) for name in NAMES
    }
    made = Deal(crms, deal_of(crms), contacts)
    crms.hubspot.enrol(made.id, contacts["ada"])
    crms.sync()
    assert made.in_salesforce() == {"ada": ""}
    assert made.rests()
    return made


def labelled(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    """Let the mapping name labels of HubSpot for roles of Salesforce."""
    plain = TwoCrms.workshop

    def workshop(self: TwoCrms) -> Any:
        shop = plain(self)
        mapping = shop.mappings["deals"]
        fields = tuple(
            replace(one, values=values) if one.name == "people" else one for one in mapping.fields
        )
        shop.mappings = {**shop.mappings, "deals": replace(mapping, fields=fields)}
        return shop

    monkeypatch.setattr(TwoCrms, "workshop", workshop)


def test_a_contact_added_in_hubspot_gets_a_role(deal: Deal) -> None:
    deal.crms.hubspot.enrol(deal.id, deal.contacts["mary"])
    deal.crms.sync()
    assert deal.in_salesforce() == {"ada": "", "mary": ""}
    assert deal.rests()


def test_a_role_added_in_salesforce_brings_the_contact_into_the_deal(deal: Deal) -> None:
    deal.crms.salesforce.enrol(deal.opportunity, deal.theirs("mary"), "Evaluator")
    deal.crms.sync()
    assert deal.in_hubspot() == {"ada": "", "mary": ""}
    assert deal.in_salesforce() == {"ada": "", "mary": "Evaluator"}
    assert deal.rests()


def test_both_sides_additions_are_kept(deal: Deal) -> None:
    deal.crms.hubspot.enrol(deal.id, deal.contacts["joan"])
    deal.crms.salesforce.enrol(deal.opportunity, deal.theirs("mary"), "Evaluator")
    deal.crms.sync()
    assert deal.in_hubspot().keys() == {"ada", "mary", "joan"}
    assert deal.in_salesforce() == {"ada": "", "mary": "Evaluator", "joan": ""}
    assert deal.crms.conflicts() == []
    assert deal.rests()


def test_a_contact_taken_out_in_hubspot_loses_the_role(deal: Deal) -> None:
    deal.crms.hubspot.dismiss(deal.id, deal.contacts["ada"])
    deal.crms.sync()
    assert deal.in_salesforce() == {}
    assert deal.rests()


def test_a_role_taken_away_in_salesforce_takes_the_contact_out_of_the_deal(deal: Deal) -> None:
    deal.crms.salesforce.dismiss(deal.opportunity, deal.theirs("ada"))
    deal.crms.sync()
    assert deal.in_hubspot() == {}
    assert deal.rests()


def test_one_side_adds_while_the_other_takes_away(deal: Deal) -> None:
    deal.crms.salesforce.dismiss(deal.opportunity, deal.theirs("ada"))
    deal.crms.hubspot.enrol(deal.id, deal.contacts["mary"])
    deal.crms.sync()
    assert deal.in_hubspot() == {"mary": ""}
    assert deal.in_salesforce() == {"mary": ""}
    assert deal.rests()


def test_a_role_that_hubspot_has_no_label_for_stays_as_it_is(deal: Deal) -> None:
    deal.crms.salesforce.enrol(deal.opportunity, deal.theirs("ada"), "Decision Maker")
    deal.crms.sync()
    deal.crms.hubspot.edit(deal.id, dealname="Another loom")
    deal.crms.hubspot.enrol(deal.id, deal.contacts["mary"])
    deal.crms.sync()
    assert deal.in_salesforce() == {"ada": "Decision Maker", "mary": ""}
    assert deal.rests()


def test_names_travel_where_the_mapping_has_a_label_for_them(
    deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled(monkeypatch, Decider="Decision Maker")
    deal.crms.salesforce.enrol(deal.opportunity, deal.theirs("ada"), "Decision Maker")
    deal.crms.salesforce.enrol(deal.opportunity, deal.theirs("mary"), "Evaluator")
    deal.crms.sync()
    assert deal.in_hubspot() == {"ada": "Decider", "mary": ""}
    assert deal.rests()
    deal.crms.hubspot.enrol(deal.id, deal.contacts["mary"], "Decider")
    deal.crms.hubspot.enrol(deal.id, deal.contacts["ada"], "")
    deal.crms.sync()
    assert deal.in_salesforce() == {"ada": "", "mary": "Decision Maker"}
    assert deal.rests()


def test_two_names_for_one_role_are_a_conflict_and_the_latest_stands(
    deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled(monkeypatch, Decider="Decision Maker", Judge="Evaluator")
    deal.crms.hubspot.enrol(deal.id, deal.contacts["ada"], "Decider")
    deal.crms.salesforce.enrol(deal.opportunity, deal.theirs("ada"), "Evaluator")
    deal.crms.sync()
    assert deal.in_hubspot() == {"ada": "Judge"}
    assert deal.in_salesforce() == {"ada": "Evaluator"}
    [conflict] = deal.crms.conflicts()
    assert (conflict.field, conflict.winner) == ("people", System.SALESFORCE)
    assert deal.rests()


def test_a_contact_that_is_a_lead_waits_and_has_a_role_once_it_is_converted(crms: TwoCrms) -> None:
    lead = crms.put(System.SALESFORCE, "Lead", Email="ada@example.com", LastName="ada")
    made = Deal(crms, deal_of(crms), {"ada": crms.hubspot_contact(email="ada@example.com")})
    crms.hubspot.enrol(made.id, made.contacts["ada"])
    crms.sync()
    assert crms.links() == {made.contacts["ada"]: lead}
    assert crms.held("deals") == {made.id: {"role_holder_linked"}}
    assert crms.salesforce.records[made.opportunity].roles.get("contacts", ()) == ()
    assert made.rests()
    contact = crms.put(System.SALESFORCE, "Contact", Email="ada@example.com", LastName="ada")
    crms.salesforce.convert(lead, contact)
    crms.sync()
    assert crms.links() == {made.contacts["ada"]: contact}
    assert made.in_salesforce() == {"ada": ""}
    assert crms.held("deals") == {}
    assert made.rests()


def test_a_role_of_a_contact_that_is_not_linked_waits_for_the_link(deal: Deal) -> None:
    nobody = deal.crms.put(System.SALESFORCE, "Contact", LastName="nobody")
    deal.crms.sync()
    assert nobody not in deal.crms.links().values()
    deal.crms.salesforce.enrol(deal.opportunity, nobody, "Evaluator")
    deal.crms.sync()
    assert deal.crms.held("deals") == {deal.opportunity: {"role_holder_linked"}}
    assert deal.rests()
    deal.crms.salesforce.edit(nobody, Email="nobody@example.com")
    deal.crms.sync()
    [there] = [ours for ours, theirs in deal.crms.links().items() if theirs == nobody]
    deal.contacts["nobody"] = there
    assert deal.in_hubspot() == {"ada": "", "nobody": ""}
    assert deal.crms.held("deals") == {}


def test_a_role_of_somebody_who_is_gone_there_is_not_said_to_follow_by_itself(deal: Deal) -> None:
    """Of two who wait each is told what holds of them, and restoring brings the role."""
    mary, nobody = deal.theirs("mary"), deal.crms.hubspot_contact(lastname="nobody")
    deal.crms.salesforce.remove(mary)
    deal.crms.sync()
    deal.crms.hubspot.enrol(deal.id, deal.contacts["mary"])
    deal.crms.hubspot.edit(deal.id, dealname="Another loom")
    deal.crms.sync()
    [reason] = deal.crms.reasons("deals")
    assert reason.startswith("1 of its people had a counterpart in Salesforce that was deleted")
    assert "They follow by themselves" not in reason
    deal.crms.hubspot.enrol(deal.id, nobody)
    deal.crms.hubspot.edit(deal.id, dealname="A third loom")
    deal.crms.sync()
    [reason] = deal.crms.reasons("deals")
    assert "1 of its people are not linked" in reason
    assert "1 of its people had a counterpart" in reason
    deal.crms.salesforce.restore(mary)
    deal.crms.sync()
    assert "mary" in deal.in_salesforce()


def test_a_contact_that_is_deleted_takes_its_role_along_and_nothing_is_written_for_it(
    deal: Deal,
) -> None:
    deal.crms.hubspot.enrol(deal.id, deal.contacts["mary"])
    deal.crms.sync()
    mary = deal.theirs("mary")
    deal.crms.salesforce.remove(mary)
    deal.crms.sync()
    assert deal.crms.hubspot.records[deal.id].roles["contacts"]
    assert deal.rests()
    deal.crms.hubspot.edit(deal.id, dealname="Another loom")
    deal.crms.sync()
    assert deal.in_hubspot().keys() == {"ada", "mary"}


def test_a_deal_from_salesforce_is_created_with_its_people(deal: Deal) -> None:
    opportunity = deal.crms.put(
        System.SALESFORCE,
        "Opportunity",
        Name="Engine",
        StageName="Prospecting",
        CloseDate="2026-03-01",
    )
    deal.crms.salesforce.enrol(opportunity, deal.theirs("joan"), "Economic Buyer")
    deal.crms.sync()
    [made] = [here for here, there in deal.crms.links("deals").items() if there == opportunity]
    other = Deal(deal.crms, made, deal.contacts)
    assert other.in_hubspot() == {"joan": ""}
    assert other.in_salesforce() == {"joan": "Economic Buyer"}
    assert other.rests()


@pytest.mark.parametrize("system", System)
@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_crash_between_the_two_writes_of_a_change_of_roles_is_made_good(
    deal: Deal, system: System, lost: Any
) -> None:
    deal.crms.hubspot.enrol(deal.id, deal.contacts["joan"])
    deal.crms.salesforce.enrol(deal.opportunity, deal.theirs("mary"), "Evaluator")
    deal.crms.crm(system).fail_next(lost=lost)
    with pytest.raises(Unavailable):
        deal.crms.sync()
    deal.crms.sync()
    assert deal.in_hubspot().keys() == {"ada", "mary", "joan"}
    assert deal.in_salesforce() == {"ada": "", "mary": "Evaluator", "joan": ""}
    assert deal.rests()


def test_a_role_given_while_the_run_writes_is_not_lost(deal: Deal) -> None:
    deal.crms.hubspot.enrol(deal.id, deal.contacts["mary"])
    deal.crms.salesforce.before_next_write(
        lambda: deal.crms.salesforce.enrol(deal.opportunity, deal.theirs("joan"), "Evaluator")
    )
    deal.crms.sync()
    deal.crms.sync()
    assert deal.in_hubspot().keys() == {"ada", "mary", "joan"}
    assert deal.in_salesforce() == {"ada": "", "mary": "", "joan": "Evaluator"}
    assert deal.rests()


def test_a_dry_run_shows_who_would_get_a_role_and_writes_nothing(deal: Deal) -> None:
    deal.crms.hubspot.enrol(deal.id, deal.contacts["mary"])
    written = deal.crms.writes()
    assert deal.crms.sync(dry_run=True)["state"] == "planned"
    assert deal.crms.writes() == written
    deal.crms.sync()
    assert deal.in_salesforce() == {"ada": "", "mary": ""}
