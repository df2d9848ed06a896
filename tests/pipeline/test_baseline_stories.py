"""Both CRMs are matched for the first time, in portions, and whoever dies goes on."""

import csv
from typing import Any

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.model.record import System
from include.crmsync.pipeline import baseline
from tests.pipeline.two_crms import TwoCrms

RUN = "manual__baseline"
OURS, THEIRS = "+442079460001", "+442079460002"


def work(crms: TwoCrms, run: str = RUN, **told: Any) -> dict[str, dict[str, int]]:
    """A baseline; what became of the records, by object type."""
    crms.clock.advance(10)
    shop = crms.workshop()
    try:
        short = baseline.understand({"portion": 2, **told}, run, shop)
        dry = short["dry_run"]
        done = {
            name: baseline.work(name, run, dry=dry, workshop=shop) for name in short["object_types"]
        }
        return {name: one for name, one in done.items() if one}
    finally:
        shop.close()
        crms.clock.advance(10)


def rows(crms: TwoCrms, object_type: str = "contacts", run: str = RUN) -> dict[str, dict[str, str]]:
    path = crms.folder / "artifacts" / run / object_type / "baseline.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def person(crms: TwoCrms, name: str, **values: Any) -> tuple[str, str]:
    """The same person in both CRMs, linked by nothing yet."""
    email = f"{name.lower()}@example.com"
    hubspot = crms.hubspot_contact(email=email, lastname=name, **values.get("hubspot", {}))
    salesforce = crms.salesforce.put(
        "Contact", {"Email": email, "LastName": name, **values.get("salesforce", {})}
    )
    return hubspot, salesforce


def test_what_matches_is_linked_and_the_rest_is_created(crms: TwoCrms) -> None:
    pairs = dict(person(crms, name) for name in ("Ada", "Grace", "Joan"))
    here = crms.hubspot_contact(email="here@example.com", lastname="Here")
    there = crms.salesforce.put("Contact", {"Email": "there@example.com", "LastName": "There"})
    told = work(crms, object_types=["contacts"], dry_run=False)
    assert told["contacts"] == {
        "matched (HubSpot)": 3,
        "only here (HubSpot)": 1,
        "only here (Salesforce)": 1,
        "linked before": 3,
    }
    links = crms.links()
    assert pairs.items() <= links.items()
    assert here in links
    assert there in links.values()
    assert rows(crms)[here]["counterpart"] == links[here]


def test_by_default_nothing_is_written_and_all_is_told(crms: TwoCrms) -> None:
    hubspot, salesforce = person(crms, "Ada")
    there = crms.salesforce.put("Contact", {"Email": "there@example.com", "LastName": "There"})
    told = work(crms, object_types=["contacts"])
    assert told["contacts"] == {
        "matched (HubSpot)": 1,
        "only here (Salesforce)": 1,
        "linked before": 1,
    }
    assert rows(crms)[hubspot]["counterpart"] == salesforce
    assert rows(crms)[there]["state"] == "only here"
    assert crms.links() == {}
    assert (crms.hubspot.writes, crms.salesforce.writes) == (0, 0)
    shop = crms.workshop()
    assert shop.store.watermarks("contacts") == {}
    shop.close()


def test_the_dry_run_says_what_the_other_one_does(crms: TwoCrms) -> None:
    for number in range(7):
        person(crms, f"A{number}")
        crms.salesforce.put("Contact", {"Email": f"b{number}@example.com", "LastName": "B"})
    dry = work(crms, run="dry", object_types=["contacts"])["contacts"]
    wet = work(crms, object_types=["contacts"], dry_run=False)["contacts"]
    assert {name: count for name, count in dry.items() if "linked" not in name} == {
        name: count for name, count in wet.items() if "linked" not in name
    }


def test_several_with_one_address_are_told_with_their_candidates(crms: TwoCrms) -> None:
    hubspot, old = person(crms, "Ada")
    crms.clock.advance(60)
    new = crms.salesforce.put("Contact", {"Email": "ada@example.com", "LastName": "Ada"})
    work(crms, object_types=["contacts"])
    told = rows(crms)
    assert told[hubspot]["counterpart"] == new
    work(crms, run="wet", object_types=["contacts"], dry_run=False)
    assert crms.links() == {hubspot: new}
    assert crms.held()[old] == {"unique_in_system"}


def test_strangers_with_one_address_create_one(crms: TwoCrms) -> None:
    for number in range(5):
        crms.salesforce.put("Contact", {"Email": "same@example.com", "LastName": f"S{number}"})
    told = work(crms, object_types=["contacts"], dry_run=False)["contacts"]
    assert told == {"ambiguous (Salesforce)": 4, "only here (Salesforce)": 1}
    assert len(crms.hubspot.records) == 1
    ambiguous = [one for one in rows(crms).values() if one["state"] == "ambiguous"]
    assert all(len(one["candidates"].split()) == 4 for one in ambiguous)


@pytest.mark.parametrize(
    ("winner", "phone"), [("hubspot", OURS), ("salesforce", THEIRS), ("rules", THEIRS)]
)
def test_who_wins_is_said_for_first_links(crms: TwoCrms, winner: str, phone: str) -> None:
    hubspot = crms.hubspot_contact(email="a@example.com", lastname="A", phone=OURS, city="Here")
    crms.clock.advance(60)
    there = crms.salesforce.put(
        "Contact", {"Email": "a@example.com", "LastName": "A", "Phone": THEIRS, "Title": "There"}
    )
    work(crms, object_types=["contacts"], dry_run=False, contacts_winner=winner)
    assert crms.hubspot.records[hubspot].raw["phone"] == phone
    assert crms.salesforce.records[there].raw["Phone"] == phone
    assert crms.hubspot.records[hubspot].raw["jobtitle"] == "There"
    assert crms.salesforce.records[there].raw["MailingCity"] == "Here"
    shop = crms.workshop()
    [conflict] = shop.journal.conflicts(f"{RUN}.00001")
    assert {conflict.hubspot, conflict.salesforce} == {OURS, THEIRS}
    shop.close()


def test_records_may_match_by_less_than_the_mapping_says(crms: TwoCrms) -> None:
    hubspot, salesforce = person(crms, "Ada")
    told = work(crms, object_types=["contacts"], match_by=["native_links"])["contacts"]
    assert told == {"only here (HubSpot)": 1, "only here (Salesforce)": 1}
    crms.hubspot.edit(hubspot, salesforcecontactid=salesforce)
    told = work(crms, run="2", object_types=["contacts"], match_by=["native_links"])["contacts"]
    assert told == {"matched (HubSpot)": 1, "linked before": 1}


def test_companies_match_by_domain_when_a_baseline_says_so(crms: TwoCrms) -> None:
    crms.rules["companies"] = {"needs_contact": frozenset()}
    here = crms.hubspot.put("companies", {"name": "Acme", "domain": "acme.example"})
    there = crms.salesforce.put("Account", {"Name": "ACME", "Website": "https://www.acme.example/"})
    told = work(crms, object_types=["companies"])["companies"]
    assert told == {"only here (HubSpot)": 1, "only here (Salesforce)": 1}
    work(crms, run="2", object_types=["companies"], match_by=["domain"], dry_run=False)
    assert crms.links("companies") == {here: there}


def in_a_company(crms: TwoCrms, name: str) -> tuple[str, str]:
    """A company and an account, with the same person in both and nothing else in common."""
    hubspot, salesforce = person(crms, name)
    here = crms.hubspot.put("companies", {"name": f"{name} & Co"})
    there = crms.salesforce.put("Account", {"Name": f"{name} Ltd"})
    crms.hubspot.records[hubspot].parents["companies"] = here  # type: ignore[index]
    crms.salesforce.records[salesforce].parents["companies"] = there  # type: ignore[index]
    return here, there


def test_a_company_is_the_account_of_the_same_people_though_nobody_is_linked_yet(
    crms: TwoCrms,
) -> None:
    pairs = dict(in_a_company(crms, name) for name in ("Ada", "Grace", "Joan"))
    told = work(crms, run="1")
    assert told["companies"] == {"matched (HubSpot)": 3, "linked before": 3}
    work(crms, run="2", dry_run=False)
    assert crms.links("companies") == pairs
    assert len(crms.links()) == 3


def test_a_baseline_that_does_not_match_by_address_takes_nobody_for_another(crms: TwoCrms) -> None:
    in_a_company(crms, "Ada")
    told = work(crms, match_by=["native_links"])
    assert told["companies"] == {"only here (HubSpot)": 1, "only here (Salesforce)": 1}


def test_a_company_of_leads_only_is_no_account_though_nobody_is_linked_yet(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(email="ada@example.com", lastname="Ada")
    crms.salesforce.put("Lead", {"Email": "ada@example.com", "LastName": "Ada", "Company": "A"})
    here = crms.hubspot.put("companies", {"name": "Acme"})
    crms.hubspot.records[ada].parents["companies"] = here  # type: ignore[index]
    work(crms, dry_run=False)
    assert crms.links("companies") == {}
    assert crms.held("companies") == {here: {"contact_not_a_lead"}}


def test_the_next_run_reads_what_changed_since_and_nothing_else(crms: TwoCrms) -> None:
    pairs = [person(crms, f"A{number}") for number in range(5)]
    work(crms, dry_run=False)
    crms.clock.advance(3600)
    crms.hubspot.edit(pairs[0][0], phone=OURS)
    told = crms.sync()
    read = [way["extracted"] for one in told["object_types"] for way in one["directions"] if way]
    assert sum(read) == 1
    assert crms.salesforce.records[pairs[0][1]].raw["Phone"] == OURS


def test_a_baseline_after_a_baseline_has_nothing_to_do(crms: TwoCrms) -> None:
    for number in range(5):
        person(crms, f"A{number}")
    work(crms, dry_run=False)
    writes = crms.hubspot.writes, crms.salesforce.writes
    told = work(crms, run="again", dry_run=False)
    assert told["contacts"] == {"linked before": 10}
    assert (crms.hubspot.writes, crms.salesforce.writes) == writes


def test_a_run_that_died_goes_on_with_the_portion_it_was_at(crms: TwoCrms) -> None:
    pairs = dict(person(crms, f"A{number}", hubspot={"phone": OURS}) for number in range(9))
    seen = 0

    def die() -> None:
        nonlocal seen
        seen += 1
        raise KeyboardInterrupt

    for _ in range(3):
        crms.salesforce.before_next_write(die)
        with pytest.raises(KeyboardInterrupt):
            work(crms, object_types=["contacts"], dry_run=False)
    told = work(crms, object_types=["contacts"], dry_run=False)
    assert seen == 3
    assert crms.links() == pairs
    assert told["contacts"] == {"matched (HubSpot)": 9, "linked before": 9}
    assert len(crms.salesforce.records) == 9


def test_parents_are_linked_before_their_children(crms: TwoCrms) -> None:
    company = crms.hubspot.put("companies", {"name": "Acme"})
    ada = crms.hubspot.put(
        "contacts", {"email": "a@example.com", "lastname": "A"}, parents={"companies": company}
    )
    crms.hubspot.lists["Salesforce inclusion list"].add(ada)
    work(crms, dry_run=False)
    account = crms.links("companies")[company]
    contact = crms.links()[ada]
    assert crms.salesforce.records[contact].parents["companies"] == account


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"object_types": ["leads"]}, "the 1st is none of companies, contacts, deals"),
        ({"match_by": ["name"]}, "the 1st is none of native_links"),
        ({"contacts_winner": "me"}, "contacts_winner must be rules or hubspot or salesforce"),
        ({"dry_run": "no"}, "dry_run must be true or false"),
        ({"portion": 5000}, "portion must be a whole number from 1 to 2000"),
        ({"winner": "hubspot"}, "there is no parameter winner"),
    ],
)
def test_bad_input_is_told_before_anything_is_read(
    crms: TwoCrms, told: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem):
        work(crms, **told)
    assert crms.hubspot.calls + crms.salesforce.calls == 0


def test_the_journal_has_the_whole_of_it_as_one_run(crms: TwoCrms) -> None:
    for number in range(5):
        person(crms, f"A{number}")
    work(crms, object_types=["contacts"], dry_run=False)
    shop = crms.workshop()
    [run] = shop.journal.run(RUN)
    assert (str(run.state), run.counts[System.HUBSPOT].extracted) == ("done", 5)
    assert "5 HubSpot and 5 Salesforce records, in 6 portions" in run.note
    shop.close()
