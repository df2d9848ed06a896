"""Fields that vanish, change and return while the sync runs: one story each."""

from typing import Any

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.model.mapping import KindRule
from include.crmsync.model.plan import Conflict
from include.crmsync.model.record import System
from tests.pipeline.live_schemas import alter, describe, lose
from tests.pipeline.two_crms import TwoCrms

ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace"}
A_DAY = 25 * 3600


@pytest.fixture
def crms(crms: TwoCrms) -> TwoCrms:
    describe(crms)
    return crms


def issues(told: dict[str, Any], object_type: str = "contacts") -> list[tuple[str, str, str]]:
    [entry] = [one for one in told["object_types"] if one["object_type"] == object_type]
    return [(one["field"], one["problem"], one["effect"]) for one in entry["mapping_issues"]]


def pair(crms: TwoCrms, **values: Any) -> tuple[str, str]:
    """A contact in both, synced, an hour ago."""
    hubspot_id = crms.hubspot_contact(**{**ADA, **values})
    crms.sync()
    crms.clock.advance(3600)
    crms.sync()
    return hubspot_id, crms.links()[hubspot_id]


def salesforce(crms: TwoCrms, id_: str) -> dict[str, Any]:
    return dict(crms.salesforce.records[id_].raw)


def hubspot(crms: TwoCrms, id_: str) -> dict[str, Any]:
    return dict(crms.hubspot.records[id_].raw)


def test_a_schema_is_read_once_a_day_and_not_by_idle_runs(crms: TwoCrms) -> None:
    pair(crms)
    spent = crms.hubspot.schema_calls, crms.salesforce.schema_calls
    assert spent == (3, 3)
    crms.sync()
    assert (crms.hubspot.schema_calls, crms.salesforce.schema_calls) == spent
    crms.clock.advance(A_DAY)
    crms.sync()
    assert (crms.hubspot.schema_calls, crms.salesforce.schema_calls) == (6, 6)


def test_a_mapping_that_fits_has_no_issues(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA)
    told = crms.sync()
    assert [one["mapping_issues"] for one in told["object_types"]] == [[], [], []]


@pytest.mark.parametrize(("kind", "name"), [("contacts", "jobtitle"), ("Contact", "Title")])
def test_a_field_that_vanishes_is_set_aside_at_once_and_the_others_sync(
    crms: TwoCrms, kind: str, name: str
) -> None:
    hubspot_id, salesforce_id = pair(crms, jobtitle="Analyst")
    lose(crms, kind, name)
    if kind == "Contact":
        lose(crms, "Lead", name)
    crms.hubspot.edit(hubspot_id, phone="+44 20 7946 0001")
    told = crms.sync()
    assert told["state"] == "done"
    assert salesforce(crms, salesforce_id)["Phone"] == "+44 20 7946 0001"
    assert {one[0] for one in issues(told)} == {"title"}
    assert crms.held() == {}


def test_what_changed_in_a_field_while_it_was_set_aside_travels_once_it_is_back(
    crms: TwoCrms,
) -> None:
    hubspot_id, salesforce_id = pair(crms, jobtitle="Analyst")
    gone = [(kind, lose(crms, kind, "Title")) for kind in ("Contact", "Lead")]
    crms.hubspot.edit(hubspot_id, jobtitle="Countess")
    crms.sync()
    for _ in range(3):
        crms.clock.advance(3600)
        crms.sync()
    for kind, field in gone:
        crms.salesforce.fields[kind]["Title"] = field
    assert salesforce(crms, salesforce_id)["Title"] == "Analyst"
    crms.clock.advance(A_DAY)
    told = crms.sync()
    assert salesforce(crms, salesforce_id)["Title"] == "Countess"
    assert issues(told) == []
    crms.clock.advance(3600)
    crms.sync()
    assert crms.sync()["state"] == "nothing_to_do"


def test_a_dry_run_does_not_close_what_is_mended(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = pair(crms, jobtitle="Analyst")
    gone = [(kind, lose(crms, kind, "Title")) for kind in ("Contact", "Lead")]
    crms.hubspot.edit(hubspot_id, jobtitle="Countess")
    crms.sync()
    for kind, field in gone:
        crms.salesforce.fields[kind]["Title"] = field
    crms.clock.advance(A_DAY)
    crms.sync(dry_run=True)
    crms.sync()
    assert salesforce(crms, salesforce_id)["Title"] == "Countess"


def test_a_field_that_changes_its_type_is_set_aside(crms: TwoCrms) -> None:
    pair(crms)
    alter(crms, "contacts", "jobtitle", type="number/number")
    crms.clock.advance(A_DAY)
    assert issues(crms.sync()) == [("title", "type_mismatch", "set_aside")]


def test_a_broken_key_stops_its_object_type_and_says_how_to_mend_it(crms: TwoCrms) -> None:
    alter(crms, "contacts", "crmsync_salesforce_id", unique=False)
    crms.hubspot_contact(**ADA)
    with pytest.raises(ConfigError, match="hasUniqueValue"):
        crms.sync("contacts")
    assert crms.writes() == 0
    assert crms.sync("companies", "deals")["state"] == "nothing_to_do"


def test_a_match_field_that_vanished_stops_its_object_type(crms: TwoCrms) -> None:
    pair(crms)
    lose(crms, "contacts", "email")
    crms.hubspot_contact(**ADA)
    with pytest.raises(ConfigError, match="no field email"):
        crms.sync("contacts")


def test_a_formula_field_flows_out_of_salesforce_only(crms: TwoCrms) -> None:
    for kind in ("Contact", "Lead"):
        alter(crms, kind, "Title", writable=False, calculated=True)
    hubspot_id = crms.hubspot_contact(**ADA, jobtitle="Analyst")
    told = crms.sync()
    salesforce_id = crms.links()[hubspot_id]
    assert salesforce(crms, salesforce_id).get("Title") is None
    assert ("title", "read_only", "one_way") in issues(told)
    crms.salesforce.edit(salesforce_id, Title="Computed")
    crms.sync()
    assert hubspot(crms, hubspot_id)["jobtitle"] == "Computed"
    crms.hubspot.edit(hubspot_id, jobtitle="Mine")
    crms.sync()
    assert hubspot(crms, hubspot_id)["jobtitle"] == "Computed"


def test_a_newly_required_field_stops_creation_in_salesforce_and_not_updates(
    crms: TwoCrms,
) -> None:
    hubspot_id, salesforce_id = pair(crms)
    crms.salesforce.fields["Contact"]["Region__c"] = crms.salesforce.fields["Contact"][
        "crmsync_hubspot_id__c"
    ]
    alter(crms, "Contact", "Region__c", required=True)
    crms.clock.advance(A_DAY)
    grace = crms.hubspot_contact(email="grace@example.com", lastname="Hopper")
    crms.hubspot.edit(hubspot_id, phone="+44 20 7946 0001")
    told = crms.sync()
    assert crms.held() == {grace: {"creation_allowed"}}
    [reason] = crms.reasons()
    assert "creates no Contact without Region__c, which the mapping never sends" in reason
    assert salesforce(crms, salesforce_id)["Phone"] == "+44 20 7946 0001"
    assert issues(told) == [("", "required:Region__c", "not_created")]
    alter(crms, "Contact", "Region__c", required=False)
    crms.clock.advance(A_DAY)
    crms.sync()
    assert grace in crms.links()


def test_a_field_that_new_leads_require_holds_those_who_become_leads_and_nobody_else(
    crms: TwoCrms,
) -> None:
    rules = (KindRule("Contact", (("phone", "filled"),)), KindRule("Lead"))
    crms.rules["contacts"] = {"creates_as": rules}
    crms.salesforce.fields["Lead"]["Region__c"] = crms.salesforce.fields["Lead"]["Title"]
    alter(crms, "Lead", "Region__c", required=True)
    ada = crms.hubspot_contact(**ADA, phone="+44 20 7946 0001", company="Engines")
    grace = crms.hubspot_contact(email="grace@example.com", lastname="Hopper", company="Navy")
    told = crms.sync()
    assert issues(told) == [("", "required:Region__c", "not_created")]
    assert crms.links().keys() == {ada}
    assert crms.held() == {grace: {"creation_allowed"}}
    alter(crms, "Lead", "Region__c", required=False)
    crms.clock.advance(A_DAY)
    crms.sync()
    assert crms.links().keys() == {ada, grace}
    assert crms.held() == {}


def test_a_lost_picklist_value_is_named_before_a_record_is_refused_for_it(crms: TwoCrms) -> None:
    deal = crms.put(
        System.HUBSPOT, "deals", dealname="First", dealstage="closedlost", closedate="2026-02-01"
    )
    left = {"Prospecting": "Prospecting", "Closed Won": "Closed Won"}
    alter(crms, "Opportunity", "StageName", options=left)
    told = crms.sync()
    assert ("stage", "values_lost", "values_held") in issues(told, "deals")
    assert crms.held("deals") == {deal: {"picklist_value"}}
    assert crms.writes() == 0
    alter(crms, "Opportunity", "StageName", options={**left, "Closed Lost": "Closed Lost"})
    crms.clock.advance(A_DAY)
    crms.sync()
    assert crms.links("deals").keys() == {deal}
    assert crms.held("deals") == {}


def test_an_unknown_value_of_a_restricted_list_holds_its_field_and_the_rest_travels(
    crms: TwoCrms,
) -> None:
    for kind in ("Contact", "Lead"):
        alter(crms, kind, "Salutation", type="picklist", options={"Ms.": "Ms."}, restricted=True)
    hubspot_id = crms.hubspot_contact(**ADA, salutation="Countess", phone="+44 20 7946 0001")
    crms.sync()
    salesforce_id = crms.links()[hubspot_id]
    assert salesforce(crms, salesforce_id)["Phone"] == "+44 20 7946 0001"
    assert salesforce(crms, salesforce_id).get("Salutation") is None
    assert crms.held() == {hubspot_id: {"picklist_value"}}
    crms.hubspot.edit(hubspot_id, salutation="Ms.")
    crms.sync()
    assert salesforce(crms, salesforce_id)["Salutation"] == "Ms."
    assert crms.held() == {}


def test_the_shorter_of_mapping_and_field_counts(crms: TwoCrms) -> None:
    alter(crms, "Contact", "Title", length=5)
    hubspot_id = crms.hubspot_contact(**ADA, jobtitle="Countess")
    crms.sync()
    assert crms.held() == {hubspot_id: {"fits_length"}}
    assert hubspot_id in crms.links()


def test_a_refusal_that_a_newer_schema_would_explain_is_tried_once_more_with_it(
    crms: TwoCrms,
) -> None:
    hubspot_id, salesforce_id = pair(crms)
    for kind in ("Contact", "Lead"):
        alter(crms, kind, "Title", length=3)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess", phone="+44 20 7946 0001")
    crms.salesforce.fail_next("STRING_TOO_LONG", record=salesforce_id)
    crms.sync()
    assert crms.held() == {}
    spent = crms.salesforce.schema_calls
    crms.sync()
    assert crms.salesforce.schema_calls == spent + 1
    assert crms.held() == {hubspot_id: {"fits_length"}}
    assert salesforce(crms, salesforce_id)["Phone"] == "+44 20 7946 0001"


def test_a_refusal_that_no_schema_explains_is_held_by_the_second_run(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = pair(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess")
    crms.salesforce.fail_next("STRING_TOO_LONG", record=salesforce_id, times=2)
    crms.sync()
    crms.sync()
    assert crms.held() == {hubspot_id: {"accepted_by_salesforce"}}
    spent = crms.salesforce.schema_calls
    crms.sync()
    assert crms.salesforce.schema_calls == spent


# Conflicts by the time of the field.


def conflict(crms: TwoCrms) -> Conflict:
    [found] = crms.conflicts()
    return found  # type: ignore[no-any-return]


def test_an_edit_of_another_field_does_not_make_an_old_value_new(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = pair(crms, jobtitle="Analyst")
    crms.hubspot.edit(hubspot_id, jobtitle="Countess")
    crms.clock.advance(60)
    crms.salesforce.edit(salesforce_id, Title="CTO")
    crms.clock.advance(60)
    crms.hubspot.edit(hubspot_id, phone="+44 20 7946 0001")
    crms.sync()
    assert conflict(crms).winner is System.SALESFORCE
    assert hubspot(crms, hubspot_id)["jobtitle"] == "CTO"
    assert salesforce(crms, salesforce_id)["Phone"] == "+44 20 7946 0001"


def test_where_salesforce_keeps_no_history_its_records_time_stands_in(crms: TwoCrms) -> None:
    crms.salesforce.history = False
    hubspot_id, salesforce_id = pair(crms, jobtitle="Analyst")
    crms.salesforce.edit(salesforce_id, Title="CTO")
    crms.clock.advance(60)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess")
    crms.clock.advance(60)
    crms.salesforce.edit(salesforce_id, Phone="+44 20 7946 0001")
    crms.sync()
    assert conflict(crms).winner is System.SALESFORCE


def test_each_field_of_one_record_is_settled_by_its_own_time(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = pair(crms, jobtitle="Analyst", city="London")
    crms.hubspot.edit(hubspot_id, jobtitle="Countess")
    crms.clock.advance(60)
    crms.salesforce.edit(salesforce_id, Title="CTO", MailingCity="Cambridge")
    crms.clock.advance(60)
    crms.hubspot.edit(hubspot_id, city="Oxford")
    crms.sync()
    assert hubspot(crms, hubspot_id)["jobtitle"] == "CTO"
    assert salesforce(crms, salesforce_id)["MailingCity"] == "Oxford"


def test_field_times_are_asked_for_only_where_the_latest_edit_settles_a_conflict(
    crms: TwoCrms,
) -> None:
    hubspot_id, salesforce_id = pair(crms, jobtitle="Analyst", leadsource="Web")
    asked: list[object] = []
    plain: Any = crms.hubspot.field_times

    def field_times(*arguments: object) -> object:
        asked.append(arguments[1:])
        return plain(*arguments)

    crms.hubspot.field_times = field_times  # type: ignore[method-assign, assignment]
    crms.hubspot.edit(hubspot_id, jobtitle="Countess", leadsource="Fair")
    crms.salesforce.edit(salesforce_id, LeadSource="Partner Referral")
    crms.sync()
    assert asked == []
    crms.hubspot.edit(hubspot_id, jobtitle="Analyst")
    crms.salesforce.edit(salesforce_id, Title="CTO")
    crms.sync()
    assert asked == [([hubspot_id], ["title"])]


def test_the_syncs_own_write_makes_no_held_conflict_look_newer(crms: TwoCrms) -> None:
    crms.salesforce.history = False
    hubspot_id, salesforce_id = pair(crms, jobtitle="Analyst")
    crms.salesforce.edit(salesforce_id, Title="CTO")
    crms.clock.advance(60)
    crms.hubspot.edit(hubspot_id, jobtitle="x" * 129, phone="+44 20 7946 0001")
    crms.sync()
    assert salesforce(crms, salesforce_id)["Phone"] == "+44 20 7946 0001"
    assert crms.held() == {hubspot_id: {"fits_length"}}
    for name in ("Oxford", "Cambridge"):
        crms.clock.advance(3600)
        crms.hubspot.edit(hubspot_id, city=name)
        crms.sync()
        assert hubspot(crms, hubspot_id)["jobtitle"] == "x" * 129
        assert salesforce(crms, salesforce_id)["MailingCity"] == name
    assert salesforce(crms, salesforce_id)["Title"] == "CTO"
    crms.clock.advance(60)
    crms.salesforce.edit(salesforce_id, Title="Chief")
    crms.sync()
    assert hubspot(crms, hubspot_id)["jobtitle"] == "Chief"
    assert crms.held() == {}


def test_a_conflict_is_settled_by_field_times_even_if_the_records_newest_value_is_held(
    crms: TwoCrms,
) -> None:
    hubspot_id, salesforce_id = pair(crms, jobtitle="Analyst")
    crms.hubspot.edit(hubspot_id, jobtitle="x" * 129)
    crms.clock.advance(60)
    crms.salesforce.edit(salesforce_id, Title="CTO")
    crms.clock.advance(60)
    crms.hubspot.edit(hubspot_id, phone="+44 20 7946 0001")
    crms.sync()
    assert hubspot(crms, hubspot_id)["jobtitle"] == "CTO"
    assert conflict(crms).hubspot == "x" * 129
    assert crms.held() == {}


def test_a_domain_need_not_be_mapped_to_match_by_it_but_must_be_there(crms: TwoCrms) -> None:
    """The remembered schema held mapped fields only, so that HubSpot's domain seemed missing."""
    domains = {System.HUBSPOT: "domain", System.SALESFORCE: "Website"}
    company = crms.put(System.HUBSPOT, "companies", name="Engines", domain="engines.example.com")
    told: dict[str, Any] = {"Name": "Engines Ltd", "Website": "https://www.engines.example.com"}
    account = crms.put(System.SALESFORCE, "Account", **told)
    crms.rules["companies"] = {"match_domain": domains, "creates_in": frozenset()}
    with pytest.raises(ConfigError) as stopped:
        crms.sync("companies")
    assert "HubSpot has no field domain on companies" in "".join(stopped.value.problems)
    crms.hubspot.fields["companies"]["domain"] = crms.hubspot.fields["companies"]["website"]
    crms.clock.advance(A_DAY)
    crms.sync("companies")
    assert crms.links("companies") == {company: account}
    crms.sync("companies")
    assert crms.links("companies") == {company: account}
