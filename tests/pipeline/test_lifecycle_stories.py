"""Whole runs in which roles in opportunities move people's lifecycle stages."""

from typing import Any

import pytest

from include.crmsync.mappings.loader import load_all
from include.crmsync.model.mapping import STAGE, FieldMapping, FieldType, Lifecycle
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.schema import FieldSchema
from tests.pipeline.live_schemas import describe
from tests.pipeline.two_crms import LIST, TwoCrms

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
DEAL: dict[str, Any] = {"Name": "Engine", "StageName": "Prospecting", "CloseDate": "2026-02-01"}
FIELD = FieldMapping(
    STAGE,
    "lifecyclestage",
    {"Contact": "", "Lead": ""},
    FieldType.PICKLIST,
    SyncRule.DONT_SYNC,
)


@pytest.fixture
def moving(crms: TwoCrms) -> TwoCrms:
    """The setting is on."""
    fields = (*load_all()["contacts"].fields, FIELD)
    told = Lifecycle("lifecyclestage", "opportunity", "customer")
    crms.rules["contacts"] = {"fields": fields, "lifecycle": told}
    return crms


def person(crms: TwoCrms, name: str = "ada", **values: Any) -> tuple[str, str]:
    ours = crms.hubspot_contact(email=f"{name}@example.com", lastname=name, **values)
    crms.sync()
    crms.clock.advance(3600)
    return ours, crms.links()[ours]


def role(crms: TwoCrms, contact: str, **values: Any) -> str:
    opportunity = crms.put(SALESFORCE, "Opportunity", **{**DEAL, **values})
    crms.salesforce.contact_roles[contact, opportunity] = crms.clock()
    return opportunity


def stage(crms: TwoCrms, contact: str) -> Any:
    return crms.hubspot.records[contact].raw.get("lifecyclestage")


def settled(crms: TwoCrms) -> bool:
    written = crms.writes()
    crms.sync()
    told = crms.sync()
    return crms.writes() == written and told["object_types"][1]["state"] == "nothing_to_do"


def test_the_setting_is_off_by_default_and_then_nothing_moves_or_costs(crms: TwoCrms) -> None:
    assert load_all()["contacts"].lifecycle is None
    ada = person(crms, lifecyclestage="lead")
    role(crms, ada[1])
    crms.sync()
    assert stage(crms, ada[0]) == "lead"


def test_a_role_in_an_open_opportunity_makes_an_opportunity_and_a_won_one_a_customer(
    moving: TwoCrms,
) -> None:
    ada = person(moving, lifecyclestage="lead")
    deal = role(moving, ada[1])
    moving.sync()
    assert stage(moving, ada[0]) == "opportunity"
    assert settled(moving)
    moving.salesforce.edit(deal, StageName="Closed Won")
    moving.sync()
    assert stage(moving, ada[0]) == "customer"
    assert settled(moving)


def test_every_move_is_in_the_journal_with_its_reason_and_reaches_hubspot_only(
    moving: TwoCrms,
) -> None:
    ada = person(moving)
    before = moving.salesforce.records[ada[1]]
    role(moving, ada[1])
    moving.sync()
    shop = moving.workshop()
    [action] = shop.journal.actions(f"run-{moving.runs}", "contacts")
    shop.close()
    [change] = action.changes
    assert (action.system, change.field, change.after) == (HUBSPOT, STAGE, "opportunity")
    assert change.reason == "has a contact role in an open opportunity in Salesforce"
    assert moving.salesforce.records[ada[1]] == before


def test_a_stage_never_moves_backwards(moving: TwoCrms) -> None:
    ada = person(moving, lifecyclestage="customer")
    ben = person(moving, "ben", lifecyclestage="evangelist")
    role(moving, ada[1])
    deal = role(moving, ben[1], StageName="Closed Won")
    moving.sync()
    assert (stage(moving, ada[0]), stage(moving, ben[0])) == ("customer", "evangelist")
    moving.salesforce.edit(deal, StageName="Prospecting")
    moving.sync()
    assert stage(moving, ben[0]) == "evangelist"


def test_a_lost_opportunity_and_one_without_a_role_move_nobody(moving: TwoCrms) -> None:
    ada = person(moving, lifecyclestage="lead")
    role(moving, ada[1], StageName="Closed Lost")
    moving.put(SALESFORCE, "Opportunity", **DEAL)
    moving.sync()
    assert stage(moving, ada[0]) == "lead"


def test_a_role_in_an_opportunity_that_was_won_long_ago_still_counts(moving: TwoCrms) -> None:
    ada = person(moving)
    deal = moving.put(SALESFORCE, "Opportunity", **{**DEAL, "StageName": "Closed Won"})
    moving.sync()
    moving.clock.advance(86_400)
    moving.sync()
    moving.salesforce.contact_roles[ada[1], deal] = moving.clock()
    moving.sync()
    assert stage(moving, ada[0]) == "customer"


def test_somebody_whose_role_is_older_than_the_link_moves_with_it(moving: TwoCrms) -> None:
    person(moving)
    theirs = moving.put(SALESFORCE, "Contact", Email="ben@example.com", LastName="ben")
    role(moving, theirs)
    new = moving.put(SALESFORCE, "Contact", LastName="cyd")
    role(moving, new, StageName="Closed Won")
    moving.sync()
    assert stage(moving, {there: here for here, there in moving.links().items()}[theirs])
    moving.clock.advance(86_400)
    moving.sync()
    moving.salesforce.edit(new, Email="cyd@example.com")
    moving.sync()
    [cyd] = [here for here, there in moving.links().items() if there == new]
    assert stage(moving, cyd) == "customer"
    assert settled(moving)


def test_when_the_setting_is_turned_on_everybody_with_a_role_is_moved(crms: TwoCrms) -> None:
    ada = person(crms)
    role(crms, ada[1])
    crms.sync()
    crms.clock.advance(86_400)
    fields = (*load_all()["contacts"].fields, FIELD)
    crms.rules["contacts"] = {
        "fields": fields,
        "lifecycle": Lifecycle("lifecyclestage", "opportunity", "customer"),
    }
    crms.sync()
    assert stage(crms, ada[0]) == "opportunity"


def test_off_the_list_nobody_is_moved_until_they_join_again(moving: TwoCrms) -> None:
    ada = person(moving)
    moving.hubspot.lists[LIST].clear()
    role(moving, ada[1])
    moving.sync()
    assert stage(moving, ada[0]) is None
    moving.clock.advance(86_400)
    moving.sync()
    moving.hubspot.lists[LIST].add(ada[0])
    moving.sync()
    assert stage(moving, ada[0]) == "opportunity"


def test_the_portals_own_order_of_stages_counts(moving: TwoCrms) -> None:
    order = {"lead": "Lead", "customer": "Customer", "partner": "Partner", "opportunity": "Opp"}
    describe(moving)
    stages = FieldSchema("enumeration/radio", options=order, order=tuple(order), restricted=True)
    moving.hubspot.fields["contacts"]["lifecyclestage"] = stages
    ada = person(moving, lifecyclestage="partner")
    ben = person(moving, "ben", lifecyclestage="unheard of")
    cyd = person(moving, "cyd", lifecyclestage="partner")
    role(moving, cyd[1], StageName="Closed Won")
    role(moving, ada[1])
    role(moving, ben[1])
    moving.sync()
    assert (stage(moving, ada[0]), stage(moving, ben[0])) == ("opportunity", "unheard of")
    assert stage(moving, cyd[0]) == "partner"
