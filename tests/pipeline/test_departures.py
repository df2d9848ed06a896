"""Whole runs around records that are deleted, restored, merged, converted or forgotten."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from include.crmsync.errors import GuardTripped, StateError, Unauthorized, Unavailable
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.link import What
from include.crmsync.model.record import System
from include.crmsync.model.request import Request
from include.crmsync.pipeline import commit, load
from include.crmsync.pipeline.asked import tell
from include.crmsync.pipeline.forget import Person, forget
from tests.pipeline.two_crms import LIST, TwoCrms, plan_named_in

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace", "jobtitle": "Analyst"}
GRACE: dict[str, Any] = {"email": "grace@example.com", "lastname": "Hopper"}
ORDER: dict[str, Any] = {"Name": "Engine", "StageName": "Prospecting", "CloseDate": "2026-02-01"}


@pytest.fixture
def order(crms: TwoCrms) -> tuple[str, str]:
    """An opportunity and its deal, linked; ids in that order."""
    opportunity = crms.put(SALESFORCE, "Opportunity", **ORDER)
    crms.sync()
    [(deal, _)] = crms.links("deals").items()
    return opportunity, deal


def person(crms: TwoCrms, **values: Any) -> tuple[str, str]:
    """A contact in both systems, linked: HubSpot's id, Salesforce's."""
    hubspot_id = crms.hubspot_contact(**(values or ADA))
    crms.sync()
    return hubspot_id, crms.links()[hubspot_id]


def quiet(crms: TwoCrms) -> bool:
    """Whether two more runs write nothing, and the second has nothing to do."""
    written = crms.writes()
    crms.sync()
    told = crms.sync()
    return crms.writes() == written and told["state"] == "nothing_to_do"


# Deletions.


def test_a_deleted_opportunity_deletes_its_deal_softly(
    crms: TwoCrms, order: tuple[str, str]
) -> None:
    opportunity, deal = order
    crms.salesforce.remove(opportunity)
    told = crms.sync()
    assert deal not in crms.hubspot.records
    assert deal in crms.hubspot.bin
    directions = told["object_types"][2]["directions"]
    assert [one["deleted"] for one in directions if one["from"] == "salesforce"] == [1]
    assert [(one.what, one.reason) for one in crms.turns()] == [
        (What.GONE, f"{opportunity} was deleted in Salesforce")
    ]
    assert crms.held("deals") == {}
    assert quiet(crms)


def test_what_a_deleted_record_held_is_in_the_journal(
    crms: TwoCrms, order: tuple[str, str]
) -> None:
    crms.salesforce.remove(order[0])
    crms.sync()
    shop = crms.workshop()
    [action] = shop.journal.actions(f"run-{crms.runs}", "deals")
    shop.close()
    assert {one.field: one.before for one in action.changes} == {
        "name": "Engine",
        "stage": "Prospecting",
        "close_date": "2026-02-01",
    }


def test_a_deleted_deal_keeps_its_opportunity_and_is_not_created_anew(
    crms: TwoCrms, order: tuple[str, str]
) -> None:
    opportunity, deal = order
    crms.hubspot.remove(deal)
    crms.sync()
    crms.salesforce.edit(opportunity, Amount=5)
    crms.sync()
    assert opportunity in crms.salesforce.records
    assert crms.records(HUBSPOT, "deals") == []
    assert crms.held("deals") == {opportunity: {"counterpart_deleted"}}
    assert quiet(crms)


def test_where_the_mapping_says_so_a_deleted_deal_deletes_its_opportunity(
    crms: TwoCrms, order: tuple[str, str]
) -> None:
    crms.policies["deals"] = frozenset({SALESFORCE})
    opportunity, deal = order
    crms.hubspot.remove(deal)
    crms.sync()
    assert opportunity in crms.salesforce.bin
    assert quiet(crms)


def test_a_contact_deleted_off_the_inclusion_list_is_followed_all_the_same(crms: TwoCrms) -> None:
    crms.policies["contacts"] = frozenset({HUBSPOT})
    hubspot_id, salesforce_id = person(crms)
    crms.hubspot.lists[LIST].clear()
    crms.sync()
    crms.salesforce.remove(salesforce_id)
    crms.sync()
    assert hubspot_id in crms.hubspot.bin


def test_leaving_the_list_deletes_nobody(crms: TwoCrms) -> None:
    crms.policies["contacts"] = frozenset(System)
    hubspot_id, salesforce_id = person(crms)
    crms.hubspot.lists[LIST].clear()
    crms.hubspot.edit(hubspot_id, jobtitle="CEO")
    crms.sync()
    assert salesforce_id in crms.salesforce.records
    assert crms.links() == {hubspot_id: salesforce_id}


@pytest.mark.parametrize("system", System)
def test_a_record_that_is_merely_hidden_deletes_nothing(crms: TwoCrms, system: System) -> None:
    crms.policies["contacts"] = frozenset(System)
    ids = dict(zip(System, person(crms), strict=True))
    # HubSpot hides no single record from a private token.
    crms.salesforce.hidden.add(ids[SALESFORCE])
    crms.crm(HUBSPOT).edit(ids[HUBSPOT], jobtitle=f"seen from {system}")
    crms.sync()
    assert ids[HUBSPOT] in crms.hubspot.records
    assert crms.held() == {ids[HUBSPOT]: {"counterpart_exists"}}
    crms.salesforce.hidden.clear()
    crms.hubspot.edit(ids[HUBSPOT], jobtitle="CEO")
    crms.sync()
    assert crms.salesforce.records[ids[SALESFORCE]].raw["Title"] == "CEO"


def test_a_read_that_is_refused_stops_the_run_and_deletes_nothing(
    crms: TwoCrms, order: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Unauthorized("403")

    monkeypatch.setattr(crms.salesforce, "changed_since", refuse)
    with pytest.raises(Unauthorized):
        crms.sync("deals")
    assert order[1] in crms.hubspot.records


def test_a_record_edited_since_the_plan_is_not_deleted_until_it_was_looked_at_again(
    crms: TwoCrms, order: tuple[str, str]
) -> None:
    opportunity, deal = order
    crms.salesforce.remove(opportunity)
    plain: Any = crms.hubspot.read

    def read(*arguments: Any) -> object:
        if deal in arguments[1]:  # by load: the overlap brought it to extract
            crms.hubspot.edit(deal, amount="7")
        return plain(*arguments)

    crms.hubspot.read = read  # type: ignore[method-assign, assignment]
    crms.sync()
    assert deal in crms.hubspot.records
    crms.hubspot.read = plain  # type: ignore[method-assign]
    crms.sync()
    assert deal in crms.hubspot.bin


def test_a_record_restored_before_the_deletion_landed_saves_its_counterpart(
    crms: TwoCrms, order: tuple[str, str]
) -> None:
    opportunity, deal = order
    crms.salesforce.remove(opportunity)
    plain: Any = crms.salesforce.read

    def read(*arguments: object) -> object:
        if opportunity in crms.salesforce.bin:
            crms.salesforce.restore(opportunity)
        return plain(*arguments)

    crms.salesforce.read = read  # type: ignore[method-assign, assignment]
    crms.sync()
    crms.sync()
    assert deal in crms.hubspot.records
    assert crms.links("deals") == {deal: opportunity}
    assert quiet(crms)


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_lost_answer_to_a_deletion_is_looked_up(
    crms: TwoCrms, order: tuple[str, str], lost: Any
) -> None:
    crms.salesforce.remove(order[0])
    crms.hubspot.fail_next(lost=lost)
    with pytest.raises(Unavailable):
        crms.sync()
    crms.sync()
    assert order[1] in crms.hubspot.bin
    assert crms.held("deals") == {}
    assert quiet(crms)


def test_a_refused_deletion_is_held_with_the_reason(crms: TwoCrms, order: tuple[str, str]) -> None:
    opportunity, deal = order
    crms.salesforce.remove(opportunity)
    crms.hubspot.fail_next("FORBIDDEN", record=deal)
    crms.sync()
    assert crms.held("deals") == {deal: {"accepted_by_hubspot"}}
    assert quiet(crms)


def test_deleted_in_both_systems_leaves_a_tombstone_and_nothing_to_do(
    crms: TwoCrms, order: tuple[str, str]
) -> None:
    opportunity, deal = order
    crms.salesforce.remove(opportunity)
    crms.hubspot.remove(deal)
    crms.sync()
    assert crms.held("deals") == {}
    assert quiet(crms)


def test_a_held_record_that_is_deleted_is_held_no_more(crms: TwoCrms) -> None:
    account = crms.put(SALESFORCE, "Account", Name="")
    deal = crms.put(SALESFORCE, "Opportunity", {"companies": account}, **ORDER, AccountId=account)
    crms.sync()
    assert crms.held("deals") == {deal: {"parent_linked"}}
    crms.salesforce.remove(deal)
    crms.sync()
    assert crms.held("deals") == {}
    assert quiet(crms)


def test_one_deleted_and_created_anew_by_a_person_is_linked_to_the_new_one(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = person(crms)
    crms.salesforce.remove(salesforce_id)
    crms.sync()
    again = crms.put(SALESFORCE, "Contact", Email=ADA["email"], LastName="Lovelace", Title="CEO")
    crms.sync()
    assert crms.links() == {hubspot_id: again}
    assert crms.held() == {}
    assert len(crms.records(HUBSPOT, "contacts")) == 1
    assert quiet(crms)


# Restores.


def test_a_restored_record_whose_counterpart_was_kept_syncs_again(
    crms: TwoCrms, order: tuple[str, str]
) -> None:
    opportunity, deal = order
    crms.hubspot.remove(deal)
    crms.sync()
    crms.salesforce.edit(opportunity, NextStep="call")
    crms.sync()
    crms.hubspot.restore(deal)
    crms.sync()
    assert crms.hubspot.records[deal].raw["hs_next_step"] == "call"
    assert crms.held("deals") == {}
    assert [one.what for one in crms.turns()] == [What.BACK]
    assert quiet(crms)


def test_a_restored_record_brings_back_the_one_the_sync_had_deleted(
    crms: TwoCrms, order: tuple[str, str]
) -> None:
    opportunity, deal = order
    crms.salesforce.remove(opportunity)
    crms.sync()
    crms.clock.advance(3600)
    crms.salesforce.restore(opportunity)
    crms.sync()
    [made] = crms.records(HUBSPOT, "deals")
    assert made.raw["dealname"] == "Engine"
    assert crms.links("deals")[made.id] == opportunity
    assert made.id != deal
    [turn] = crms.turns()
    assert (turn.what, turn.hubspot_id) == (What.MOVED, deal)
    assert "came back in Salesforce" in turn.reason
    assert quiet(crms)


def test_the_one_the_sync_deleted_brings_back_the_other_when_a_person_restores_it(
    crms: TwoCrms, order: tuple[str, str]
) -> None:
    opportunity, deal = order
    crms.salesforce.remove(opportunity)
    crms.sync()
    crms.clock.advance(3600)
    crms.hubspot.restore(deal)
    crms.sync()
    [made] = crms.records(SALESFORCE, "Opportunity")
    assert crms.links("deals") == {deal: made.id}


def test_a_hubspot_record_that_comes_back_without_a_new_stamp_is_noticed(
    crms: TwoCrms, order: tuple[str, str]
) -> None:
    opportunity, deal = order
    crms.hubspot.remove(deal)
    crms.salesforce.edit(opportunity, NextStep="call")
    crms.sync()
    crms.clock.advance(7200)
    record, _ = crms.hubspot.bin.pop(deal)
    crms.hubspot.records[deal] = record
    crms.sync()
    assert crms.hubspot.records[deal].raw["hs_next_step"] == "call"


# Merges.


@pytest.mark.parametrize("system", System)
def test_after_a_merge_the_survivor_keeps_its_link_and_the_loser_is_reported(
    crms: TwoCrms, system: System
) -> None:
    ada, grace = person(crms), person(crms, **GRACE)
    winner, loser = (dict(zip(System, ids, strict=True)) for ids in (ada, grace))
    crms.crm(system).merge(winner[system], loser[system])
    crms.sync()
    assert crms.held() == {loser[system.other]: {"counterpart_merged"}}
    left = loser[system.other]
    name = "jobtitle" if system.other is HUBSPOT else "Title"
    crms.crm(system.other).edit(left, **{name: "stale"})
    crms.sync()
    assert len(crms.crm(system).records) == 1
    assert crms.held() == {left: {"counterpart_merged"}}
    assert quiet(crms)


@pytest.mark.parametrize("system", System)
def test_a_link_follows_its_record_into_one_that_had_none(crms: TwoCrms, system: System) -> None:
    ids = dict(zip(System, person(crms), strict=True))
    if system is HUBSPOT:
        winner = crms.hubspot_contact(listed=False, email="ada@home.example.com", lastname="L")
    else:
        winner = crms.put(SALESFORCE, "Contact", LastName="")
    crms.sync()
    crms.crm(system).merge(winner, ids[system])
    crms.hubspot.lists[LIST].add(winner)
    crms.sync()
    ids[system] = winner
    assert crms.links() == {ids[HUBSPOT]: ids[SALESFORCE]}
    [turn] = crms.turns()
    assert turn.what is What.MOVED
    assert winner in turn.reason
    assert quiet(crms)


def test_a_record_that_went_through_two_merges_is_followed_to_the_end(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = person(crms)
    middle = crms.put(SALESFORCE, "Contact", LastName="")
    last = crms.put(SALESFORCE, "Contact", LastName="")
    crms.sync()
    crms.salesforce.merge(middle, salesforce_id)
    crms.salesforce.merge(last, middle)
    crms.sync()
    assert crms.links() == {hubspot_id: last}


def test_merged_on_both_sides_leaves_one_link_and_nobody_held(crms: TwoCrms) -> None:
    (h1, s1), (h2, s2) = person(crms), person(crms, **GRACE)
    crms.hubspot.merge(h1, h2)
    crms.salesforce.merge(s1, s2)
    crms.sync()
    assert crms.held() == {}
    assert crms.links()[h1] == s1
    assert quiet(crms)


# Lead conversion.


def test_a_converted_lead_hands_its_link_to_the_contact(crms: TwoCrms) -> None:
    lead = crms.put(SALESFORCE, "Lead", Email=ADA["email"], LastName="Lovelace", Company="Engines")
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.sync()
    assert crms.links() == {hubspot_id: lead}
    contact = crms.put(SALESFORCE, "Contact", Email=ADA["email"], LastName="Lovelace")
    crms.salesforce.convert(lead, contact)
    crms.hubspot.edit(hubspot_id, phone="+44 20 7946 0001")
    crms.sync()
    assert crms.links() == {hubspot_id: contact}
    assert crms.salesforce.records[contact].raw["Phone"] == "+44 20 7946 0001"
    assert crms.held() == {}
    assert len(crms.records(HUBSPOT, "contacts")) == 1
    assert quiet(crms)


def test_the_account_of_a_conversion_is_the_company_the_contact_is_in(crms: TwoCrms) -> None:
    company = crms.put(HUBSPOT, "companies", name="Engines Ltd")
    lead = crms.put(SALESFORCE, "Lead", Email=ADA["email"], LastName="Lovelace", Company="Engines")
    hubspot_id = crms.hubspot.put("contacts", ADA, parents={"companies": company})
    crms.put(SALESFORCE, "Account", Name="Unrelated")
    crms.sync()
    assert crms.links() == {hubspot_id: lead}
    account = crms.put(SALESFORCE, "Account", Name="Engines")
    contact = crms.put(
        SALESFORCE, "Contact", {"companies": account}, Email=ADA["email"], LastName="Lovelace"
    )
    crms.salesforce.convert(lead, contact)
    crms.sync()
    assert crms.links("companies")[company] == account
    assert crms.links() == {hubspot_id: contact}
    assert len(crms.records(HUBSPOT, "companies")) == 2
    assert quiet(crms)


def test_what_the_heir_lacks_is_filled_and_clears_nothing(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = person(crms)
    bare = crms.put(SALESFORCE, "Contact", LastName="Lovelace")
    crms.salesforce.remove(salesforce_id)
    crms.salesforce.bin[salesforce_id] = (
        crms.salesforce.bin[salesforce_id][0],
        Tombstone(salesforce_id, How.MERGED, bare, crms.clock()),
    )
    crms.sync()
    assert crms.hubspot.records[hubspot_id].raw["jobtitle"] == "Analyst"
    assert crms.salesforce.records[bare].raw["Title"] == "Analyst"
    assert crms.links() == {hubspot_id: bare}


def test_a_lead_converted_between_reading_and_writing_is_not_written(crms: TwoCrms) -> None:
    lead = crms.put(SALESFORCE, "Lead", Email=ADA["email"], LastName="Lovelace", Company="Engines")
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.sync()
    crms.hubspot.edit(hubspot_id, jobtitle="CEO")
    plain: Any = crms.salesforce.read

    def read(*arguments: Any) -> object:
        if lead in arguments[1] and lead in crms.salesforce.records:
            contact = crms.put(
                SALESFORCE, "Contact", Email=ADA["email"], LastName="Lovelace", Title="Analyst"
            )
            crms.salesforce.convert(lead, contact)
        return plain(*arguments)

    crms.salesforce.read = read  # type: ignore[method-assign, assignment]
    crms.sync()
    crms.salesforce.read = plain  # type: ignore[method-assign]
    crms.sync()
    [contact] = crms.records(SALESFORCE, "Contact")
    assert contact.raw["Title"] == "CEO"
    assert crms.links() == {hubspot_id: contact.id}
    assert crms.held() == {}


# The guard.


def orders(crms: TwoCrms, number: int) -> list[str]:
    ids = [crms.put(SALESFORCE, "Opportunity", **ORDER) for _ in range(number)]
    crms.sync()
    return ids


def test_ten_deletions_pass_and_eleven_are_stopped(crms: TwoCrms) -> None:
    ids = orders(crms, 21)
    for id_ in ids[:10]:
        crms.salesforce.remove(id_)
    crms.sync()
    assert len(crms.records(HUBSPOT, "deals")) == 11
    written = crms.writes()
    for id_ in ids[10:]:
        crms.salesforce.remove(id_)
    with pytest.raises(GuardTripped, match="delete 11 deals in HubSpot") as stopped:
        crms.sync()
    assert crms.writes() == written
    with pytest.raises(GuardTripped):
        crms.sync(allow_plan="0123456789abcdef")
    assert crms.writes() == written
    crms.sync(allow_plan=plan_named_in(stopped.value))
    assert crms.records(HUBSPOT, "deals") == []
    assert quiet(crms)


def test_a_plan_that_has_changed_needs_a_new_word(crms: TwoCrms) -> None:
    ids = orders(crms, 20)
    for id_ in ids[:15]:
        crms.salesforce.remove(id_)
    with pytest.raises(GuardTripped) as stopped:
        crms.sync()
    crms.salesforce.remove(ids[15])
    with pytest.raises(GuardTripped, match="delete 16 deals"):
        crms.sync(allow_plan=plan_named_in(stopped.value))
    assert len(crms.records(HUBSPOT, "deals")) == 20


def test_a_dry_run_shows_the_plan_that_the_guard_would_stop(crms: TwoCrms) -> None:
    for id_ in orders(crms, 12):
        crms.salesforce.remove(id_)
    told = crms.sync(dry_run=True)
    deals = told["object_types"][-1]
    assert deals["state"] == "planned"
    assert "would be stopped: the plan" in deals["note"]
    assert [one["deleted"] for one in deals["directions"] if one["from"] == "salesforce"] == [12]
    assert len(crms.records(HUBSPOT, "deals")) == 12


# Privacy.


def test_a_contact_erased_for_privacy_is_forgotten_and_never_created_anew(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="a secret title")
    crms.sync()
    crms.hubspot.erase(hubspot_id)
    crms.sync()
    assert crms.links() == {}
    crms.salesforce.edit(salesforce_id, Title="CEO")
    crms.sync()
    assert crms.records(HUBSPOT, "contacts") == []
    assert salesforce_id in crms.salesforce.records
    assert crms.held() == {salesforce_id: {"counterpart_erased"}}
    assert [one for one in (hubspot_id, ADA["email"], "secret") if one in tables(crms)] == []


def test_the_run_that_finds_somebody_erased_keeps_nothing_of_them(crms: TwoCrms) -> None:
    hubspot_id, _ = person(crms)
    person(crms, **GRACE)
    crms.hubspot.erase(hubspot_id)
    crms.put(SALESFORCE, "Opportunity", **ORDER)
    ended = crms.sync()
    assert [one["state"] for one in ended["object_types"]] == ["nothing_to_do", "done", "done"]
    assert len(crms.links("deals")) == 1
    assert everything_kept(crms, ADA["email"], "Lovelace", f'"{hubspot_id}"') == []


def test_a_step_that_is_cleared_after_somebody_was_forgotten_says_what_to_do(
    crms: TwoCrms, caplog: pytest.LogCaptureFixture
) -> None:
    erased_in_a_run(crms)
    shop, run = crms.workshop(), f"run-{crms.runs}"
    names = {"sync_run": run, "object_type": "contacts"}
    with caplog.at_level("INFO"):
        commit.run(shop.artifacts.reference(run, "contacts", "load"), **names, workshop=shop)
    assert "its artifacts are gone" in caplog.text
    with pytest.raises(StateError, match=r"somebody who is forgotten\. Clear the run's extract"):
        load.run(shop.artifacts.reference(run, "contacts", "plan"), **names, workshop=shop)
    assert [str(shop.journal.of(**names).state)] == ["done"]
    shop.close()
    assert quiet(crms)


def test_who_is_killed_between_artifacts_and_store_forgets_when_the_commit_is_repeated(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("include.crmsync.state.store.Store.forget", die)
        with pytest.raises(KeyboardInterrupt):
            erased_in_a_run(crms)
    assert len(crms.links()) == 1
    shop, run = crms.workshop(), f"run-{crms.runs}"
    loaded = shop.artifacts.reference(run, "contacts", "load")
    commit.run(loaded, sync_run=run, object_type="contacts", workshop=shop)
    shop.close()
    assert crms.links() == {}
    assert everything_kept(crms, ADA["email"], "Lovelace") == []


def test_a_run_whose_artifacts_are_gone_before_its_commit_fails(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("include.crmsync.state.store.Store.commit", die)
        with pytest.raises(KeyboardInterrupt):
            person(crms)
    shop, run = crms.workshop(), f"run-{crms.runs}"
    shop.artifacts.forget_run(run)
    loaded = shop.artifacts.reference(run, "contacts", "load")
    with pytest.raises(StateError, match="there is no artifact"):
        commit.run(loaded, sync_run=run, object_type="contacts", workshop=shop)
    shop.close()


def test_what_somebody_asked_for_is_reported_though_it_was_erased(crms: TwoCrms) -> None:
    erased, _ = person(crms)
    held = crms.hubspot_contact(email="nobody", lastname="Hopper")
    crms.sync()
    crms.hubspot.erase(erased)
    crms.ask(Request("contacts", {HUBSPOT: (erased, held)}))
    assert crms.links() == {}
    shop = crms.workshop()
    [report] = [
        one
        for one in tell("contacts", f"run-{crms.runs}", workshop=shop)["object_types"]
        if one["object_type"] == "contacts"
    ]
    shop.close()
    assert [one["id"] for one in report["held"]] == [held]
    assert everything_kept(crms, ADA["email"], "Lovelace") == []


HELD: dict[str, Any] = {"email": "ada canary@no address", "lastname": "Canarylace"}


def test_a_held_contact_that_was_archived_is_held_no_more(crms: TwoCrms) -> None:
    person(crms)
    hubspot_id = crms.hubspot_contact(**HELD)
    crms.sync()
    assert hubspot_id in crms.held()
    crms.hubspot.remove(hubspot_id)
    crms.sync()
    assert crms.held() == {}
    assert quiet(crms)


def test_a_held_contact_that_was_erased_is_forgotten(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(**HELD)
    crms.sync()
    crms.hubspot.erase(hubspot_id)
    crms.sync()
    assert crms.held() == {}
    assert everything_kept(crms, "canary", "Canarylace", f"'{hubspot_id}'") == []
    shop = crms.workshop()
    assert shop.store.forgotten("contacts", HUBSPOT, [hubspot_id]) == {hubspot_id}
    shop.close()
    assert quiet(crms)


def test_a_linked_contact_of_which_a_field_is_held_is_still_asked_after(crms: TwoCrms) -> None:
    hubspot_id, _ = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="T" * 999)
    crms.sync()
    assert hubspot_id in crms.held()
    crms.clock.advance(3600)
    crms.hubspot.erase(hubspot_id)
    crms.sync()
    assert crms.links() == {}
    assert hubspot_id not in crms.held()


def test_a_run_that_dies_before_it_forgot_somebody_held_leaves_that_to_the_next(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    hubspot_id = crms.hubspot_contact(**HELD)
    crms.sync()
    crms.hubspot.erase(hubspot_id)
    with monkeypatch.context() as patch:
        patch.setattr("include.crmsync.pipeline.commit.forget_erased", die)
        with pytest.raises(KeyboardInterrupt):
            crms.sync()
    assert hubspot_id in crms.held()
    crms.sync()
    assert crms.held() == {}
    assert everything_kept(crms, "canary", "Canarylace", f"'{hubspot_id}'") == []


def test_asking_after_held_contacts_costs_no_call_more(crms: TwoCrms) -> None:
    person(crms)
    assert quiet(crms)
    before = idle(crms)
    crms.hubspot_contact(**HELD)
    crms.sync()
    crms.clock.advance(3600)
    assert idle(crms) == before


def test_held_contacts_have_their_turn_beside_more_linked_ones_than_a_run_asks_after(
    crms: TwoCrms,
) -> None:
    crms.settings["probes"] = 4
    linked = [crms.hubspot_contact(email=f"p{one}@example.com", lastname="L") for one in range(9)]
    held = [crms.hubspot_contact(email=f"no address {one}", lastname="L") for one in range(3)]
    crms.sync()
    for id_ in (held[2], linked[8]):
        crms.hubspot.erase(id_)
    crms.clock.advance(3600)
    for _ in range(3):
        crms.sync()
    assert crms.held().keys() & {*held} == {*held[:2]}
    assert crms.links().keys() == set(linked[:8])


def idle(crms: TwoCrms) -> int:
    """Calls to HubSpot of a run that has nothing to do."""
    before = crms.hubspot.calls
    assert crms.sync("contacts")["state"] == "nothing_to_do"
    return crms.hubspot.calls - before


def erased_in_a_run(crms: TwoCrms) -> None:
    hubspot_id, _ = person(crms)
    crms.hubspot.erase(hubspot_id)
    crms.sync()


def die(*_: object, **__: object) -> None:
    """SIGKILL: no code of ours catches it."""
    raise KeyboardInterrupt


def test_whose_place_was_taken_by_somebody_erased_is_forgotten_too(crms: TwoCrms) -> None:
    theirs = crms.put(SALESFORCE, "Contact", Email=ADA["email"], LastName="Lovelace")
    crms.sync()
    [merged] = crms.links()
    kept = crms.hubspot_contact(email="augusta@example.com", lastname="Lovelace")
    crms.hubspot.merge(kept, merged)
    crms.sync()
    assert crms.links() == {kept: theirs}
    crms.hubspot.erase(kept)
    crms.sync()
    assert crms.links() == {}
    assert f"'{merged}'" not in tables(crms)


def test_somebody_who_asks_to_be_forgotten_is_in_no_table_and_no_artifact(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = person(crms, **{**ADA, "jobtitle": "a secret title"})
    crms.hubspot.edit(hubspot_id, phone="020 7946 0001")
    crms.clock.advance(60)
    crms.salesforce.edit(salesforce_id, Phone="020 7946 0002")
    crms.sync()
    shop = crms.workshop()
    assert forget(shop, Person(email="ADA@example.com ")) == 2
    assert forget(shop, Person(hubspot_id=hubspot_id)) == 0
    shop.close()
    assert everything_kept(crms, hubspot_id, salesforce_id, "ada@example.com", "7946") == []


@pytest.mark.parametrize("field", ["hubspot_id", "salesforce_id", "email"])
def test_whoever_is_remembered_no_more_is_still_taken_out_of_artifacts(
    crms: TwoCrms, field: str
) -> None:
    hubspot_id, salesforce_id = person(crms)
    texts = {path: path.read_text() for path in (crms.folder / "artifacts").rglob("*.json")}
    shop = crms.workshop()
    assert forget(shop, Person(hubspot_id=hubspot_id)) == 2
    for path, text in texts.items():  # as an earlier version left them
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    ids = {"hubspot_id": hubspot_id, "salesforce_id": salesforce_id, "email": "Ada@example.com"}
    assert forget(shop, Person(**{field: ids[field]})) == 0
    shop.close()
    assert everything_kept(crms, "ada@example.com", "Lovelace") == []


def everything_kept(crms: TwoCrms, *canaries: str) -> list[str]:
    """Which of these are in a table or an artifact."""
    text = tables(crms)
    text += "".join(one.read_text() for one in (crms.folder / "artifacts").rglob("*.json"))
    return [one for one in canaries if one in text]


def tables(crms: TwoCrms) -> str:
    """Everything the state store holds, as text."""
    with closing(sqlite3.connect(crms.folder / "state.db")) as connection:
        return "\n".join(connection.iterdump())


@pytest.mark.parametrize("first", list(System))
def test_whose_counterpart_is_deleted_leaves_the_list_once_it_is_deleted_too(
    crms: TwoCrms, first: System
) -> None:
    ours = crms.hubspot_contact(email="ada@example.com", lastname="Lovelace")
    crms.sync()
    ids = {HUBSPOT: ours, SALESFORCE: crms.links()[ours]}
    crms.clock.advance(3600)
    crms.crm(first).remove(ids[first])
    crms.sync()
    assert crms.held() == {ids[first.other]: {"counterpart_deleted"}}
    crms.clock.advance(3600)
    crms.crm(first.other).remove(ids[first.other])
    for _ in range(2):
        crms.sync()
        crms.clock.advance(900)
    assert crms.held() == {}
    assert crms.sync()["state"] == "nothing_to_do"
