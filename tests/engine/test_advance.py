from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.engine.account import account
from include.crmsync.engine.advance import advance
from include.crmsync.errors import StateError
from include.crmsync.model.departure import How
from include.crmsync.model.link import Turn, What
from include.crmsync.model.outcome import Outcome, Refusal, Result
from include.crmsync.model.plan import Action, Change, Gone, Held, Pair, Plan, Verb
from include.crmsync.model.record import System, Value
from tests.builders import link

OLD = link("1", "a", {"phone": "1", "city": "Bern"})
LINKS = {1: OLD}


def update(after: Value = "2", id_: str = "u") -> Action:
    change = Change("phone", "1", after, "changed in HubSpot")
    return Action(id_, Verb.UPDATE, System.SALESFORCE, "contacts", "Contact", "a", "1", (change,))


CREATE = Action(
    "c",
    Verb.CREATE,
    System.SALESFORCE,
    "contacts",
    "Contact",
    None,
    "9",
    (Change("phone", None, "2", "new"),),
)
LINKED = Pair("1", "a", "Contact", 1, 1, {"phone": "2", "city": "Basel"}, ("u",))
UPDATE_PLAN = Plan("contacts", (update(),), (LINKED,))
CREATE_PLAN = Plan(
    "contacts", (CREATE,), (Pair("9", None, "Contact", None, 0, {"phone": "2"}, ("c",)),)
)


def test_the_base_takes_what_was_read_back_not_what_was_sent() -> None:
    outcome = Outcome("u", Result.APPLIED, "a", stored={"phone": "2 (cut)"})
    [after] = advance(UPDATE_PLAN, {"u": outcome}, LINKS).links
    assert after.base == {"phone": "2 (cut)", "city": "Basel"}
    assert after.bounced == {"phone": "2"}


def test_what_was_stored_differently_is_held_at_once_for_the_two_differ() -> None:
    outcome = Outcome("u", Result.APPLIED, "a", stored={"phone": "2 (cut)"})
    [held] = advance(UPDATE_PLAN, {"u": outcome}, LINKS).refused
    assert (held.system, held.record_id, held.field) == (System.HUBSPOT, "1", "phone")
    assert (held.criterion, held.value) == ("stored_as_sent", "2")


@pytest.mark.parametrize(
    "result", [Result.REJECTED, Result.SUPERSEDED, Result.RETRYABLE, Result.SKIPPED]
)
def test_what_did_not_land_leaves_its_base(result: Result) -> None:
    links = {1: replace(OLD, bounced={"phone": "0", "city": "Berne"})}
    [after] = advance(UPDATE_PLAN, {"u": Outcome("u", result, "a")}, links).links
    assert after.base == {"phone": "1", "city": "Basel"}
    assert after.bounced == {"phone": "0"}


def test_a_create_that_landed_makes_a_link() -> None:
    [made] = advance(CREATE_PLAN, {"c": Outcome("c", Result.APPLIED, "new")}, {}).links
    assert (made.hubspot_id, made.salesforce_id, made.base) == ("9", "new", {"phone": "2"})


def test_a_create_that_was_refused_makes_none_and_is_held_with_the_crms_words() -> None:
    refused = Outcome("c", Result.REJECTED, code="STRING_TOO_LONG", message="Title is too long.")
    advanced = advance(CREATE_PLAN, {"c": refused}, {})
    assert advanced.links == ()
    [held] = advanced.refused
    assert (held.system, held.record_id) == (System.HUBSPOT, "9")
    assert "STRING_TOO_LONG" in held.reason


@pytest.mark.parametrize("swept", [True, False])
def test_what_is_refused_says_when_it_goes_again(swept: bool) -> None:
    refused = Outcome("c", Result.REJECTED, code="A_RULE", message="No.")
    [record] = advance(CREATE_PLAN, {"c": refused}, {}, swept=lambda *_: swept).refused
    field = Outcome("u", Result.APPLIED, "a", refused=(Refusal("phone", "A_RULE", "No."),))
    [part] = advance(UPDATE_PLAN, {"u": field}, LINKS, swept=lambda *_: swept).refused
    for one in (record, part):
        assert one.reason.endswith("schema changes, and by the nightly sweep.") is swept
        assert one.reason.endswith("schema changes.") is not swept


@pytest.mark.parametrize(
    ("message", "said"), [("Use it?", "Use it?"), ("No. ", "No."), ("No", "No.")]
)
def test_what_a_crm_said_ends_once(message: str, said: str) -> None:
    refused = Outcome("c", Result.REJECTED, code="A_RULE", message=message)
    [held] = advance(CREATE_PLAN, {"c": refused}, {}).refused
    assert f"refused it: A_RULE: {said} " in f"{held.reason} "


@pytest.mark.parametrize("result", [Result.SUPERSEDED, Result.RETRYABLE])
def test_what_may_pass_is_read_again(result: Result) -> None:
    advanced = advance(UPDATE_PLAN, {"u": Outcome("u", result, "a", message="busy")}, LINKS)
    assert advanced.again == ((System.HUBSPOT, "1", "busy"),)


def test_an_action_without_outcome_stops_the_commit() -> None:
    with pytest.raises(StateError, match="no outcome"):
        advance(UPDATE_PLAN, {}, LINKS)


DELETE = Action(
    "d",
    Verb.DELETE,
    System.SALESFORCE,
    "contacts",
    "Contact",
    "a",
    "1",
    (Change("phone", "1", None, "gone"),),
)
GONE = Gone(System.HUBSPOT, How.DELETED, followed=True)
DELETE_PLAN = Plan(
    "contacts", (DELETE,), (Pair("1", "a", "Contact", 1, 1, {}, ("d",), reason="why", gone=GONE),)
)


def test_a_deletion_that_landed_leaves_a_tombstone_with_the_base_it_had() -> None:
    advanced = advance(DELETE_PLAN, {"d": Outcome("d", Result.APPLIED, "a")}, LINKS)
    [after] = advanced.links
    assert (after.gone_in, after.gone_how, after.followed) == (System.HUBSPOT, How.DELETED, True)
    assert after.base == OLD.base
    assert advanced.turns == (Turn(1, What.GONE, "1", "a", "why"),)


@pytest.mark.parametrize("result", [Result.SUPERSEDED, Result.RETRYABLE])
def test_a_deletion_that_did_not_land_leaves_the_link_and_is_looked_at_again(
    result: Result,
) -> None:
    advanced = advance(DELETE_PLAN, {"d": Outcome("d", result, "a", message="busy")}, LINKS)
    assert advanced.links == ()
    assert advanced.turns == ()
    assert advanced.again == ((System.HUBSPOT, "1", "busy"),)


def test_a_refused_deletion_is_held_on_the_record_that_stays() -> None:
    refused = Outcome("d", Result.REJECTED, "a", code="NO", message="NO")
    advanced = advance(DELETE_PLAN, {"d": refused}, LINKS)
    [held] = advanced.refused
    assert (held.system, held.record_id) == (System.SALESFORCE, "a")
    [after] = advanced.links
    assert (after.lives, after.followed) == (False, False)


def test_a_link_with_a_new_record_starts_its_base_anew() -> None:
    moved = Pair("9", "a", "Contact", 1, 1, {"phone": "2"}, afresh=True, reason="found again")
    advanced = advance(Plan("contacts", (), (moved,)), {}, LINKS)
    [after] = advanced.links
    assert (after.hubspot_id, after.base) == ("9", {"phone": "2"})
    assert advanced.turns == (Turn(1, What.MOVED, "1", "a", "found again"),)


def test_every_record_read_is_in_one_place() -> None:
    held = [Held(System.HUBSPOT, "contacts", "8", "has_email", "email", None, "")]
    equal = Pair("7", "g", "Contact", 7, 1, {})
    plan = Plan("contacts", (update(),), (LINKED, equal))
    extracted = {System.HUBSPOT: ["1", "7", "8"], System.SALESFORCE: ["a"]}
    counts = account(plan, held, extracted, {"u": Outcome("u", Result.APPLIED)}, {})
    hubspot = counts[System.HUBSPOT]
    assert (hubspot.extracted, hubspot.equal, hubspot.held, hubspot.updated) == (3, 1, 1, 1)


def test_a_record_that_is_nowhere_stops_the_run() -> None:
    with pytest.raises(StateError, match="neither planned, held"):
        account(UPDATE_PLAN, [], {System.HUBSPOT: ["1", "6"], System.SALESFORCE: []}, {}, {})


ENDS = st.sampled_from(list(Result))


@given(ends=st.lists(ENDS, max_size=12), equal=st.integers(0, 3), on_hold=st.integers(0, 3))
def test_whatever_became_of_it_every_record_is_in_exactly_one_place(
    ends: list[Result], equal: int, on_hold: int
) -> None:
    actions = tuple(replace(update(id_=f"u{n}"), origin_id=f"h{n}") for n in range(len(ends)))
    outcomes = {f"u{n}": Outcome(f"u{n}", end) for n, end in enumerate(ends)}
    quiet = [f"e{n}" for n in range(equal)]
    stopped = [f"s{n}" for n in range(on_hold)]
    pairs = [replace(LINKED, hubspot_id=id_, actions=()) for id_ in quiet]
    held = [Held(System.HUBSPOT, "contacts", id_, "c", None, None, "why") for id_ in stopped]
    read = {System.HUBSPOT: [*(one.origin_id for one in actions), *quiet, *stopped]}
    plan = Plan("contacts", actions, tuple(pairs))
    counts = account(plan, held, read | {System.SALESFORCE: []}, outcomes, {})[System.HUBSPOT]
    assert counts.extracted == counts.accounted == len(ends) + equal + on_hold
    assert counts.updated == ends.count(Result.APPLIED)
    assert counts.failed == ends.count(Result.REJECTED)
    assert (counts.equal, counts.held) == (equal, on_hold)


def test_a_record_of_which_some_fields_landed_is_updated_and_its_bad_field_held() -> None:
    refusal = Refusal("phone", "STRING_TOO_LONG", "STRING_TOO_LONG on Phone: no")
    outcome = Outcome("u", Result.APPLIED, "a", stored={}, refused=(refusal,))
    found = advance(UPDATE_PLAN, {"u": outcome}, LINKS)
    [after] = found.links
    assert after.base == {"phone": "1", "city": "Basel"}
    [held] = found.refused
    assert (held.record_id, held.field, held.value, held.code) == (
        *("1", "phone", "2"),
        "STRING_TOO_LONG",
    )
    counts = account(
        UPDATE_PLAN,
        found.refused,
        {System.HUBSPOT: ["1"], System.SALESFORCE: []},
        {"u": outcome},
        {},
    )[System.HUBSPOT]
    assert (counts.extracted, counts.updated, counts.held) == (1, 1, 0)
