"""How many calls a plan needs is an upper bound, and what fits by it stays below the room."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.engine.forecast import Sizes, calls_for, fitting, forecast, in_order
from include.crmsync.model.plan import Action, Plan, Verb
from include.crmsync.model.record import System

HUBSPOT = Sizes(window=100, batch=100)
SALESFORCE = Sizes(window=2000, batch=200, bulk=2000)
counts = st.integers(0, 3_000)
either = st.sampled_from([HUBSPOT, SALESFORCE, Sizes(10, 3)])


def action(number: int, verb: Verb = Verb.UPDATE) -> Action:
    return Action(f"{verb}{number:05}", verb, System.HUBSPOT, "contacts", "contacts", "1", "a", ())


UPDATE = action(0)


@given(count=counts, room=st.integers(0, 500), sizes=either)
def test_what_fits_never_needs_more_than_the_room(count: int, room: int, sizes: Sizes) -> None:
    fits = fitting([UPDATE] * count, room, sizes)
    assert 0 <= fits <= count
    assert calls_for(fits, sizes) <= room


@given(count=st.integers(1, 3000), sizes=either)
def test_with_room_for_all_of_it_nothing_waits(count: int, sizes: Sizes) -> None:
    assert fitting([UPDATE] * count, calls_for(count, sizes), sizes) == count


@given(count=st.integers(1, 20_000), sizes=either)
def test_more_actions_never_need_fewer_calls(count: int, sizes: Sizes) -> None:
    if sizes.bulk is None:
        assert calls_for(count, sizes) >= calls_for(count - 1, sizes)
    assert calls_for(count, sizes) > 0


def test_nothing_to_write_needs_no_call() -> None:
    assert calls_for(0, HUBSPOT) == 0
    assert forecast(Plan("contacts"), System.HUBSPOT, HUBSPOT) == 0


def test_a_plan_counts_the_actions_of_its_system_alone() -> None:
    actions = tuple(action(number) for number in range(250))
    other = replace(action(999), system=System.SALESFORCE)
    plan = Plan("contacts", (*actions, other))
    assert forecast(plan, System.HUBSPOT, HUBSPOT) == calls_for(250, HUBSPOT) == 14
    assert forecast(plan, System.SALESFORCE, SALESFORCE) == calls_for(1, SALESFORCE)


def test_each_merge_is_a_call_of_its_own() -> None:
    merges = [action(number, Verb.MERGE) for number in range(30)]
    plan = Plan("contacts", tuple(merges))
    assert forecast(plan, System.HUBSPOT, HUBSPOT) == calls_for(30, HUBSPOT) + 30
    assert fitting(merges, calls_for(30, HUBSPOT) + 29, HUBSPOT) < 30


def test_a_bulk_job_needs_far_fewer_calls_than_batches() -> None:
    assert calls_for(100_000, SALESFORCE) < 200 < calls_for(100_000, replace(SALESFORCE, bulk=None))


def test_deletions_go_first_then_creates_then_updates() -> None:
    actions = [action(n, verb) for n in (2, 1) for verb in (Verb.UPDATE, Verb.CREATE, Verb.DELETE)]
    assert [one.verb for one in in_order(actions)] == [
        *(Verb.DELETE, Verb.DELETE, Verb.CREATE, Verb.CREATE, Verb.UPDATE, Verb.UPDATE)
    ]
    assert [one.id for one in in_order(actions)][:2] == ["delete00002", "delete00001"]


def test_what_somebody_asked_for_goes_before_all_of_it() -> None:
    wanted = replace(action(3), origin_id="asked for")
    one, two = action(1), action(2, Verb.DELETE)
    assert in_order([one, two, wanted], {(System.SALESFORCE, "asked for")}) == [wanted, two, one]
    assert in_order([one, two, wanted], {(System.HUBSPOT, "asked for")}) == [two, one, wanted]
