"""A person has what failed or is held go again, now."""

from typing import Any

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.model.record import System
from include.crmsync.pipeline import retry
from tests.pipeline.two_crms import TwoCrms

ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace"}
GRACE: dict[str, Any] = {"email": "grace@example.com", "lastname": "Hopper"}
DENIED, DOUBLE, BUSY = (
    "INSUFFICIENT_ACCESS",
    "DUPLICATES_DETECTED",
    "UNABLE_TO_LOCK_ROW",
)


def again(crms: TwoCrms, **told: Any) -> dict[str, Any]:
    """A retry, some seconds after whatever happened last; what was told of contacts."""
    crms.runs += 1
    crms.clock.advance(10)
    shop = crms.workshop()
    try:
        found = retry.run(told, f"run-{crms.runs}", shop)["object_types"]
        return dict(found.get("contacts", {"counts": {}, "records": []}))
    finally:
        shop.close()
        crms.clock.advance(10)


def refused(crms: TwoCrms, code: str, **values: Any) -> str:
    """A contact that Salesforce refused, for a reason that is gone by now."""
    bad = crms.hubspot_contact(**values)
    crms.salesforce.fail_next(code, record=bad)
    crms.sync("contacts")
    assert crms.held() != {}
    return bad


def test_what_a_crm_refused_goes_through_at_once(crms: TwoCrms) -> None:
    bad = refused(crms, DENIED, **ADA)
    told = again(crms, category="permissions")
    assert told["counts"] == {"through": 1}
    assert told["records"] == [{"system": "hubspot", "id": bad, "became": "through", "reason": ""}]
    assert set(crms.links()) == {bad}
    assert crms.held() == {}


def test_only_what_was_named_goes_again(crms: TwoCrms) -> None:
    ada, grace = refused(crms, DENIED, **ADA), refused(crms, DOUBLE, **GRACE)
    assert again(crms, code=[DOUBLE])["counts"] == {"through": 1}
    assert set(crms.links()) == {grace}
    assert set(crms.held()) == {ada}


def test_a_category_and_a_code_mean_both(crms: TwoCrms) -> None:
    refused(crms, DENIED, **ADA)
    assert again(crms, category="duplicates", code=[DENIED])["counts"] == {}
    assert again(crms, object_types=["deals"], code=[DENIED])["counts"] == {}
    assert again(crms, object_types=["contacts"], category="permissions", code=DENIED)[
        "counts"
    ] == {"through": 1}


def test_what_is_refused_once_more_is_held_once_more_and_says_why(crms: TwoCrms) -> None:
    bad = refused(crms, DENIED, **ADA)
    crms.salesforce.fail_next(DENIED, record=bad)
    told = again(crms, ids=[bad])
    assert told["counts"] == {"held": 1}
    assert DENIED in told["records"][0]["reason"]
    assert set(crms.held()) == {bad}


def test_what_waits_for_the_next_run_goes_now(crms: TwoCrms) -> None:
    bad = crms.hubspot_contact(**ADA)
    crms.salesforce.fail_next(BUSY, record=bad, retryable=True)
    crms.sync("contacts")
    assert crms.held() == {}
    assert again(crms, code=[BUSY])["counts"] == {"through": 1}
    assert set(crms.links()) == {bad}


def test_what_fails_for_a_passing_reason_is_left_to_the_next_run(crms: TwoCrms) -> None:
    bad = refused(crms, DENIED, **ADA)
    crms.salesforce.fail_next(BUSY, record=bad, retryable=True)
    assert again(crms, everything=True)["counts"] == {"tried again by the next run": 1}
    crms.sync("contacts")
    assert set(crms.links()) == {bad}


def test_who_is_held_by_a_criterion_is_judged_anew(crms: TwoCrms) -> None:
    off = crms.hubspot_contact(listed=False, **ADA)
    crms.sync("contacts")
    [criterion] = crms.held()[off]
    assert again(crms, code=[criterion])["counts"] == {"held": 1}
    crms.hubspot.lists["Salesforce inclusion list"].add(off)
    assert again(crms, code=[criterion])["counts"] == {"through": 1}
    assert set(crms.links()) == {off}


def test_a_field_that_was_refused_is_sent_again(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    crms.sync("contacts")
    crms.hubspot.edit(ada, jobtitle="Analyst")
    there = crms.links()[ada]
    crms.salesforce.fail_next("FIELD_INTEGRITY_EXCEPTION", record=there, fields=("Title",))
    crms.sync("contacts")
    assert set(crms.held()) == {ada}
    assert again(crms, code="FIELD_INTEGRITY_EXCEPTION")["counts"] == {"through": 1}
    assert crms.salesforce.records[there].raw["Title"] == "Analyst"


def test_a_dry_run_says_what_would_go_through_and_changes_nothing(crms: TwoCrms) -> None:
    ada = refused(crms, DENIED, **ADA)
    off = crms.hubspot_contact(listed=False, **GRACE)
    crms.sync("contacts")
    held, writes = crms.held(), crms.salesforce.writes
    told = again(crms, everything=True, dry_run=True)
    assert told["counts"] == {"would go through": 1, "held": 1}
    assert {one["id"]: one["became"] for one in told["records"]} == {
        ada: "would go through",
        off: "held",
    }
    assert (crms.held(), crms.salesforce.writes) == (held, writes)
    shop = crms.workshop()
    assert shop.store.due("contacts") == []
    shop.close()


def test_a_record_that_is_gone_meanwhile_is_told_and_stops_nothing(crms: TwoCrms) -> None:
    gone, bad = refused(crms, DENIED, **ADA), refused(crms, DENIED, **GRACE)
    crms.hubspot.remove(gone)
    told = again(crms, category="permissions")
    assert {one["id"]: one["became"] for one in told["records"]} == {
        gone: "not found",
        bad: "through",
    }


def test_no_watermark_moves(crms: TwoCrms) -> None:
    refused(crms, DENIED, **ADA)
    shop = crms.workshop()
    before = shop.store.watermarks("contacts")
    again(crms, everything=True)
    assert shop.store.watermarks("contacts") == before
    shop.close()


def test_of_very_many_so_many_go_at_once_and_the_rest_the_next_time(crms: TwoCrms) -> None:
    for number in range(5):
        refused(crms, DENIED, email=f"a{number}@example.com", lastname="A")
    assert again(crms, everything=True, limit=3)["counts"] == {"through": 3}
    assert again(crms, everything=True, limit=3)["counts"] == {"through": 2}


def test_choosing_twice_in_one_run_is_choosing_once(crms: TwoCrms) -> None:
    bad = refused(crms, DENIED, **ADA)
    again(crms, ids=[bad])
    crms.runs -= 1
    assert again(crms, ids=[bad])["counts"] == {"through": 1}


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({}, "say what: a category, codes, ids, or everything"),
        ({"everything": False, "ids": []}, "say what"),
        ({"everything": True, "category": "limits"}, "leaves nothing to choose"),
        ({"category": "weather"}, "category must be associations or"),
        ({"object_types": ["leads"], "everything": True}, "none of companies, contacts, deals"),
        ({"ids": ["nobody"]}, "the 1st is not among what failed or is held"),
        ({"everything": True, "limit": 0}, "limit must be a whole number from 1 to 10000"),
        ({"everything": "yes"}, "everything must be true or false"),
        ({"everyting": True}, "did you mean everything?"),
        ({"ids": ["1"] * 10_001}, "10,000 are the most"),
    ],
)
def test_bad_input_is_told_before_anything_is_read(
    crms: TwoCrms, told: dict[str, Any], problem: str
) -> None:
    calls = crms.hubspot.calls + crms.salesforce.calls
    with pytest.raises(ConfigError, match=problem.replace("?", r"\?")):
        again(crms, **told)
    assert crms.hubspot.calls + crms.salesforce.calls == calls


def test_every_problem_is_told_at_once(crms: TwoCrms) -> None:
    with pytest.raises(ConfigError) as told:
        again(crms, category="weather", limit=-1, object_types=["x"])
    assert len(told.value.problems) == 3


def test_a_retry_is_a_manual_run_in_the_journal(crms: TwoCrms) -> None:
    refused(crms, DENIED, **ADA)
    again(crms, everything=True)
    shop = crms.workshop()
    [run] = shop.journal.run(f"run-{crms.runs}")
    assert (str(run.trigger), str(run.state)) == ("manual", "done")
    assert run.counts[System.HUBSPOT].extracted == 1
    shop.close()
