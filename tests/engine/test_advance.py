import pytest

from include.crmsync.engine.account import account
from include.crmsync.engine.advance import advance
from include.crmsync.engine.guard import CLEARS_AT_LEAST, guard
from include.crmsync.errors import GuardTripped, StateError
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Change, Held, Pair, Plan, Verb
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


@pytest.mark.parametrize(
    "result", [Result.REJECTED, Result.SUPERSEDED, Result.RETRYABLE, Result.SKIPPED]
)
def test_what_did_not_land_leaves_its_base(result: Result) -> None:
    [after] = advance(UPDATE_PLAN, {"u": Outcome("u", result, "a")}, LINKS).links
    assert after.base == {"phone": "1", "city": "Basel"}


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


@pytest.mark.parametrize("result", [Result.SUPERSEDED, Result.RETRYABLE])
def test_what_may_pass_is_read_again(result: Result) -> None:
    advanced = advance(UPDATE_PLAN, {"u": Outcome("u", result, "a", message="busy")}, LINKS)
    assert advanced.again == ((System.HUBSPOT, "1", "busy"),)


def test_an_action_without_outcome_stops_the_commit() -> None:
    with pytest.raises(StateError, match="no outcome"):
        advance(UPDATE_PLAN, {}, LINKS)


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


def clearing(count: int) -> Plan:
    pair = Pair("1", "a", "Contact", 1, 1, {})
    return Plan("contacts", tuple(update(None, str(n)) for n in range(count)), (pair,) * count)


def test_clearing_a_few_records_is_ordinary() -> None:
    guard(clearing(CLEARS_AT_LEAST))


def test_clearing_most_records_stops_before_the_first_write() -> None:
    with pytest.raises(GuardTripped, match="allow-clears"):
        guard(clearing(CLEARS_AT_LEAST + 1))
