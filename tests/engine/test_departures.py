"""What becomes of links whose records are gone: the rules, one by one."""

import random
from dataclasses import replace
from typing import Any

import pytest

from include.crmsync.engine.departures import survivor
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.reconcile import Situation, reconcile
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.link import Link
from include.crmsync.model.plan import Plan, Verb
from include.crmsync.model.record import Record, System
from tests.builders import BOTH, MORNING, frame, link, mapping, record

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
FOLLOWING = mapping(deletes_in=BOTH)
BASE = {"email": "ada@example.com", "phone": "1"}
ADA = link("1", "a", BASE)
VALUES: dict[str, Any] = {"email": "ada@example.com", "phone": "1"}


def plan(
    *records: Record,
    links: tuple[Link, ...] = (ADA,),
    gone: tuple[tuple[System, Tombstone], ...] = (),
    of: object = FOLLOWING,
    **more: object,
) -> Plan:
    frames = {
        system: frame(system, [one for one in records if one.system is system], of)  # type: ignore[arg-type]
        for system in System
    }
    graves = {
        system: {one.record_id: one for where, one in gone if where is system} for system in System
    }
    situation = Situation(of, frames, links, Directory(), gone=graves)  # type: ignore[arg-type]
    return reconcile(replace(situation, **more))  # type: ignore[arg-type]


def here(**values: Any) -> Record:
    return record(HUBSPOT, "1", **{**VALUES, **values})


def there(id_: str = "a", **values: Any) -> Record:
    return record(SALESFORCE, id_, **{**VALUES, **values})


def deleted(id_: str) -> Tombstone:
    return Tombstone(id_, How.DELETED, at=MORNING)


def test_a_deletion_is_followed_with_every_value_the_record_held() -> None:
    made = plan(here(), gone=((SALESFORCE, deleted("a")),))
    [action] = made.actions
    assert (action.verb, action.system, action.record_id) == (Verb.DELETE, HUBSPOT, "1")
    assert {one.field: (one.before, one.after) for one in action.changes} == {
        "email": ("ada@example.com", None),
        "phone": ("1", None),
    }
    [pair] = made.pairs
    assert pair.gone is not None
    assert (pair.gone.system, pair.gone.followed) == (SALESFORCE, True)


@pytest.mark.parametrize("how", [How.MERGED, How.CONVERTED, How.ERASED])
def test_only_what_was_deleted_is_followed(how: How) -> None:
    made = plan(here(), gone=((SALESFORCE, Tombstone("a", how)),))
    assert made.actions == ()
    assert [one.record_id for one in made.held] == ["1"]


def test_kept_by_the_mapping_it_is_held_and_nothing_is_created() -> None:
    made = plan(here(phone="2"), gone=((SALESFORCE, deleted("a")),), of=mapping())
    assert made.actions == ()
    assert [one.criterion for one in made.held] == ["counterpart_deleted"]


def test_without_a_tombstone_nothing_is_deleted() -> None:
    made = plan(here(phone="2"))
    assert made.actions == ()
    assert [one.criterion for one in made.held] == ["counterpart_exists"]


def test_an_edited_counterpart_is_deleted_too() -> None:
    [action] = plan(here(phone="2"), gone=((SALESFORCE, deleted("a")),)).actions
    assert action.verb is Verb.DELETE


def test_a_link_moves_to_the_heir_and_its_edits_travel() -> None:
    heir = Tombstone("a", How.MERGED, "b")
    made = plan(here(), there("b", phone="2"), gone=((SALESFORCE, heir),))
    [action] = made.actions
    assert (action.verb, action.record_id) == (Verb.UPDATE, "1")
    [pair] = made.pairs
    assert (pair.link_id, pair.salesforce_id, pair.gone) == (1, "b", None)
    assert "b took its place" in pair.reason


def test_of_two_links_with_one_heir_the_older_one_gets_it() -> None:
    grace = link("2", "b", {"email": "grace@example.com", "phone": "2"})
    gone = tuple((SALESFORCE, Tombstone(id_, How.MERGED, "c")) for id_ in ("a", "b"))
    other = record(HUBSPOT, "2", email="grace@example.com", phone="2")
    made = plan(here(), other, there("c"), links=(ADA, grace), gone=gone)
    assert {pair.hubspot_id: pair.salesforce_id for pair in made.pairs if not pair.gone} == {
        "1": "c"
    }
    assert [(one.record_id, one.criterion) for one in made.held] == [("2", "counterpart_merged")]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (How.MERGED, "b was merged into c, which"),
        (How.CONVERTED, "b, a lead, was converted into c, which"),
    ],
)
def test_who_loses_a_counterpart_to_another_link_is_told_how_and_what_to_do(
    how: How, words: str
) -> None:
    grace = link("2", "b", {"email": "grace@example.com", "phone": "2"})
    joan = link("3", "c", {"email": "joan@example.com", "phone": "3"})
    other = record(HUBSPOT, "2", email="grace@example.com", phone="2")
    gone = ((SALESFORCE, Tombstone("b", how, "c")),)
    heir: dict[str, Any] = {"email": "joan@example.com", "phone": "3"}
    pair = record(HUBSPOT, "3", **heir), record(SALESFORCE, "c", **heir)
    [held] = plan(other, *pair, links=(grace, joan), gone=gone).held
    assert (held.record_id, held.criterion) == ("2", "counterpart_merged")
    assert words in held.reason
    assert "merge the two in HubSpot" in held.reason


def test_a_record_found_again_by_its_e_mail_is_not_deleted() -> None:
    made = plan(here(), there("b"), gone=((SALESFORCE, deleted("a")),))
    assert made.actions == ()
    [pair] = made.pairs
    assert (pair.link_id, pair.salesforce_id, pair.afresh) == (1, "b", True)


def test_what_came_back_is_created_anew_under_the_old_link() -> None:
    grave = replace(ADA, gone_in=HUBSPOT, gone_how=How.DELETED, followed=True)
    [action], [pair] = (made := plan(here(), links=(grave,))).actions, made.pairs
    assert (action.verb, action.system, action.origin_id) == (Verb.CREATE, SALESFORCE, "1")
    assert (pair.link_id, pair.afresh) == (1, True)


def test_what_came_back_and_fails_a_criterion_is_held() -> None:
    grave = replace(ADA, gone_in=HUBSPOT, gone_how=How.DELETED, followed=True)
    blocked = {HUBSPOT: {"1": frozenset({Verb.CREATE})}}
    made = plan(here(), links=(grave,), blocked=blocked)
    assert made.actions == ()
    assert [one.record_id for one in made.held] == ["1"]


def test_a_forgotten_record_is_never_created_anew() -> None:
    made = plan(there("z"), links=(), forgotten=frozenset({"z"}))
    assert made.actions == ()
    assert [one.criterion for one in made.held] == ["counterpart_erased"]


def test_survivors_are_followed_to_the_end_and_circles_lead_nowhere() -> None:
    graves = {"a": Tombstone("a", How.MERGED, "b"), "b": Tombstone("b", How.CONVERTED, "c")}
    assert survivor("a", graves) == "c"
    assert survivor("a", graves | {"c": deleted("c")}) is None
    assert survivor("a", graves | {"c": Tombstone("c", How.MERGED, "a")}) is None


def test_the_plan_does_not_depend_on_the_order_of_records() -> None:
    records = [here(), there("b", phone="2"), record(HUBSPOT, "2", email="g@example.com")]
    links = (ADA, link("2", "c", {"email": "g@example.com", "phone": None}))
    gone = ((SALESFORCE, Tombstone("a", How.MERGED, "b")), (SALESFORCE, deleted("c")))
    first = plan(*records, links=links, gone=gone)
    for seed in range(5):
        random.Random(seed).shuffle(records)  # noqa: S311 -- a shuffle, no secret
        again = plan(*records, links=links, gone=gone)
        assert (again.actions, set(again.held)) == (first.actions, set(first.held))


def left_by_grace() -> Link:
    """Grace's link: her HubSpot record 2, deleted there, and her Salesforce record b."""
    return link("2", "b", {"email": "grace@example.com", "phone": "2"})


def into(id_: str, heir: str) -> Tombstone:
    return Tombstone(id_, How.MERGED, heir)


@pytest.mark.parametrize("known", [False, True], ids=["in one run", "in a run after it"])
def test_merged_into_the_one_whose_counterpart_was_deleted_it_takes_its_place(known: bool) -> None:
    grace, gone = left_by_grace(), [(SALESFORCE, into("a", "b"))]
    if known:
        grace = replace(grace, gone_in=HUBSPOT, gone_how=How.DELETED)
    else:
        gone.append((HUBSPOT, deleted("2")))
    made = plan(here(), there("b"), links=(ADA, grace), gone=tuple(gone))
    assert made.actions == ()
    assert made.held == ()
    ids = {pair.link_id: (pair.hubspot_id, pair.salesforce_id) for pair in made.pairs}
    assert ids == {ADA.id: ("1", "b"), grace.id: ("2", "a")}
    [grave] = [pair.gone for pair in made.pairs if pair.gone]
    assert (grave.system, grave.how, grave.followed) == (HUBSPOT, How.DELETED, False)
