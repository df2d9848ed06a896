"""Each situation the demo promises is in it."""

import re
from collections import Counter

import pytest

from include.sandbox.population import HubSpotRecord
from include.sandbox.seed import staff
from tests.sandbox.seed.demo import Seen, digits


def emails_of(records: list[HubSpotRecord]) -> list[str]:
    return [one.properties["email"] or "" for one in records if one.properties.get("email")]


def test_people_are_linked_to_contacts_and_to_leads(demo: Seen) -> None:
    kinds = Counter(there.sobject for _, there in demo.links["contacts"])
    assert kinds["Contact"] > 400
    assert kinds["Lead"] > 100


def test_some_linked_people_are_off_the_list_or_have_no_account(demo: Seen) -> None:
    linked = demo.links["contacts"]
    assert sum(here.id not in demo.listed for here, _ in linked) > 10
    private = [here for here, there in linked if there.fields.get("AccountId") is None]
    assert any(("contacts", here.id) in demo.parents for here in private)
    assert any(("contacts", here.id) not in demo.parents for here in private)


def test_people_are_in_both_unlinked_under_one_email_in_another_case(demo: Seen) -> None:
    unlinked = [
        there
        for email, here in demo.hubspot_emails.items()
        if ("contacts", here.id) not in demo.linked_hubspot
        for there in demo.by_email.get(email, ())
    ]
    assert Counter(there.sobject for there in unlinked).keys() == {"Contact", "Lead"}
    assert len(unlinked) > 80
    assert all(there.fields["Email"] != there.fields["Email"].lower() for there in unlinked)


def test_people_are_only_in_hubspot_listed_unlisted_and_without_email(demo: Seen) -> None:
    alone = demo.alone_in_hubspot("contacts")
    found = Counter((one.id in demo.listed, "email" in one.properties) for one in alone)
    assert found[True, True] > 300
    assert found[False, True] > 100
    assert found[True, False] > 30


def test_people_are_only_in_salesforce_with_and_without_email(demo: Seen) -> None:
    alone = demo.alone_in_salesforce("Contact", "Lead")
    found = Counter((one.sobject, "Email" in one.fields) for one in alone)
    assert min(found["Contact", True], found["Lead", True]) > 80
    assert min(found["Contact", False], found["Lead", False]) >= 20


def test_one_email_is_on_several_salesforce_records_linked_or_not(demo: Seen) -> None:
    found = Counter(
        (
            tuple(sorted(one.sobject for one in records)),
            email in demo.hubspot_emails,
            any(one.fields["Id"] in demo.linked_salesforce for one in records),
        )
        for email, records in demo.by_email.items()
        if len(records) > 1
    )
    for sobjects in (("Contact", "Contact"), ("Contact", "Lead"), ("Lead", "Lead", "Lead")):
        assert found[sobjects, True, False], sobjects
        assert found[sobjects, False, False], sobjects
    assert found[("Contact", "Lead"), True, True]
    assert found[("Contact", "Contact"), True, True]


@pytest.mark.parametrize(
    "letters",
    ["[àâäçéèêëïîôöùûüñøžżł]", "[一-鿿]", "[가-힣]", "[Ѐ-ӿ]", "[؀-ۿ]", "[֐-׿]", "[ऀ-ॿ]", "[Ͱ-Ͽ]"],
)
def test_names_come_in_many_scripts_in_both_systems(demo: Seen, letters: str) -> None:
    here = [one.properties.get("firstname") or "" for one in demo.of_type("contacts")]
    there = [one.fields.get("FirstName") or "" for one in demo.of_sobject("Contact", "Lead")]
    assert any(re.search(letters, name) for name in here)
    assert any(re.search(letters, name) for name in there)


def test_phones_are_written_in_many_ways(demo: Seen) -> None:
    shapes = {
        re.sub(r"\d+", "9", phone)
        for one in demo.of_type("contacts")
        if (phone := one.properties.get("phone"))
    }
    assert len(shapes) >= 8


@pytest.mark.parametrize(
    ("field", "pattern"),
    [
        pytest.param("jobtitle", "^<b>", id="markup"),
        pytest.param("jobtitle", "^=", id="formula"),
        pytest.param("jobtitle", "🚀", id="emoji"),
        pytest.param("jobtitle", r"\\.*'.*_", id="query language"),
        pytest.param("email", r"\+newsletter@", id="plus address"),
        pytest.param("lastname", "^O'Brien$", id="apostrophe"),
        pytest.param("address", "(?s)^Unit 7\n.{200}", id="long street"),
        pytest.param("phone", "ext|x12", id="extension"),
    ],
)
def test_safe_quirks_are_there_linked_and_alone(demo: Seen, field: str, pattern: str) -> None:
    linked = [here for here, _ in demo.links["contacts"]]
    for people in (linked, demo.alone_in_hubspot("contacts")):
        assert any(re.search(pattern, one.properties.get(field) or "") for one in people)


def test_the_org_refuses_a_few_of_the_listed_people(demo: Seen) -> None:
    coming = [one for one in demo.alone_in_hubspot("contacts") if one.id in demo.listed]
    assert sum(digits(one.properties.get("phone") or "1234567") < 7 for one in coming) >= 3
    assert sum(len(one.properties.get("jobtitle") or "") > 128 for one in coming) >= 3
    assert sum("lastname" not in one.properties for one in coming) >= 3
    padded = [one.properties.get("jobtitle") == "  Buyer " for one in coming]
    assert sum(padded) >= 3
    assert [email for email in emails_of(coming) if email.startswith(".")] == [
        ".mary.somerville@example.com"
    ]


def test_companies_come_in_every_sort(demo: Seen) -> None:
    sorts = Counter(demo.sort_of_company(one.id) for one in demo.of_type("companies"))
    assert sorts["linked"] > 100
    assert sorts["listed"] > 60
    assert min(sorts["unlisted"], sorts["bare"]) >= 20
    assert len(demo.alone_in_salesforce("Account")) > 60


def test_some_listed_people_work_at_a_company_salesforce_cannot_take(demo: Seen) -> None:
    nameless = {one.id for one in demo.of_type("companies") if "name" not in one.properties}
    assert nameless
    waiting = {
        company
        for (kind, id_), company in demo.parents.items()
        if kind == "contacts" and id_ in demo.listed and company in nameless
    }
    assert waiting == nameless


def test_owners_are_shared_one_sided_left_or_a_queue(demo: Seen) -> None:
    ours = {one.properties.get("hubspot_owner_id") for one in demo.population.hubspot}
    theirs = {one.fields.get("OwnerId") for one in demo.population.salesforce}
    assert {one.hubspot_id for one in (*staff.SHARED, staff.HUBSPOT_ONLY, staff.LEFT)} <= ours
    assert None in ours
    assert {one.salesforce_id for one in (*staff.SHARED, staff.SALESFORCE_ONLY)} <= theirs
    assert {staff.LEFT.salesforce_id, staff.INTEGRATION_USER.salesforce_id} <= theirs
    assert staff.QUEUE_ID in theirs


def test_hubspot_deals_belong_to_companies_of_every_sort_and_to_none(demo: Seen) -> None:
    alone = [demo.parents.get(("deals", one.id)) for one in demo.alone_in_hubspot("deals")]
    sorts = Counter("none" if one is None else demo.sort_of_company(one) for one in alone)
    assert set(sorts) == {"linked", "listed", "unlisted", "bare", "none"}


def test_opportunities_belong_to_both_sorts_of_accounts_and_to_none(demo: Seen) -> None:
    alone = demo.alone_in_salesforce("Opportunity")
    found = {
        account and (account in demo.linked_salesforce)
        for account in (one.fields.get("AccountId") for one in alone)
    }
    assert found == {True, False, None}


def test_deals_are_in_every_stage_of_either_system(demo: Seen) -> None:
    ours = {one.properties["dealstage"] for one in demo.of_type("deals")}
    theirs = {one.fields["StageName"] for one in demo.of_sobject("Opportunity")}
    assert len(ours) == 7
    assert theirs == {label for label, _, _ in staff.STAGES}
    linked = {there.fields["StageName"] for _, there in demo.links["deals"]}
    assert {"Needs Analysis", "Perception Analysis", "Proposal/Price Quote"} <= linked


def test_the_org_refuses_a_few_hubspot_deals(demo: Seen) -> None:
    alone = [one.properties for one in demo.alone_in_hubspot("deals")]
    won = [one for one in alone if one["dealstage"] == "closedwon" and "amount" not in one]
    assert len(won) >= 5
    assert sum("closedate" not in one for one in alone) >= 3
    assert sum(len(one["dealname"] or "") > 120 for one in alone) >= 3


def test_hubspot_deals_close_at_a_time_of_day(demo: Seen) -> None:
    times = {(one.properties.get("closedate") or "")[11:] for one in demo.of_type("deals")}
    assert len(times) > 100
