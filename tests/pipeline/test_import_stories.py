"""Existing Salesforce records come to HubSpot, with all mapped fields."""

from typing import Any

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.pipeline import importing
from tests.pipeline.two_crms import TwoCrms

RUN = "manual__import"
TYPES = ("companies", "contacts", "deals")
ADA = {"Email": "ada@example.com", "LastName": "Lovelace", "Title": "Analyst", "MailingCity": "Ely"}


def work(crms: TwoCrms, run: str = RUN, **told: Any) -> dict[str, dict[str, int]]:
    """An import in portions of two; counts by state, by object type."""
    crms.clock.advance(10)
    shop = crms.workshop()
    try:
        dry = importing.understand({"portion": 2, **told}, run, shop)["dry_run"]
        done = {name: importing.work(name, run, dry=dry, workshop=shop) for name in TYPES}
        return {name: one for name, one in done.items() if one}
    finally:
        shop.close()
        crms.clock.advance(10)


def test_a_contact_comes_with_all_mapped_fields(crms: TwoCrms) -> None:
    there = crms.salesforce.put("Contact", ADA)
    told = work(crms, objects=["Contact"], dry_run=False)
    assert told == {"contacts": {"only here (Salesforce)": 1}}
    [here] = [id_ for id_, other in crms.links().items() if other == there]
    raw = crms.hubspot.records[here].raw
    assert (raw["email"], raw["jobtitle"], raw["city"]) == ("ada@example.com", "Analyst", "Ely")


def test_by_default_nothing_is_written(crms: TwoCrms) -> None:
    crms.salesforce.put("Contact", ADA)
    assert work(crms, objects=["Contact"]) == {"contacts": {"only here (Salesforce)": 1}}
    assert crms.hubspot.records == {}


def test_only_the_objects_that_are_named_come(crms: TwoCrms) -> None:
    crms.salesforce.put("Contact", ADA)
    crms.salesforce.put("Account", {"Name": "Acme"})
    lead = crms.salesforce.put("Lead", {**ADA, "Email": "lead@example.com", "Company": "Acme"})
    told = work(crms, objects=["Lead"], dry_run=False)
    assert told == {"contacts": {"only here (Salesforce)": 1}}
    assert list(crms.links().values()) == [lead]


def test_parents_come_before_their_children(crms: TwoCrms) -> None:
    account = crms.salesforce.put("Account", {"Name": "Acme"})
    contact = crms.salesforce.put("Contact", ADA, parents={"companies": account})
    work(crms, objects=["Contact", "Account"], dry_run=False)
    [company] = crms.links("companies")
    [here] = [id_ for id_, other in crms.links().items() if other == contact]
    assert crms.hubspot.records[here].parents["companies"] == company


def test_a_condition_narrows(crms: TwoCrms) -> None:
    ely = "MailingCity = 'Ely'"
    crms.salesforce.conditions[ely] = lambda record: record.raw["MailingCity"] == "Ely"
    wanted = crms.salesforce.put("Contact", ADA)
    crms.salesforce.put("Contact", {**ADA, "Email": "b@example.com", "MailingCity": "Oxford"})
    work(crms, objects=["Contact"], where=ely, dry_run=False)
    assert list(crms.links().values()) == [wanted]


def test_a_condition_that_salesforce_does_not_take_is_told(crms: TwoCrms) -> None:
    with pytest.raises(ConfigError, match="Salesforce does not take the condition"):
        work(crms, objects=["Contact"], where="Shoe = 44")


def test_who_is_in_hubspot_already_is_linked_and_not_doubled(crms: TwoCrms) -> None:
    here = crms.hubspot_contact(email="ada@example.com", lastname="Lovelace", jobtitle="Countess")
    crms.clock.advance(60)
    there = crms.salesforce.put("Contact", ADA)
    told = work(crms, objects=["Contact"], dry_run=False)
    assert told == {"contacts": {"matched (Salesforce)": 1}}
    assert crms.links() == {here: there}
    assert crms.salesforce.records[there].raw["Title"] == "Analyst"
    assert crms.hubspot.records[here].raw["city"] == "Ely"


def test_existing_records_are_overwritten_only_when_asked(crms: TwoCrms) -> None:
    here = crms.hubspot_contact(email="ada@example.com", lastname="Lovelace")
    crms.sync("contacts")
    there = crms.links()[here]
    crms.salesforce.edit(there, Title="Analyst", MailingCity="Ely")
    crms.clock.advance(60)
    crms.hubspot.edit(here, jobtitle="Countess", city="London")
    work(crms, objects=["Contact"], dry_run=False, overwrite=True, fields=["title"])
    raw = crms.hubspot.records[here].raw
    assert (raw["jobtitle"], raw["city"]) == ("Analyst", "London")
    assert crms.salesforce.records[there].raw["MailingCity"] == "Ely"


def test_a_run_that_died_goes_on_and_doubles_nothing(crms: TwoCrms) -> None:
    for number in range(7):
        crms.salesforce.put("Contact", {**ADA, "Email": f"a{number}@example.com"})

    def die() -> None:
        raise KeyboardInterrupt

    for _ in range(3):
        crms.hubspot.before_next_write(die)
        with pytest.raises(KeyboardInterrupt):
            work(crms, objects=["Contact"], dry_run=False)
    told = work(crms, objects=["Contact"], dry_run=False)
    assert told == {"contacts": {"only here (Salesforce)": 7}}
    assert len(crms.hubspot.records) == len(crms.links()) == 7


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({}, "say which objects: Account, Contact, Lead, Opportunity"),
        ({"objects": ["Task"]}, "the 1st is none of Account"),
        ({"objects": ["Lead"], "where": "WHERE Name = 'a'"}, "must not say WHERE"),
        ({"objects": ["Lead"], "where": "Name = 'a'; DELETE"}, "without ; or comments"),
        ({"objects": ["Lead"], "where": "Name = 'a"}, "a quote that is not closed"),
        ({"objects": ["Lead"], "where": "Name = 'a') OR (Id != null"}, "parentheses"),
        ({"objects": ["Lead"], "where": "Name = 'a' LIMIT 1"}, "LIMIT is no part of one"),
        ({"objects": ["Lead", "Contact"], "where": "Name = 'a'"}, "the condition of one object"),
        ({"objects": ["Lead"], "fields": ["titel"]}, "did you mean title"),
        ({"objects": ["Lead"], "fields": ["opted_out"], "overwrite": True}, "dont_sync"),
        ({"objects": ["Lead"], "portion": "many"}, "portion must be a whole number"),
    ],
)
def test_bad_input_is_told_before_anything_is_read(
    crms: TwoCrms, told: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem):
        work(crms, **told)
    assert crms.hubspot.calls + crms.salesforce.calls == 0


def test_where_nothing_may_be_created_in_hubspot_it_is_said(crms: TwoCrms) -> None:
    crms.rules["contacts"] = {"creates_in": frozenset()}
    with pytest.raises(ConfigError, match="add hubspot to creates_in"):
        work(crms, objects=["Contact"])
