"""What the guard stops, and whom it lets through."""

import hashlib
import json
from dataclasses import asdict, replace

import pytest

from include.crmsync.engine.guard import (
    CLEARS_AT_LEAST,
    DELETES_AT_MOST,
    UPDATES_AT_LEAST,
    guard,
    plan_id,
)
from include.crmsync.errors import GuardTripped
from include.crmsync.model.plan import Action, Change, Pair, Plan, Verb
from include.crmsync.model.record import System, Value


def action(number: int, verb: Verb, after: Value = "2") -> Action:
    change = Change("phone", "1", after, "")
    id_ = f"{verb}:{number}"
    target = System.SALESFORCE
    return Action(id_, verb, target, "contacts", "Contact", f"a{number}", f"{number}", (change,))


def plan(count: int, verb: Verb, after: Value = "2", *, known: bool = True) -> Plan:
    actions = tuple(action(number, verb, after) for number in range(count))
    pairs = tuple(
        Pair(one.origin_id, one.record_id, "Contact", 1 if known else None, 1, {}, (one.id,))
        for one in actions
    )
    return Plan("contacts", actions, pairs)


@pytest.mark.parametrize(
    ("linked", "most"), [(0, 10), (999, 10), (1100, 11), (20_000, 200), (900_000, DELETES_AT_MOST)]
)
def test_deletions_up_to_one_percent_pass_ten_always_and_never_more_than_500(
    linked: int, most: int
) -> None:
    guard(plan(most, Verb.DELETE), linked)
    with pytest.raises(GuardTripped, match=f"delete {most + 1} contacts in Salesforce"):
        guard(plan(most + 1, Verb.DELETE), linked)


def test_clearing_a_few_records_is_ordinary_and_clearing_most_is_not() -> None:
    guard(plan(CLEARS_AT_LEAST, Verb.UPDATE, None), 10_000)
    with pytest.raises(GuardTripped, match="clear fields of 51 contacts"):
        guard(plan(CLEARS_AT_LEAST + 1, Verb.UPDATE, None), 10_000)


def test_updates_of_half_the_linked_records_pass_and_of_more_do_not() -> None:
    guard(plan(1000, Verb.UPDATE), 2000)
    with pytest.raises(GuardTripped, match="update 1001 contacts"):
        guard(plan(1001, Verb.UPDATE), 2000)
    guard(plan(1001, Verb.UPDATE), 2000, updates_share=0.9)


def test_a_small_account_may_update_all_it_has() -> None:
    guard(plan(UPDATES_AT_LEAST, Verb.UPDATE), UPDATES_AT_LEAST)


def test_first_links_touch_many_records_by_nature() -> None:
    guard(plan(5000, Verb.UPDATE, known=False), 0)


def test_the_named_plan_passes_and_no_other() -> None:
    suspicious = plan(11, Verb.DELETE)
    with pytest.raises(GuardTripped) as stopped:
        guard(suspicious, 0)
    name = plan_id(suspicious)
    assert name in str(stopped.value)
    guard(suspicious, 0, allowed=f"fedcba9876543210, {name}")
    with pytest.raises(GuardTripped):
        guard(plan(12, Verb.DELETE), 0, allowed=name)


def test_a_plans_id_is_that_of_what_it_writes_in_whatever_order() -> None:
    one = plan(3, Verb.UPDATE)
    assert plan_id(replace(one, actions=one.actions[::-1], pairs=())) == plan_id(one)
    assert plan_id(plan(3, Verb.UPDATE, "3")) != plan_id(one)
    assert plan_id(replace(one, object_type="deals")) != plan_id(one)


def test_a_plans_id_is_the_hash_of_all_that_its_actions_say() -> None:
    some = (action(2, Verb.UPDATE, None), action(1, Verb.CREATE))
    told = [asdict(one) for one in sorted(some, key=lambda one: one.id)]
    text = json.dumps(["contacts", told], sort_keys=True)
    expected = hashlib.sha256(text.encode()).hexdigest()[:16]
    assert plan_id(Plan("contacts", some)) == plan_id(Plan("contacts", some[::-1])) == expected
