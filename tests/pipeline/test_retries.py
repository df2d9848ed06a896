"""What failed for a passing reason goes again, is given up after so many runs, and is swept."""

from typing import Any

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.model.record import System
from include.crmsync.pipeline import look, sweep
from tests.pipeline.two_crms import TwoCrms

ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace"}
BUSY = "UNABLE_TO_LOCK_ROW"


@pytest.fixture
def capped(crms: TwoCrms) -> TwoCrms:
    crms.settings["retry_cap"] = 3
    return crms


def attempts(crms: TwoCrms) -> dict[str, int]:
    """Record -> in how many runs it has failed."""
    shop = crms.workshop()
    try:
        return {id_: times for (_, id_), times in shop.store.attempts("contacts").items()}
    finally:
        shop.close()


def swept(crms: TwoCrms, **told: Any) -> int:
    shop = crms.workshop()
    try:
        return sweep.run(sweep.chosen(told), shop)["contacts"]
    finally:
        shop.close()


def test_a_record_that_fails_run_after_run_is_given_up_at_the_cap(capped: TwoCrms) -> None:
    bad = capped.hubspot_contact(**ADA)
    capped.salesforce.fail_next(BUSY, record=bad, retryable=True, times=99)
    for failed in (1, 2):
        capped.sync("contacts")
        assert attempts(capped) == {bad: failed}
        assert capped.held() == {}
        capped.clock.advance(900)
    capped.sync("contacts")
    assert attempts(capped) == {}
    assert capped.held() == {bad: {"accepted_by_salesforce"}}
    left = len(capped.salesforce._failures)
    capped.clock.advance(900)
    capped.sync("contacts")
    assert len(capped.salesforce._failures) == left


def test_what_was_given_up_is_counted_as_failed_not_as_waiting(capped: TwoCrms) -> None:
    bad = capped.hubspot_contact(**ADA)
    capped.salesforce.fail_next(BUSY, record=bad, retryable=True, times=3)
    counted = []
    for _ in range(3):
        told = capped.sync("contacts")
        [direction] = [
            way for way in told["object_types"][0]["directions"] if way["from"] == "hubspot"
        ]
        counted.append((direction["waiting"], direction["failed"]))
        capped.clock.advance(900)
    assert counted == [(1, 0), (1, 0), (0, 1)]


def test_what_was_given_up_goes_again_when_it_changes(capped: TwoCrms) -> None:
    bad = given_up(capped)
    capped.hubspot.edit(bad, jobtitle="Analyst")
    capped.sync("contacts")
    assert set(capped.links()) == {bad}
    assert capped.held() == {}


def given_up(crms: TwoCrms) -> str:
    """A contact that was given up, by now for no reason any more."""
    bad = crms.hubspot_contact(**ADA)
    crms.salesforce.fail_next(BUSY, record=bad, retryable=True, times=3)
    for _ in range(3):
        crms.sync("contacts")
        crms.clock.advance(900)
    return bad


def test_the_sweep_lets_go_what_was_given_up_and_counts_it_from_nought(capped: TwoCrms) -> None:
    bad = given_up(capped)
    assert swept(capped) == 1
    assert attempts(capped) == {bad: 0}
    assert capped.held() == {bad: {"accepted_by_salesforce"}}
    capped.sync("contacts")
    assert set(capped.links()) == {bad}
    assert capped.held() == {}


def test_an_edit_that_was_too_late_is_no_failed_attempt(capped: TwoCrms) -> None:
    hubspot_id = capped.hubspot_contact(**ADA)
    capped.sync("contacts")
    capped.clock.advance(3600)
    capped.sync("contacts")
    salesforce_id = capped.links()[hubspot_id]
    capped.hubspot.edit(hubspot_id, jobtitle="Analyst")
    plain = look.current

    def moved(*args: Any) -> Any:
        capped.salesforce.edit(salesforce_id, Title="CTO")
        return plain(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("include.crmsync.pipeline.loader.current", moved)
        capped.sync("contacts")
    assert attempts(capped) == {hubspot_id: 0}


@pytest.mark.parametrize(
    ("code", "goes"),
    [("DUPLICATES_DETECTED", 1), ("STRING_TOO_LONG", 0), ("BRAND_NEW_CODE", 1)],
)
def test_the_nightly_sweep_goes_by_the_catalogue(crms: TwoCrms, code: str, goes: int) -> None:
    bad = crms.hubspot_contact(**ADA)
    crms.salesforce.fail_next(code, record=bad)
    crms.sync("contacts")
    assert swept(crms) == goes
    crms.sync("contacts")
    assert len(crms.links()) == goes


@pytest.mark.parametrize(
    "told",
    [
        {"code": "STRING_TOO_LONG"},
        {"code": "OTHER, STRING_TOO_LONG"},
        {"category": "property_values"},
        {"everything": True},
    ],
)
def test_a_person_lets_go_by_code_category_or_all_of_it(
    crms: TwoCrms, told: dict[str, Any]
) -> None:
    bad = crms.hubspot_contact(**ADA)
    crms.salesforce.fail_next("STRING_TOO_LONG", record=bad)
    crms.sync("contacts")
    assert swept(crms, code="SOMETHING_ELSE") == 0
    assert swept(crms, **told) == 1
    crms.sync("contacts")
    assert set(crms.links()) == {bad}


def test_one_record_is_let_go_by_its_id(crms: TwoCrms) -> None:
    people = [
        crms.hubspot_contact(email=f"c{number}@example.com", lastname="Doe") for number in range(3)
    ]
    for bad in people:
        crms.salesforce.fail_next("STRING_TOO_LONG", record=bad)
    crms.sync("contacts")
    assert swept(crms, record=people[1]) == 1
    crms.sync("contacts")
    assert set(crms.links()) == {people[1]}


def test_a_field_that_is_let_go_is_sent_once_more(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(**ADA, jobtitle="Countess")
    crms.salesforce.fail_next("FIELD_CUSTOM_VALIDATION_EXCEPTION", fields=("Title",))
    crms.sync("contacts")
    crms.clock.advance(900)
    crms.sync("contacts")
    assert swept(crms) == 1
    crms.sync("contacts")
    [contact] = crms.records(System.SALESFORCE, "Contact")
    assert contact.raw["Title"] == "Countess"
    assert crms.held() == {}
    assert set(crms.links()) == {hubspot_id}


def test_what_a_criterion_holds_is_never_swept(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA, listed=False)
    crms.sync("contacts")
    assert crms.held()
    assert swept(crms, everything=True) == 0


def test_a_category_that_does_not_exist_is_a_persons_to_mend() -> None:
    with pytest.raises(ConfigError, match="no category"):
        sweep.chosen({"category": "bad_luck"})
