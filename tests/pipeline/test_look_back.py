"""An edit that lands in the one call between the look and the write is in the journal."""

from typing import Any

import pytest

from include.crmsync.errors import Unavailable
from include.crmsync.model.plan import Change
from include.crmsync.model.record import System
from include.crmsync.pipeline import load, plan
from tests.pipeline.two_crms import TwoCrms

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace", "jobtitle": "Analyst"}


@pytest.fixture
def ada(crms: TwoCrms) -> str:
    """A linked contact whose title somebody has changed in Salesforce; her HubSpot id."""
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.sync()
    crms.clock.advance(3600)
    crms.salesforce.edit(crms.links()[hubspot_id], Title="CEO")
    return hubspot_id


def raced(crms: TwoCrms, hubspot_id: str, title: str) -> None:
    crms.hubspot.before_next_write(lambda: crms.hubspot.edit(hubspot_id, jobtitle=title))


def title_written(crms: TwoCrms) -> Change:
    """The change of the title that the latest run wrote to HubSpot."""
    shop = crms.workshop()
    try:
        written = shop.journal.actions(f"run-{crms.runs}", "contacts")
    finally:
        shop.close()
    [change] = [one for action in written for one in action.changes if one.field == "title"]
    return change


def test_what_was_really_overwritten_is_journalled(crms: TwoCrms, ada: str) -> None:
    raced(crms, ada, "Countess")
    crms.sync()
    assert crms.hubspot.records[ada].raw["jobtitle"] == "CEO"
    change = title_written(crms)
    assert (change.before, change.after) == ("Countess", "CEO")
    assert "just before it was written" in change.reason


@pytest.mark.usefixtures("ada")
def test_what_was_overwritten_as_planned_is_journalled_as_planned(crms: TwoCrms) -> None:
    crms.sync()
    change = title_written(crms)
    assert (change.before, change.reason) == ("Analyst", "changed in Salesforce")


def test_who_set_what_the_sync_was_about_to_set_lost_nothing(crms: TwoCrms, ada: str) -> None:
    raced(crms, ada, "CEO")
    crms.sync()
    assert title_written(crms).before == "Analyst"


def test_a_blank_that_was_overwritten_is_journalled_too(crms: TwoCrms, ada: str) -> None:
    crms.hubspot.before_next_write(lambda: crms.hubspot.edit(ada, jobtitle=None))
    crms.sync()
    assert title_written(crms).before is None


def test_a_load_that_lost_the_answer_asks_when_it_finds_its_write(crms: TwoCrms, ada: str) -> None:
    raced(crms, ada, "Countess")
    crms.hubspot.fail_next(lost="after")
    run = f"run-{crms.runs + 1}"
    with pytest.raises(Unavailable):
        crms.sync()
    shop = crms.workshop()
    try:
        planned = shop.artifacts.reference(run, "contacts", "plan")
        load.run(planned, sync_run=run, object_type="contacts", workshop=shop)
    finally:
        shop.close()
    assert title_written(crms).before == "Countess"


def test_a_plan_made_again_does_not_contradict_what_is_known_since(crms: TwoCrms, ada: str) -> None:
    raced(crms, ada, "Countess")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("include.crmsync.pipeline.once.commit.run", lambda *_, **__: None)
        crms.sync("contacts")
    run = f"run-{crms.runs}"
    shop = crms.workshop()
    try:
        judged = shop.artifacts.reference(run, "contacts", "validate")
        plan.run(judged, sync_run=run, object_type="contacts", workshop=shop)
    finally:
        shop.close()
    assert title_written(crms).before == "Countess"


def test_above_its_number_of_writes_nothing_is_asked(
    crms: TwoCrms, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    crms.settings["look_back"] = 0
    monkeypatch.setattr(crms.hubspot, "past", None)
    raced(crms, ada, "Countess")
    crms.sync()
    assert title_written(crms).before == "Analyst"
