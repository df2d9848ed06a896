"""Taking a run back: one story each."""

from typing import Any

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.model.record import System
from tests.pipeline.two_crms import TwoCrms

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
