"""A commit is one transaction, done once, and gives way where the store has moved on."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from include.crmsync.model.link import Turn, What
from include.crmsync.model.record import System
from include.crmsync.state import schema
from include.crmsync.state import store as store_module
from include.crmsync.state.commit import Commit, Committed, Retry
from include.crmsync.state.journal import Journal
from include.crmsync.state.store import Store
from include.crmsync.state.transaction import reading
from tests.builders import MORNING
from tests.state.values import (
    CONTACTS,
    HUBSPOT,
    LATER,
    SALESFORCE,
    conflict,
    ended,
    held,
    link,
    plan,
    stored,
    sync_run,
)

EVERY_TABLE = sorted(schema.metadata.tables)


def dump(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with reading(engine) as connection:
        return {
            name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for name, table in schema.metadata.tables.items()
        }


def whole(run: str = "first") -> Commit:
    """A commit with something of everything."""
    return Commit(
        run=ended(run),
        links=[link(1), link(2)],
        held=[held("hs3")],
        judged={HUBSPOT: frozenset({"hs1", "hs2", "hs3"}), SALESFORCE: frozenset({"sf1"})},
        retries=[Retry(SALESFORCE, "sf4", "timed out")],
        conflicts=[conflict()],
        watermarks={HUBSPOT: MORNING, SALESFORCE: LATER},
    )


def test_committing_twice_is_committing_once(
    store: Store, journal: Journal, engine: Engine
) -> None:
    journal.start(sync_run())
    assert store.commit(whole()) == Committed()
    before = dump(engine)
    assert store.commit(whole()) == Committed()
    assert dump(engine) == before


def test_a_commit_finishes_its_run(store: Store, journal: Journal) -> None:
    journal.start(sync_run())
    store.commit(whole())
    assert journal.run("first") == [ended()]


def test_a_commit_that_fails_leaves_nothing(
    store: Store, journal: Journal, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.start(sync_run())
    before = dump(engine)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store_module, "store_history", die)
    with pytest.raises(KeyboardInterrupt):
        store.commit(whole())
    assert dump(engine) == before
    monkeypatch.undo()
    store.commit(whole())
    assert set(store.linked_ids(CONTACTS, HUBSPOT)) == {"hs1", "hs2"}


def test_each_commit_of_a_link_counts_a_version(store: Store) -> None:
    [first] = stored(store, link(), run="a")
    [second] = stored(store, replace(first, base={"phone": "2"}), run="b")
    assert second == replace(first, version=2, base={"phone": "2"})


def test_what_was_changed_since_a_moment_is_told_with_the_records_it_had_before(
    store: Store, journal: Journal
) -> None:
    journal.start(ended("b"))
    first, _ = stored(store, link(1), link(2), run="a")
    since = store.changes(CONTACTS)
    assert store.overtaken(CONTACTS, since) == {HUBSPOT: frozenset(), SALESFORCE: frozenset()}
    turn = Turn(first.id or 0, What.MOVED, "hs1", "sf1", "merged")
    moved = replace(first, hubspot_id="hs9")
    store.commit(Commit(ended("b"), [moved, link(3)], turns=[turn]))
    assert store.overtaken(CONTACTS, since) == {
        HUBSPOT: frozenset({"hs1", "hs3", "hs9"}),
        SALESFORCE: frozenset({"sf1", "sf3"}),
    }
    assert store.overtaken("deals", 0) == {HUBSPOT: frozenset(), SALESFORCE: frozenset()}


def test_a_link_that_moved_since_the_plan_is_left_and_all_else_committed(store: Store) -> None:
    planned = stored(store, link(1), link(2), run="a")
    [moved] = stored(store, replace(planned[0], base={"phone": "9"}), run="b")
    late = [replace(one, base={"phone": "5"}) for one in planned]
    committed = store.commit(Commit(ended("c"), late, watermarks={HUBSPOT: LATER}))
    assert committed.stale_links == (late[0],)
    assert store.links(CONTACTS, HUBSPOT, ["hs1", "hs2"]) == {
        "hs1": moved,
        "hs2": replace(late[1], version=3),
    }
    assert store.watermarks(CONTACTS) == {HUBSPOT: LATER}


def test_the_records_of_a_stale_link_are_read_again(store: Store) -> None:
    [planned] = stored(store, link(), run="a")
    stored(store, planned, run="b")
    store.commit(Commit(ended("c"), [planned], judged={HUBSPOT: frozenset({"hs1"})}))
    assert store.retries(CONTACTS) == {HUBSPOT: {"hs1"}, SALESFORCE: {"sf1"}}


def test_a_link_that_is_not_stored_any_more_is_stale(store: Store) -> None:
    gone = link(id=77, version=3)
    assert store.commit(Commit(ended(), [gone])).stale_links == (gone,)


@pytest.mark.parametrize("taken", ["hubspot_id", "salesforce_id"])
def test_an_id_is_in_one_link_only(store: Store, taken: str) -> None:
    [first] = stored(store, link(1), run="a")
    second = link(2, **{taken: getattr(first, taken)})
    assert store.commit(Commit(ended("b"), [second, link(3)])).stale_links == (second,)
    assert set(store.linked_ids(CONTACTS, HUBSPOT)) == {"hs1", "hs3"}


def test_of_two_new_links_with_one_id_the_first_is_stored(store: Store) -> None:
    first, second = link(1), link(2, salesforce_id="sf1")
    assert store.commit(Commit(ended(), [first, second])).stale_links == (second,)
    assert set(store.linked_ids(CONTACTS, SALESFORCE)) == {"sf1"}


def test_a_link_may_move_to_another_record(store: Store) -> None:
    [lead] = stored(store, link(kind="Lead"), run="a")
    [contact] = stored(store, replace(lead, salesforce_id="sf9", kind="Contact"), run="b")
    assert contact.id == lead.id
    assert store.linked_ids(CONTACTS, SALESFORCE) == {"sf9": lead.id}


def test_a_link_may_not_move_to_a_record_that_is_linked(store: Store) -> None:
    first, _ = stored(store, link(1), link(2), run="a")
    greedy = replace(first, salesforce_id="sf2")
    assert store.commit(Commit(ended("b"), [greedy])).stale_links == (greedy,)


def test_two_links_may_exchange_their_records_in_one_commit(store: Store) -> None:
    first, second = stored(store, link(1), link(2), run="a")
    one, two = replace(first, salesforce_id="sf2"), replace(second, salesforce_id="sf1")
    assert store.commit(Commit(ended("b"), [one, two])).stale_links == ()
    assert store.linked_ids(CONTACTS, SALESFORCE) == {"sf2": first.id, "sf1": second.id}


def test_nobody_gets_the_record_of_a_link_that_is_stale_itself(store: Store) -> None:
    first, second = stored(store, link(1), link(2), run="a")
    one = replace(first, salesforce_id="sf2")
    late = replace(second, salesforce_id="sf1", version=second.version - 1)
    assert store.commit(Commit(ended("b"), [one, late])).stale_links == (one, late)
    assert store.linked_ids(CONTACTS, SALESFORCE) == {"sf1": first.id, "sf2": second.id}


def test_the_same_ids_may_be_linked_in_another_object_type(store: Store) -> None:
    stored(store, link(), run="a")
    deals = ended("a", object_type="deals")
    assert store.commit(Commit(deals, [link(object_type="deals")])).stale_links == ()


def since(engine: Engine) -> dict[tuple[str, str], object]:
    with reading(engine) as connection:
        rows = connection.execute(select(schema.held)).mappings()
        return {(row["record_id"], row["criterion"]): row["since"] for row in rows}


def test_what_stays_held_keeps_the_moment_it_began(store: Store, engine: Engine) -> None:
    store.commit(Commit(ended("a", finished_at=MORNING), held=[held(), held(criterion="other")]))
    again = [held(value="x", reason="still none"), held(criterion="new")]
    store.commit(Commit(ended("b", finished_at=LATER), held=again))
    assert since(engine) == {("hs1", "has_email"): MORNING, ("hs1", "new"): LATER}
    assert store.held(CONTACTS) == sorted(again, key=lambda one: one.criterion)


def test_the_same_criterion_on_another_field_is_another_hold(store: Store, engine: Engine) -> None:
    store.commit(Commit(ended("a", finished_at=MORNING), held=[held(field="email")]))
    store.commit(Commit(ended("b", finished_at=LATER), held=[held(field="phone")]))
    assert since(engine) == {("hs1", "has_email"): LATER}


def test_a_record_that_was_judged_and_not_held_is_released(store: Store) -> None:
    other = held("hs1", system=SALESFORCE)
    store.commit(Commit(ended("a"), held=[held("hs1"), held("hs2"), other]))
    store.commit(Commit(ended("b"), judged={HUBSPOT: frozenset({"hs1"})}))
    assert store.held(CONTACTS) == [held("hs2"), other]


def test_the_same_hold_said_twice_is_one(store: Store) -> None:
    store.commit(Commit(ended(), held=[held(), held(reason="said again")]))
    assert store.held(CONTACTS) == [held()]


def test_a_retry_stays_until_its_record_is_judged(store: Store) -> None:
    retries = [Retry(HUBSPOT, "hs1", "timed out"), Retry(HUBSPOT, "hs2", "timed out")]
    store.commit(Commit(ended("a"), retries=retries))
    store.commit(Commit(ended("b"), judged={HUBSPOT: frozenset({"hs1"})}))
    assert store.retries(CONTACTS) == {HUBSPOT: {"hs2"}}


def test_a_record_that_fails_again_is_counted_from_its_first_failure(
    store: Store, engine: Engine
) -> None:
    retry = Retry(HUBSPOT, "hs1", "timed out")
    judged = {HUBSPOT: frozenset({"hs1"})}
    store.commit(Commit(ended("a", finished_at=MORNING), retries=[retry], judged=judged))
    store.commit(Commit(ended("b", finished_at=LATER), retries=[retry], judged=judged))
    with reading(engine) as connection:
        [row] = connection.execute(select(schema.retry)).mappings()
    assert (row["since"], row["times"], row["sync_run"]) == (MORNING, 2, "b")


def test_what_was_asked_for_stays_so_while_it_waits_for_room_and_no_longer(store: Store) -> None:
    waits = Retry(HUBSPOT, "hs1", "no room", waits="update")
    asked = replace(waits, asked=True)
    for run, retry, told in (
        ("a", waits, False),
        ("b", asked, True),
        ("c", waits, True),
        ("d", replace(waits, waits=None), False),
        ("e", waits, False),
    ):
        store.commit(Commit(ended(run), retries=[retry]))
        assert [one.asked for one in store.due(CONTACTS)] == [told], run


def test_a_watermark_never_moves_back(store: Store) -> None:
    store.commit(Commit(ended("a"), watermarks={HUBSPOT: LATER, SALESFORCE: MORNING}))
    store.commit(Commit(ended("b"), watermarks={HUBSPOT: MORNING, SALESFORCE: LATER}))
    assert store.watermarks(CONTACTS) == dict.fromkeys(System, LATER)
    assert store.watermarks("deals") == {}


def test_a_commit_journals_what_it_held_and_settled(
    store: Store, journal: Journal, engine: Engine
) -> None:
    journal.start(sync_run())
    journal.record_plan("first", plan(conflicts=(conflict(),), held=(held("hs2"),)))
    store.commit(whole())
    assert journal.conflicts("first") == [conflict()]
    with reading(engine) as connection:
        assert [row.committed for row in connection.execute(select(schema.conflict))] == [True]
        history = connection.execute(select(schema.held_history.c.record_id)).scalars().all()
    assert history == ["hs3"]


def test_many_links_are_stored_and_stored_again(store: Store) -> None:
    """More than one statement takes on either database."""
    many = stored(store, *(link(number) for number in range(6000)), run="a")
    again = stored(store, *(replace(one, base={"phone": "2"}) for one in many), run="b")
    assert {one.version for one in again} == {2}
    assert [one.id for one in again] == [one.id for one in many]


def test_a_run_asks_for_what_is_held_of_some_records_or_for_some_reason(store: Store) -> None:
    refused = held("hs2", criterion="accepted_by_salesforce", code="FIELD_X", sent="digest")
    theirs = held("sf1", system=SALESFORCE)
    listed = held("hs3", criterion="on_inclusion_list", field=None)
    both = held("hs3", criterion="unique_in_system")
    every = [held("hs1"), refused, listed, both, theirs]
    store.commit(Commit(ended(), held=every))
    store.commit(Commit(ended(object_type="deals"), held=[held("hs9", object_type="deals")]))
    assert store.held(CONTACTS) == every
    assert store.held_of(CONTACTS, HUBSPOT, ["hs1", "hs3", "sf1", "hs9"]) == [
        held("hs1"),
        listed,
        both,
    ]
    assert store.held_of(CONTACTS, SALESFORCE, {"sf1": 1}.keys()) == [theirs]
    assert store.held_of(CONTACTS, HUBSPOT, []) == []
    assert store.held_for(CONTACTS, {"has_email", "unique_in_system"}) == [
        held("hs1"),
        both,
        theirs,
    ]
    assert store.held_for(CONTACTS, ()) == []
    assert store.held_in(CONTACTS, {"email", "phone"}) == [held("hs1"), refused, both, theirs]
    assert store.refused(CONTACTS) == [refused]
    assert store.held_ids(CONTACTS, HUBSPOT, "on_inclusion_list") == {"hs3"}
    assert store.held_ids(CONTACTS, SALESFORCE, "on_inclusion_list") == frozenset()
    assert store.held_counts(CONTACTS) == {HUBSPOT: 3, SALESFORCE: 1}
    assert store.held_counts("companies") == {}
