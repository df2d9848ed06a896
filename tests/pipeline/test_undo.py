"""Taking a run back: one story each."""

from dataclasses import replace
from typing import Any

import pytest

from include.crmsync.errors import ConfigError, GuardTripped, Unavailable
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.pipeline import load
from include.crmsync.pipeline.undo import commit
from include.crmsync.pipeline.undo.report import report
from tests.pipeline.two_crms import TwoCrms, plan_named_in

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
ADA: dict[str, Any] = {
    "email": "ada@example.com",
    "lastname": "Lovelace",
    "phone": "+44 20 7946 0001",
    "jobtitle": "Analyst",
}


@pytest.fixture
def ada(crms: TwoCrms) -> tuple[str, str]:
    """A linked contact, both records at rest."""
    crms.hubspot_contact(**ADA)
    crms.sync("contacts")
    crms.sync("contacts")
    [pair] = crms.links().items()
    return pair


def told(left: list[Any]) -> set[tuple[str, str | None]]:
    return {(one.criterion, one.field) for one in left}


def quiet(crms: TwoCrms, runs: int = 2) -> None:
    """Nothing is written, however often the sync runs."""
    written = crms.writes()
    for _ in range(runs):
        crms.sync("contacts")
    assert crms.writes() == written


def test_what_a_run_wrote_is_put_back_and_the_edit_stays_where_it_was_made(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Boss"
    assert crms.undo() == []
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Analyst"
    assert crms.hubspot.records[ada[0]].raw["jobtitle"] == "Boss"


def test_what_was_taken_back_stays_so_and_says_why(crms: TwoCrms, ada: tuple[str, str]) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    crms.undo()
    assert crms.held() == {ada[0]: {"taken_back"}}
    quiet(crms, runs=10)
    assert crms.held() == {ada[0]: {"taken_back"}}


@pytest.mark.parametrize("system", System)
def test_an_edit_after_taking_back_travels_again(
    crms: TwoCrms, ada: tuple[str, str], system: System
) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    crms.undo()
    crms.sync("contacts")
    if system is HUBSPOT:
        crms.hubspot.edit(ada[0], jobtitle="Chief")
    else:
        crms.salesforce.edit(ada[1], Title="Chief")
    crms.sync("contacts")
    assert crms.hubspot.records[ada[0]].raw["jobtitle"] == "Chief"
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Chief"
    assert crms.held() == {}
    quiet(crms)


def test_the_same_value_again_travels_once_the_two_were_together(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    crms.undo()
    crms.hubspot.edit(ada[0], jobtitle="Analyst")
    crms.sync("contacts")
    assert crms.held() == {}
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Boss"


def test_another_field_of_the_record_travels_and_leaves_it_apart(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    crms.undo()
    crms.hubspot.edit(ada[0], city="Oxford")
    crms.salesforce.edit(ada[1], Fax="+44 20 7946 0009")
    crms.sync("contacts")
    assert crms.salesforce.records[ada[1]].raw["MailingCity"] == "Oxford"
    assert crms.hubspot.records[ada[0]].raw["fax"] == "+44 20 7946 0009"
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Analyst"
    assert crms.held() == {ada[0]: {"taken_back"}}
    quiet(crms)


def test_taking_back_what_was_taken_back_does_it_again(crms: TwoCrms, ada: tuple[str, str]) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss", phone=None)
    crms.salesforce.edit(ada[1], MailingCity="Oxford")
    crms.sync("contacts")
    done = crms.runs
    crms.undo(done)
    assert crms.hubspot.records[ada[0]].raw["city"] is None
    assert crms.salesforce.records[ada[1]].raw["Phone"] == ADA["phone"]
    quiet(crms)
    crms.undo(done + 1)
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Boss"
    assert crms.salesforce.records[ada[1]].raw["Phone"] is None
    assert crms.hubspot.records[ada[0]].raw["city"] == "Oxford"
    assert crms.held() == {}
    quiet(crms)


def test_a_blank_that_was_filled_is_blank_again(crms: TwoCrms, ada: tuple[str, str]) -> None:
    crms.salesforce.edit(ada[1], LeadSource="Web")
    crms.hubspot.edit(ada[0], jobtitle=None)
    crms.sync("contacts")
    crms.undo()
    assert crms.hubspot.records[ada[0]].raw["leadsource"] is None
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Analyst"
    quiet(crms)


def test_an_edit_since_the_run_is_left_and_listed(crms: TwoCrms, ada: tuple[str, str]) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss", city="Oxford")
    crms.sync("contacts")
    crms.salesforce.edit(ada[1], Title="Chief")
    left = crms.undo()
    assert told(left) == {("undo_edited", "title")}
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Chief"
    assert crms.salesforce.records[ada[1]].raw["MailingCity"] is None
    crms.sync("contacts")
    assert crms.hubspot.records[ada[0]].raw["jobtitle"] == "Chief"


def test_an_edit_where_the_value_came_from_travels_after_taking_back(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    crms.hubspot.edit(ada[0], jobtitle="Chief")
    crms.undo()
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Analyst"
    crms.sync("contacts")
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Chief"


def test_a_dry_run_writes_nothing_and_lists_all(crms: TwoCrms, ada: tuple[str, str]) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss", city="Oxford")
    crms.sync("contacts")
    crms.salesforce.edit(ada[1], Title="Chief")
    written = crms.writes()
    left = crms.undo(dry_run=True)
    assert told(left) == {("undo_edited", "title")}
    assert crms.writes() == written
    shop = crms.workshop()
    [action] = shop.journal.actions(f"run-{crms.runs}", "contacts")
    shop.close()
    assert [(one.field, one.after) for one in action.changes] == [("city", None)]


def test_only_the_records_that_are_named_are_taken_back(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    grace = crms.hubspot_contact(email="grace@example.com", lastname="Hopper")
    crms.sync("contacts")
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.hubspot.edit(grace, jobtitle="Boss")
    crms.sync("contacts")
    crms.undo(ids=[ada[0]])
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Analyst"
    assert crms.salesforce.records[crms.links()[grace]].raw["Title"] == "Boss"


def test_a_created_record_is_kept_unless_told(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA)
    crms.sync("contacts")
    [(_, made)] = crms.links().items()
    assert told(crms.undo()) == {("undo_created", None)}
    assert made in crms.salesforce.records


def test_a_created_record_is_deleted_when_told_and_never_comes_back_by_itself(
    crms: TwoCrms,
) -> None:
    ada = crms.hubspot_contact(**ADA)
    crms.sync("contacts")
    [(_, made)] = crms.links().items()
    assert crms.undo(delete_created=True) == []
    assert crms.records(SALESFORCE, "Contact") == []
    crms.hubspot.edit(ada, jobtitle="Boss")
    quiet(crms)
    assert crms.held() == {ada: {"counterpart_deleted"}}
    assert made != ada


def test_a_created_record_that_was_edited_is_not_deleted(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA)
    crms.sync("contacts")
    [(_, made)] = crms.links().items()
    crms.salesforce.edit(made, MailingCity="Oxford")
    assert told(crms.undo(delete_created=True)) == {("undo_edited", None)}
    assert made in crms.salesforce.records


def test_a_company_that_others_belong_to_is_not_deleted(crms: TwoCrms) -> None:
    company = crms.put(HUBSPOT, "companies", name="Acme", domain="acme.example.com")
    contact = crms.hubspot_contact(**ADA)
    crms.hubspot.put_below(contact, companies=company)
    crms.sync()
    crms.sync()
    [account] = crms.records(SALESFORCE, "Account")
    run = next(n for n in range(1, crms.runs + 1) if _created(crms, n, "companies"))
    left = crms.undo(run, object_types=["companies"], delete_created=True)
    assert told(left) == {("undo_has_children", None)}
    assert account.id in crms.salesforce.records


def _created(crms: TwoCrms, run: int, object_type: str) -> bool:
    shop = crms.workshop()
    try:
        return bool(shop.journal.written(f"run-{run}", object_type))
    finally:
        shop.close()


def test_a_record_that_is_gone_is_listed(crms: TwoCrms, ada: tuple[str, str]) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    crms.salesforce.remove(ada[1])
    assert told(crms.undo()) == {("undo_gone", None)}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"sync_run": "nobody"}, "knows no run of this id"),
    ({"sync_run": ""}, "say which run"),
    ({"ids": ["4711"]}, "the 1st is of no record that the run wrote"),
    ({"object_types": ["leads"]}, "the 1st is not among companies, contacts and deals"),
    ({"ids": list(range(10_001))}, "more than 10,000 entries"),
    ({"dry_run": "no"}, "dry_run must be true or false"),
    ({"sync_runs": "x"}, "did you mean sync_run"),
]


def test_a_wrong_request_says_what_is_wrong_before_anything_is_read(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    calls = crms.hubspot.calls + crms.salesforce.calls
    for told, why in WRONG:
        with pytest.raises(ConfigError, match=why):
            crms.undo(**told)
    assert crms.hubspot.calls + crms.salesforce.calls == calls


def test_a_dry_or_quiet_run_cannot_be_taken_back(crms: TwoCrms, ada: tuple[str, str]) -> None:
    crms.sync("contacts")
    with pytest.raises(ConfigError, match="wrote nothing, so there is nothing"):
        crms.undo()
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync(dry_run=True)
    with pytest.raises(ConfigError, match="was dry and wrote nothing"):
        crms.undo()


def test_a_killed_taking_back_goes_on_where_it_was_and_writes_nothing_twice(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.salesforce.edit(ada[1], MailingCity="Oxford")
    crms.sync("contacts")
    done, before = crms.runs, crms.writes()
    crms.salesforce.fail_next(lost="after")
    with pytest.raises(Unavailable):
        crms.undo(done)
    crms.salesforce._failures.clear()
    shop = crms.workshop()
    planned = shop.artifacts.reference(f"run-{crms.runs}", "contacts", "plan")
    names = {"sync_run": f"run-{crms.runs}", "object_type": "contacts"}
    commit.run(load.run(planned, **names, workshop=shop), **names, workshop=shop)
    shop.close()
    assert crms.writes() == before + 2
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Analyst"
    assert crms.hubspot.records[ada[0]].raw["city"] is None
    quiet(crms)


def test_what_a_killed_taking_back_left_is_told_to_the_base_by_the_next_one(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    done = crms.runs
    crms.salesforce.fail_next(lost="after")
    with pytest.raises(Unavailable):
        crms.undo(done)
    crms.salesforce._failures.clear()
    before = crms.writes()
    assert crms.undo(done) == []
    quiet(crms)
    assert crms.writes() == before
    assert crms.hubspot.records[ada[0]].raw["jobtitle"] == "Boss"


def test_a_run_that_was_never_committed_is_taken_back_for_good(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.salesforce.fail_next(lost="after")
    with pytest.raises(Unavailable):
        crms.sync("contacts")
    crms.salesforce._failures.clear()
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Boss"
    assert crms.undo() == []
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Analyst"
    quiet(crms)


def test_addresses_that_changed_hands_change_back(crms: TwoCrms, ada: tuple[str, str]) -> None:
    grace = crms.hubspot_contact(email="grace@example.com", lastname="Hopper")
    crms.sync("contacts")
    crms.sync("contacts")
    crms.salesforce.edit(ada[1], Email="grace@example.com")
    crms.salesforce.edit(crms.links()[grace], Email="ada@example.com")
    crms.sync("contacts")
    assert crms.hubspot.records[ada[0]].raw["email"] == "grace@example.com"
    assert crms.undo() == []
    assert crms.hubspot.records[ada[0]].raw["email"] == "ada@example.com"
    assert crms.hubspot.records[grace].raw["email"] == "grace@example.com"
    taken = crms.runs
    quiet(crms)
    assert crms.undo(taken) == []
    assert crms.hubspot.records[ada[0]].raw["email"] == "grace@example.com"
    assert crms.hubspot.records[grace].raw["email"] == "ada@example.com"
    quiet(crms)


def test_an_address_that_somebody_has_taken_is_left(crms: TwoCrms, ada: tuple[str, str]) -> None:
    crms.salesforce.edit(ada[1], Email="countess@example.com")
    crms.sync("contacts")
    crms.hubspot_contact(email="ada@example.com", lastname="Other")
    assert told(crms.undo()) == {("undo_refused", "email")}
    assert crms.hubspot.records[ada[0]].raw["email"] == "countess@example.com"


def test_a_refused_field_stays_and_the_others_come_back(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss", city="Oxford")
    crms.sync("contacts")
    done = crms.runs
    crms.salesforce.fail_next("STRING_TOO_LONG", fields=("Title",))
    crms.undo(done)
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Boss"
    assert crms.salesforce.records[ada[1]].raw["MailingCity"] is None
    shop = crms.workshop()
    [entry] = report(f"run-{crms.runs}", shop)["object_types"]
    shop.close()
    assert entry["fields"] == {"city": 1}
    assert [(one["criterion"], one["field"]) for one in entry["left"]] == [("refused", "title")]
    crms.salesforce._failures.clear()
    quiet(crms)


def test_a_field_that_is_not_mapped_any_more_is_listed(crms: TwoCrms, ada: tuple[str, str]) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss", city="Oxford")
    crms.sync("contacts")
    fields = crms.workshop().mappings["contacts"].fields
    crms.rules["contacts"] = {"fields": tuple(one for one in fields if one.name != "title")}
    assert told(crms.undo()) == {("undo_unmapped", "title")}
    assert crms.salesforce.records[ada[1]].raw["MailingCity"] is None


def test_a_rule_that_was_narrowed_since_does_not_stand_in_the_way(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    fields = crms.workshop().mappings["contacts"].fields
    crms.rules["contacts"] = {
        "fields": tuple(
            replace(one, rule=SyncRule.DONT_SYNC) if one.name == "title" else one for one in fields
        )
    }
    assert crms.undo() == []
    assert crms.salesforce.records[ada[1]].raw["Title"] == "Analyst"


@pytest.mark.parametrize("rule", [one for one in SyncRule if one is not SyncRule.DONT_SYNC])
def test_whatever_the_rule_what_was_taken_back_stays_so(
    crms: TwoCrms, ada: tuple[str, str], rule: SyncRule
) -> None:
    fields = crms.workshop().mappings["contacts"].fields
    crms.rules["contacts"] = {
        "fields": tuple(replace(one, rule=rule) if one.name == "title" else one for one in fields)
    }
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    done = crms.runs
    held = crms.hubspot.records[ada[0]].raw["jobtitle"]
    assert crms.undo(done) == []
    quiet(crms)
    ours = crms.hubspot.records[ada[0]].raw["jobtitle"]
    theirs = crms.salesforce.records[ada[1]].raw["Title"]
    assert {ours, theirs} == {"Boss", "Analyst"}
    assert crms.undo(done + 1) == []
    assert crms.hubspot.records[ada[0]].raw["jobtitle"] == held
    assert crms.salesforce.records[ada[1]].raw["Title"] == held
    quiet(crms)


def test_a_plan_that_takes_back_is_not_applied_as_one_that_syncs(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    crms.hubspot.edit(ada[0], jobtitle="Boss")
    crms.sync("contacts")
    crms.undo(dry_run=True)
    shop = crms.workshop()
    [kept] = shop.plans.all()
    shop.close()
    with pytest.raises(ConfigError, match="trigger crm_undo for that run"):
        crms.sync("contacts", apply_plan=kept.id)


def test_the_guard_stops_a_taking_back_of_very_much(crms: TwoCrms) -> None:
    for number in range(12):
        crms.hubspot_contact(email=f"p{number}@example.com", lastname="Person")
    crms.sync("contacts")
    done = crms.runs
    with pytest.raises(GuardTripped, match="trigger crm_undo with") as stopped:
        crms.undo(done, delete_created=True)
    assert len(crms.records(SALESFORCE, "Contact")) == 12
    crms.undo(done, delete_created=True, allow_plan=plan_named_in(stopped.value))
    assert crms.records(SALESFORCE, "Contact") == []
