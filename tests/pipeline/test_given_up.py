"""What a run that was given up meant to write: the next one says what became of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from include.crmsync.errors import Unavailable
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop
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


def give_up(crms: TwoCrms, lost: Any) -> str:
    """A run whose write to HubSpot, or its answer, is lost, and that nobody tries again."""
    crms.hubspot.fail_next(lost=lost)
    with pytest.raises(Unavailable):
        crms.sync("contacts")
    return f"run-{crms.runs}"


def written(crms: TwoCrms, run: str) -> list[tuple[Action, Outcome | None]]:
    shop = crms.workshop()
    try:
        return shop.journal.written(run, "contacts")
    finally:
        shop.close()


def ended(crms: TwoCrms, run: str) -> Outcome | None:
    [(_, outcome)] = written(crms, run)
    return outcome


@pytest.mark.usefixtures("ada")
def test_a_write_that_landed_counts_as_applied(crms: TwoCrms) -> None:
    run = give_up(crms, "after")
    assert ended(crms, run) is None
    crms.sync()
    found = ended(crms, run)
    assert found is not None
    assert found.result is Result.APPLIED


def test_what_it_overwrote_unseen_is_journalled(crms: TwoCrms, ada: str) -> None:
    crms.hubspot.before_next_write(lambda: crms.hubspot.edit(ada, jobtitle="Countess"))
    run = give_up(crms, "after")
    crms.sync()
    [(action, _)] = written(crms, run)
    assert [(one.before, one.after) for one in action.changes] == [("Countess", "CEO")]


def test_who_types_the_same_again_took_nothing_away(crms: TwoCrms, ada: str) -> None:
    run = give_up(crms, "after")
    crms.clock.advance(60)
    crms.hubspot.edit(ada, jobtitle=" CEO ")
    crms.sync()
    [(action, _)] = written(crms, run)
    assert [(one.before, one.after) for one in action.changes] == [("Analyst", "CEO")]


def test_a_write_that_did_not_land_is_told_and_planned_afresh(crms: TwoCrms, ada: str) -> None:
    run = give_up(crms, "before")
    crms.sync()
    found = ended(crms, run)
    assert found is not None
    assert found.result is Result.SUPERSEDED
    assert "given up" in (found.message or "")
    assert crms.hubspot.records[ada].raw["jobtitle"] == "CEO"


def test_where_somebody_edited_it_since_nobody_claims_that_nothing_was_written(
    crms: TwoCrms, ada: str
) -> None:
    run = give_up(crms, "after")
    crms.clock.advance(60)
    crms.hubspot.edit(ada, jobtitle="Countess")
    crms.sync()
    found = ended(crms, run)
    assert found is not None
    assert found.result is Result.SUPERSEDED
    assert "an earlier try may have written it" in (found.message or "")


def test_who_typed_what_did_not_land_is_not_taken_for_the_sync(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.sync()
    crms.hubspot.edit(hubspot_id, jobtitle="CEO")
    crms.salesforce.fail_next(lost="before")
    with pytest.raises(Unavailable):
        crms.sync("contacts")
    run = f"run-{crms.runs}"
    crms.salesforce.edit(crms.links()[hubspot_id], Title="CEO")
    crms.sync()
    found = ended(crms, run)
    assert found is not None
    assert found.result is Result.SUPERSEDED
    assert "somebody else modified it last" in (found.message or "")


def test_it_can_be_taken_back(crms: TwoCrms, ada: str) -> None:
    run = give_up(crms, "after")
    crms.sync()
    crms.undo(int(run.removeprefix("run-")))
    assert crms.hubspot.records[ada].raw["jobtitle"] == "Analyst"


@pytest.mark.usefixtures("ada")
def test_while_somebody_writes_nothing_is_said(crms: TwoCrms) -> None:
    run = give_up(crms, "after")
    shop = crms.workshop()
    try:
        with shop.store.exclusive("contacts", run, shop.now()):
            crms.sync("contacts", dry_run=True)
            assert ended(crms, run) is None
    finally:
        shop.close()
    crms.sync("contacts")
    assert ended(crms, run) is not None


@pytest.mark.usefixtures("ada")
def test_a_dry_run_says_nothing_of_other_runs(crms: TwoCrms) -> None:
    run = give_up(crms, "after")
    crms.sync("contacts", dry_run=True)
    assert ended(crms, run) is None


@pytest.mark.usefixtures("ada")
def test_it_is_asked_about_once(crms: TwoCrms) -> None:
    give_up(crms, "after")
    crms.sync()
    crms.sync()
    before = crms.hubspot.calls
    crms.sync("contacts")
    idle = crms.hubspot.calls - before
    before = crms.hubspot.calls
    crms.sync("contacts")
    assert crms.hubspot.calls - before == idle


def test_of_a_record_that_another_run_has_written_since_nothing_is_said(
    crms: TwoCrms, ada: str
) -> None:
    """Whose value it holds cannot be told any more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("include.crmsync.pipeline.extract.settle_given_up", lambda *_: None)
        run = give_up(crms, "before")
        crms.sync()
    assert crms.hubspot.records[ada].raw["jobtitle"] == "CEO"
    crms.sync()
    assert ended(crms, run) is None


@pytest.mark.usefixtures("ada")
def test_a_field_that_is_not_mapped_any_more_is_not_looked_for(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = give_up(crms, "after")
    plain = crms.workshop

    def workshop() -> Workshop:
        shop = plain()
        contacts = shop.mappings["contacts"]
        fields = tuple(one for one in contacts.fields if one.name != "title")
        shop.mappings = {**shop.mappings, "contacts": replace(contacts, fields=fields)}
        return shop

    monkeypatch.setattr(crms, "workshop", workshop)
    crms.sync()
    found = ended(crms, run)
    assert found is not None
    assert "mapping has changed" in (found.message or "")


def title(crms: TwoCrms, hubspot_id: str) -> tuple[Any, Any]:
    theirs = crms.salesforce.records[crms.links()[hubspot_id]]
    return crms.hubspot.records[hubspot_id].raw["jobtitle"], theirs.raw["Title"]


def quiet(crms: TwoCrms) -> bool:
    written = crms.writes()
    crms.sync()
    return crms.sync()["state"] == "nothing_to_do" and crms.writes() == written


def test_who_takes_back_what_landed_has_the_last_word(crms: TwoCrms, ada: str) -> None:
    """What travelled in a run that never committed is no edit of where it arrived."""
    give_up(crms, "after")
    crms.clock.advance(60)
    crms.salesforce.edit(crms.links()[ada], Title="Analyst")
    crms.sync()
    assert title(crms, ada) == ("Analyst", "Analyst")
    assert quiet(crms)


def test_so_has_who_takes_it_back_where_it_arrived(crms: TwoCrms, ada: str) -> None:
    give_up(crms, "after")
    crms.sync()  # says that it landed, and commits it
    crms.clock.advance(60)
    crms.hubspot.edit(ada, jobtitle="Analyst")
    crms.sync()
    assert title(crms, ada) == ("Analyst", "Analyst")
    assert quiet(crms)


def test_so_it_is_where_the_run_failed_after_it_had_said_so(crms: TwoCrms, ada: str) -> None:
    """The write to HubSpot is journalled; the one to Salesforce fails, and so does the run."""
    bea = crms.hubspot_contact(email="bea@example.com", lastname="Osei", jobtitle="Analyst")
    crms.sync()
    crms.salesforce.edit(crms.links()[ada], Title="CEO, really")
    crms.hubspot.edit(bea, jobtitle="CTO")
    crms.salesforce.fail_next(lost="before")
    with pytest.raises(Unavailable):
        crms.sync("contacts")
    run = f"run-{crms.runs}"
    assert [one.result for _, one in written(crms, run) if one] == [Result.APPLIED]
    crms.clock.advance(60)
    crms.salesforce.edit(crms.links()[ada], Title="CEO")
    crms.sync()
    assert title(crms, ada) == ("CEO", "CEO")
    assert title(crms, bea) == ("CTO", "CTO")
    assert quiet(crms)


def test_what_landed_is_read_again_and_committed_by_the_next_run(crms: TwoCrms, ada: str) -> None:
    give_up(crms, "after")
    crms.sync()
    shop = crms.workshop()
    try:
        [link] = shop.store.links("contacts", HUBSPOT, [ada]).values()
        assert shop.journal.landed("contacts", "", crms.clock() - timedelta(days=1)) == []
    finally:
        shop.close()
    assert (link.base or {})["title"] == "CEO"


def test_a_counterpart_that_is_presumed_holds_what_landed(crms: TwoCrms, ada: str) -> None:
    """Where counterparts are many, none is read: it is presumed to hold the base."""
    crms.settings["read_counterparts"] = 0
    give_up(crms, "after")
    crms.clock.advance(60)
    crms.salesforce.edit(crms.links()[ada], Phone="+44 20 7946 0001")
    crms.sync()
    crms.sync()
    assert title(crms, ada) == ("CEO", "CEO")
    assert quiet(crms)
