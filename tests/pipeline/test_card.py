"""A record's card: what both systems hold now, and what the next run would do with it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from include.crmsync.errors import Unavailable
from include.crmsync.model.card import Now, State
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.pipeline import card, card_shop
from include.crmsync.pipeline.card_shop import LOOK, Looks
from include.crmsync.state.store import Store
from tests.pipeline.two_crms import LIST, TwoCrms

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
ADA: dict[str, Any] = {"email": "ada@example.com", "firstname": "Ada", "lastname": "Lovelace"}


@contextmanager
def looks(crms: TwoCrms) -> Iterator[Looks]:
    made: list[Any] = []

    def make() -> Any:
        made.append(crms.workshop())
        return made[-1]

    yield Looks(make)
    for shop in made:
        shop.close()


def look(crms: TwoCrms, id_: str, system: System = HUBSPOT, object_type: str = "contacts") -> Now:
    with looks(crms) as pool, pool.workshop() as shop:
        return card.now(object_type, (system, id_), shop)


def linked(crms: TwoCrms, **values: Any) -> tuple[str, str]:
    """A contact that is in both systems and in step."""
    id_ = crms.hubspot_contact(**{**ADA, **values})
    crms.sync()
    crms.sync()
    return id_, crms.links()[id_]


def test_a_pair_in_step_is_in_step_in_every_field(crms: TwoCrms) -> None:
    ours, theirs = linked(crms, phone="+44 20 7946 0001")
    for told in (look(crms, ours), look(crms, theirs, SALESFORCE)):
        assert told.trouble == ""
        assert told.answers[HUBSPOT].values["phone"] == "+44 20 7946 0001"
        assert told.answers[SALESFORCE].record_id == theirs
        assert told.fields["phone"].state is State.IN_STEP
        assert told.fields["employees"].state is State.NOT_SYNCED
        assert told.fields["company"].state is State.NOT_OF_KIND
        assert (told.steps, told.due, told.held) == ((), "", ())


def test_an_edit_goes_with_the_next_run(crms: TwoCrms) -> None:
    ours, _ = linked(crms)
    crms.hubspot.edit(ours, phone="+44 20 7946 0999")
    told = look(crms, ours)
    phone = told.fields["phone"]
    assert (phone.state, phone.to, phone.why) == (State.TRAVELS, SALESFORCE, "changed in HubSpot")
    [step] = told.steps
    assert (step.verb, step.system, step.fields) == (Verb.UPDATE, SALESFORCE, ("phone",))
    assert told.due == "it was edited in HubSpot since it was last judged"
    crms.sync()
    assert look(crms, ours).fields["phone"].state is State.IN_STEP


def test_edits_apart_are_a_conflict_with_its_winner(crms: TwoCrms) -> None:
    ours, theirs = linked(crms, city="London")
    crms.hubspot.edit(ours, city="Oxford")
    crms.clock.advance(5)
    crms.salesforce.edit(theirs, MailingCity="Cambridge")
    city = look(crms, ours).fields["city"]
    assert (city.state, city.to) == (State.CONFLICT, HUBSPOT)
    assert "Salesforce was edited last" in city.why


def test_what_the_card_foresees_is_what_the_run_does(crms: TwoCrms) -> None:
    ours, theirs = linked(crms, city="London", jobtitle="Analyst")
    crms.hubspot.edit(ours, city="Oxford", jobtitle="x" * 200)
    crms.salesforce.edit(theirs, Phone="+44 20 7946 0002")
    told = look(crms, ours)
    foreseen = {name for step in told.steps for name in step.fields}
    held = {one.criterion for one in told.held}
    crms.sync()
    shop = crms.workshop()
    wrote = {
        change.field
        for one in shop.journal.actions(f"run-{crms.runs}", "contacts")
        for change in one.changes
    }
    shop.close()
    assert foreseen == wrote == {"city", "phone"}
    assert held == crms.held()[ours]
    assert told.fields["title"].state is State.HELD


def test_a_look_leaves_nothing_behind_but_its_calls(crms: TwoCrms, tmp_path: Path) -> None:
    ours, _ = linked(crms)
    crms.hubspot.edit(ours, phone="+44 20 7946 0999")
    before = dict(crms.salesforce.records), dict(crms.hubspot.records)
    files = sorted(tmp_path.rglob("*.json"))
    shop = crms.workshop()
    rows = len(shop.journal.runs(1000)), shop.store.changes("contacts")
    look(crms, ours)
    assert (crms.salesforce.records, crms.hubspot.records) == before
    assert sorted(tmp_path.rglob("*.json")) == files
    assert (len(shop.journal.runs(1000)), shop.store.changes("contacts")) == rows
    shop.close()


def test_a_new_record_on_the_list_would_be_created(crms: TwoCrms) -> None:
    linked(crms)
    id_ = crms.hubspot_contact(email="bob@example.com", lastname="Bob")
    told = look(crms, id_)
    assert [(one.verb, one.system) for one in told.steps] == [(Verb.CREATE, SALESFORCE)]
    assert told.matched is None
    assert told.due == "it was edited in HubSpot since it was last judged"


def test_why_a_record_is_not_over_there(crms: TwoCrms) -> None:
    linked(crms)
    unlisted = crms.hubspot_contact(listed=False, email="eve@example.com", lastname="Eve")
    nameless = crms.hubspot_contact(email="kim@example.com")
    assert "on_inclusion_list" in {one.criterion for one in look(crms, unlisted).held}
    assert "has_last_name" in {one.criterion for one in look(crms, nameless).held}
    assert look(crms, unlisted).steps == ()


def test_a_record_that_would_match_names_its_counterpart(crms: TwoCrms) -> None:
    linked(crms)
    theirs = crms.put(SALESFORCE, "Contact", Email="bob@example.com", LastName="Bob")
    ours = crms.hubspot_contact(email="bob@example.com", lastname="Robert")
    told = look(crms, ours)
    assert told.matched == theirs
    assert told.answers[SALESFORCE].record_id == theirs
    assert told.answers[SALESFORCE].values["last_name"] == "Bob"


def test_a_contact_that_left_the_list_stays_as_it_is(crms: TwoCrms) -> None:
    ours, _ = linked(crms)
    crms.hubspot.lists[LIST].discard(ours)
    crms.hubspot.edit(ours, phone="+44 20 7946 0999")
    told = look(crms, ours)
    assert told.steps == ()
    assert told.fields["phone"].state is State.HELD
    assert "its record is held" in told.fields["phone"].why


def test_one_system_that_does_not_answer_leaves_the_other(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _ = linked(crms)

    def silent(*_: object) -> Any:
        raise Unavailable("GET /crm: no answer (ReadTimeout)")

    monkeypatch.setattr(crms.salesforce, "read", silent)
    told = look(crms, ours)
    assert told.answers[HUBSPOT].values["last_name"] == "Lovelace"
    assert told.answers[SALESFORCE].trouble.startswith("Salesforce was asked, and gave no answer")
    assert "cannot be told now" in told.trouble
    assert told.fields == {}


def test_a_deleted_counterpart_is_told_by_its_systems_own_word(crms: TwoCrms) -> None:
    ours, theirs = linked(crms)
    crms.salesforce.remove(theirs)
    told = look(crms, ours)
    assert told.answers[SALESFORCE].gone == "Salesforce says that it is gone: deleted."


def test_an_id_that_nobody_has_is_an_empty_card(crms: TwoCrms) -> None:
    linked(crms)
    told = look(crms, "999999")
    assert told.answers[HUBSPOT].record_id is None
    assert (told.steps, told.held, told.trouble) == ((), (), "")


def test_owners_and_list_cost_no_reading_of_all_of_them(crms: TwoCrms) -> None:
    ours, _ = linked(crms)
    before = crms.hubspot.calls, crms.salesforce.calls
    look(crms, ours)
    spent = crms.hubspot.calls - before[0], crms.salesforce.calls - before[1]
    assert spent[0] <= 4
    assert spent[1] <= 2


def test_calls_of_a_look_count_among_those_of_the_day(crms: TwoCrms) -> None:
    ours, _ = linked(crms)
    shop = crms.workshop()
    day = crms.clock.at.replace(hour=0)
    with looks(crms) as pool, pool.workshop() as looking:
        card.now("contacts", (HUBSPOT, ours), looking)
        before, spent = shop.uses.since(HUBSPOT, day), crms.hubspot.calls
        card.now("contacts", (HUBSPOT, ours), looking)
    assert shop.uses.since(HUBSPOT, day) - before == crms.hubspot.calls - spent > 0
    shop.close()


def test_a_field_that_stands_apart_by_its_rule_says_so(crms: TwoCrms) -> None:
    ours, _ = linked(crms)
    mapping = crms.workshop().mappings["contacts"]
    fields = tuple(
        replace(one, rule=SyncRule.ALWAYS_SALESFORCE) if one.name == "phone" else one
        for one in mapping.fields
    )
    crms.rules = {"contacts": {"fields": fields}}
    crms.hubspot.edit(ours, phone="1234567")
    phone = look(crms, ours).fields["phone"]
    assert (phone.state, phone.to) == (State.TRAVELS, HUBSPOT)


def test_a_tombstone_lets_nothing_travel(crms: TwoCrms) -> None:
    ours, theirs = linked(crms)
    crms.salesforce.remove(theirs)
    crms.sync()
    crms.hubspot.edit(ours, phone="1234567")
    told = look(crms, ours)
    assert told.steps == ()
    assert "counterpart_deleted" in {one.criterion for one in told.held}


def test_another_account_is_not_mistaken_for_the_remembered_one(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _ = linked(crms)
    monkeypatch.setattr(type(crms.hubspot), "fingerprint", "other")
    monkeypatch.setattr(crms.hubspot, "account", lambda: "another portal")
    told = look(crms, ours)
    assert "another account" in told.answers[HUBSPOT].trouble


def test_workshops_are_used_again_and_never_by_two(crms: TwoCrms) -> None:
    with looks(crms) as pool:
        with pool.workshop() as first, pool.workshop() as second:
            assert first is not second
        with pool.workshop() as again:
            assert again in (first, second)
    assert LOOK


def test_parents_and_roles_stand_as_in_a_run_though_only_near_links_are_read(
    crms: TwoCrms,
) -> None:
    company = crms.put(HUBSPOT, "companies", name="Orbital")
    other = crms.put(HUBSPOT, "companies", name="Binary")
    ours = crms.hubspot_contact(**ADA)
    crms.hubspot.put_below(ours, companies=company)
    bob = crms.hubspot_contact(email="bob@example.com", lastname="Bob")
    crms.hubspot.put_below(bob, companies=other)
    crms.sync()
    crms.sync()
    crms.sync()
    told = look(crms, ours)
    assert told.fields["account"].state is State.IN_STEP
    assert (told.answers[HUBSPOT].values["account"] or "").isdigit()
    crms.hubspot.put_below(ours, companies=other)
    crms.hubspot.edit(ours, phone="1234567")
    account = look(crms, ours).fields["account"]
    assert (account.state, account.to) == (State.TRAVELS, SALESFORCE)


def test_a_record_of_no_counterpart_has_nothing_to_compare_with(crms: TwoCrms) -> None:
    linked(crms)
    unlisted = crms.hubspot_contact(listed=False, email="eve@example.com", lastname="Eve")
    assert look(crms, unlisted).fields["phone"].state is State.ALONE


def test_only_so_many_look_at_once_and_the_next_is_told(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_shop, "WAIT", 0.01)
    with looks(crms) as pool, ExitStack() as busy:
        for _ in range(card_shop.MOST_AT_ONCE):
            busy.enter_context(pool.workshop())
        with pytest.raises(Unavailable, match="too many"), pool.workshop():
            pass


def test_a_connection_is_read_anew_after_a_while(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    with looks(crms) as pool:
        with pool.workshop() as first:
            pass
        monkeypatch.setattr(card_shop, "KEPT", -1.0)
        with pool.workshop() as again:
            assert again is first
        ours = Looks(crms.workshop)
        with ours.workshop() as old:
            pass
        with ours.workshop() as new:
            assert new is not old
            new.close()


def test_what_is_held_of_others_is_not_read(crms: TwoCrms, monkeypatch: pytest.MonkeyPatch) -> None:
    linked(crms)
    unlisted = crms.hubspot_contact(listed=False, email="eve@example.com", lastname="Eve")
    other = crms.hubspot_contact(listed=False, email="kim@example.com", lastname="Kim")
    crms.sync()
    assert other in crms.held()
    for name in ("held", "all_joined", "linked_ids"):
        monkeypatch.setattr(Store, name, None)
    with looks(crms) as pool, pool.workshop() as shop:
        card.now("contacts", (HUBSPOT, unlisted), shop)
