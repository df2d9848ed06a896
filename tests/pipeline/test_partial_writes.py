"""One bad field does not stop a record: the good ones land in the same run, the bad one is held."""

from dataclasses import replace
from typing import Any, Literal

import pytest

from include.crmsync.errors import Unavailable
from include.crmsync.model.outcome import Result
from include.crmsync.model.record import System
from include.crmsync.pipeline import commit, load
from tests.pipeline.live_schemas import alter, describe
from tests.pipeline.two_crms import TwoCrms

ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace"}
CODE = "FIELD_CUSTOM_VALIDATION_EXCEPTION"


def pair(crms: TwoCrms, **values: Any) -> tuple[str, str]:
    """A contact in both, synced, an hour ago."""
    hubspot_id = crms.hubspot_contact(**{**ADA, **values})
    crms.sync()
    crms.clock.advance(3600)
    crms.sync()
    return hubspot_id, crms.links()[hubspot_id]


def refuse(crms: TwoCrms, *fields: str, code: str = CODE, times: int = 1) -> None:
    crms.salesforce.fail_next(code, fields=fields, times=times)


def salesforce(crms: TwoCrms, id_: str) -> dict[str, Any]:
    return dict(crms.salesforce.records[id_].raw)


def held(crms: TwoCrms) -> list[tuple[str, str | None, str | None, str | None]]:
    """Record, field, value and code of everything held."""
    shop = crms.workshop()
    try:
        found = shop.store.held("contacts")
        return [(one.record_id, one.field, one.value, one.code) for one in found]
    finally:
        shop.close()


def base(crms: TwoCrms, hubspot_id: str) -> dict[str, Any]:
    shop = crms.workshop()
    try:
        link = shop.store.links("contacts", System.HUBSPOT, [hubspot_id])[hubspot_id]
        return dict(link.base or {})
    finally:
        shop.close()


def test_the_good_fields_land_in_the_same_run_and_the_bad_one_is_held(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = pair(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess", city="London", phone="+44 20 7946 0999")
    refuse(crms, "Title")
    crms.sync()
    stored = salesforce(crms, salesforce_id)
    assert (stored["MailingCity"], stored["Phone"]) == ("London", "+44 20 7946 0999")
    assert not stored.get("Title")
    assert held(crms) == [(hubspot_id, "title", "Countess", CODE)]
    assert base(crms, hubspot_id)["city"] == "London"
    assert base(crms, hubspot_id).get("title") is None


def test_a_refused_field_is_not_sent_again_while_nothing_about_it_changes(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = pair(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess")
    refuse(crms, "Title", times=9)
    crms.sync()
    crms.clock.advance(3600)
    crms.hubspot.edit(hubspot_id, city="London")
    before = crms.salesforce.writes
    crms.sync()
    assert salesforce(crms, salesforce_id)["MailingCity"] == "London"
    assert crms.salesforce.writes == before + 1
    assert len(crms.salesforce._failures) == 8
    assert held(crms) == [(hubspot_id, "title", "Countess", CODE)]
    for _ in range(3):
        crms.clock.advance(3600)
        crms.sync()
    assert crms.salesforce.writes == before + 1
    assert len(crms.salesforce._failures) == 8


def test_a_refused_field_goes_again_when_its_value_changes(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = pair(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess")
    refuse(crms, "Title")
    crms.sync()
    crms.clock.advance(3600)
    crms.hubspot.edit(hubspot_id, jobtitle="Analyst")
    crms.sync()
    assert salesforce(crms, salesforce_id)["Title"] == "Analyst"
    assert held(crms) == []


def test_a_refused_field_goes_again_when_the_schema_changes(crms: TwoCrms) -> None:
    describe(crms)
    hubspot_id, salesforce_id = pair(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess", city="London")
    refuse(crms, "Title", code="INVALID_FIELD_FOR_INSERT_UPDATE")
    crms.sync()
    assert [one[1] for one in held(crms)] == ["title"]
    crms.sync()
    assert [one[1] for one in held(crms)] == ["title"]
    alter(crms, "Contact", "Title", length=200)
    crms.clock.advance(25 * 3600)
    crms.sync()
    assert salesforce(crms, salesforce_id)["Title"] == "Countess"
    assert held(crms) == []


def test_a_refused_field_goes_again_when_its_mapping_changes(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    hubspot_id, salesforce_id = pair(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess")
    refuse(crms, "Title")
    crms.sync()
    remapped(monkeypatch)
    crms.sync()
    assert salesforce(crms, salesforce_id)["Title"] == "Countess"
    assert held(crms) == []


def remapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another length for the title, from now on."""
    plain = TwoCrms.workshop

    def workshop(self: TwoCrms) -> Any:
        shop = plain(self)
        contacts = shop.mappings["contacts"]
        fields = [replace(f, length=64) if f.name == "title" else f for f in contacts.fields]
        shop.mappings = {**shop.mappings, "contacts": replace(contacts, fields=tuple(fields))}
        return shop

    monkeypatch.setattr(TwoCrms, "workshop", workshop)


def test_fields_refused_one_after_the_other_are_left_out_one_after_the_other(
    crms: TwoCrms,
) -> None:
    hubspot_id, salesforce_id = pair(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess", city="London", fax="+44 20 7946 0998")
    refuse(crms, "Title")
    refuse(crms, "Fax", code="STRING_TOO_LONG")
    crms.sync()
    assert salesforce(crms, salesforce_id)["MailingCity"] == "London"
    assert {one[1]: one[3] for one in held(crms)} == {"title": CODE, "fax": "STRING_TOO_LONG"}


def test_a_record_of_which_every_field_is_refused_is_written_no_further(crms: TwoCrms) -> None:
    hubspot_id, _ = pair(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess", city="London")
    refuse(crms, "Title", "MailingCity")
    told = crms.sync()
    assert {one[1] for one in held(crms)} == {"title", "city"}
    [counts] = [
        way
        for one in told["object_types"]
        if one["object_type"] == "contacts"
        for way in one["directions"]
        if way["from"] == "hubspot"
    ]
    assert (counts["extracted"], counts["failed"], counts["updated"]) == (1, 1, 0)


def test_a_new_record_lands_without_a_field_that_is_refused(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(**ADA, jobtitle="Countess", city="London")
    refuse(crms, "Title")
    crms.sync()
    salesforce_id = crms.links()[hubspot_id]
    assert salesforce(crms, salesforce_id)["MailingCity"] == "London"
    assert held(crms) == [(hubspot_id, "title", "Countess", CODE)]
    crms.clock.advance(3600)
    crms.sync()
    assert not salesforce(crms, salesforce_id).get("Title")
    assert not salesforce(crms, salesforce_id).get("Title")
    assert crms.hubspot.records[hubspot_id].raw["jobtitle"] == "Countess"


@pytest.mark.parametrize("field", ["LastName", "Email"])
def test_a_new_record_is_nothing_without_what_it_needs_or_is_recognised_by(
    crms: TwoCrms, field: str
) -> None:
    hubspot_id = crms.hubspot_contact(**ADA, jobtitle="Countess")
    refuse(crms, field, code="INVALID_EMAIL_ADDRESS")
    crms.sync()
    assert crms.links() == {}
    assert crms.records(System.SALESFORCE, "Contact") == []
    assert held(crms) == [(hubspot_id, None, None, "INVALID_EMAIL_ADDRESS")]


def test_a_refusal_that_names_no_field_holds_the_record_with_its_code(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = pair(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess", city="London")
    refuse(crms, code="CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")
    crms.sync()
    assert not salesforce(crms, salesforce_id).get("MailingCity")
    assert held(crms) == [(hubspot_id, None, None, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")]


def test_hubspots_bad_fields_are_left_out_as_well(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = pair(crms)
    crms.salesforce.edit(salesforce_id, Title="Countess", MailingCity="London")
    crms.hubspot.fail_next("INVALID_OPTION", fields=("jobtitle",))
    crms.sync()
    assert crms.hubspot.records[hubspot_id].raw["city"] == "London"
    assert held(crms) == [(salesforce_id, "title", "Countess", "INVALID_OPTION")]


def test_many_records_with_bad_fields_cost_one_more_call_not_one_each(crms: TwoCrms) -> None:
    people = [
        crms.hubspot_contact(email=f"c{number}@example.com", lastname=f"L{number}", city="Bern")
        for number in range(60)
    ]
    crms.sync()
    crms.clock.advance(3600)
    crms.sync()
    for id_ in people:
        crms.hubspot.edit(id_, jobtitle="Countess", city="London")
    for id_ in people[::6]:
        crms.salesforce.fail_next(CODE, record=crms.links()[id_], fields=("Title",))
    calls = crms.salesforce.calls
    crms.sync("contacts")
    with_bad = crms.salesforce.calls - calls
    assert len(held(crms)) == 10
    assert all(
        one.raw["MailingCity"] == "London" for one in crms.records(System.SALESFORCE, "Contact")
    )
    crms.clock.advance(3600)
    crms.sync()
    for id_ in people:
        crms.hubspot.edit(id_, city="Basel")
    calls = crms.salesforce.calls
    crms.sync("contacts")
    # One more write, and its read-back.
    assert with_bad == crms.salesforce.calls - calls + 2


def lose_second_write(crms: TwoCrms, lost: Literal["before", "after"]) -> None:
    """Let the first batch be answered, and the next one's answer be lost."""
    plain = crms.salesforce._landing

    def landing(batch: Any, do: Any) -> Any:
        answers = plain(batch, do)
        crms.salesforce.fail_next(lost=lost)
        setattr(crms.salesforce, "_landing", plain)  # noqa: B010 -- mypy forbids the plain way
        return answers

    setattr(crms.salesforce, "_landing", landing)  # noqa: B010


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_load_killed_at_the_second_write_goes_on_with_the_rest(
    crms: TwoCrms, lost: Literal["before", "after"]
) -> None:
    hubspot_id, salesforce_id = pair(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess", city="London")
    refuse(crms, "Title")
    lose_second_write(crms, lost)
    with pytest.raises(Unavailable):
        crms.sync()
    resumed(crms)
    assert salesforce(crms, salesforce_id)["MailingCity"] == "London"
    assert held(crms) == [(hubspot_id, "title", "Countess", CODE)]
    assert base(crms, hubspot_id)["city"] == "London"


def test_a_run_given_up_at_the_second_write_is_made_good_by_the_next(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = pair(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess", city="London")
    refuse(crms, "Title", times=2)
    lose_second_write(crms, "after")
    with pytest.raises(Unavailable):
        crms.sync()
    crms.clock.advance(3600)
    crms.sync()
    assert salesforce(crms, salesforce_id)["MailingCity"] == "London"
    assert held(crms) == [(hubspot_id, "title", "Countess", CODE)]
    assert base(crms, hubspot_id)["city"] == "London"


def resumed(crms: TwoCrms) -> None:
    """Load and commit of the latest run again, as Airflow repeats them."""
    shop = crms.workshop()
    names = {"sync_run": f"run-{crms.runs}", "object_type": "contacts"}
    try:
        planned = shop.artifacts.reference(f"run-{crms.runs}", "contacts", "plan")
        loaded = load.run(planned, **names, workshop=shop)
        [outcome] = shop.journal.outcomes(f"run-{crms.runs}", "contacts").values()
        assert outcome.result is Result.APPLIED
        assert [one.field for one in outcome.refused] == ["title"]
        commit.run(loaded, **names, workshop=shop)
    finally:
        shop.close()
