"""Tombstones, what befalls links, places, and whom the store forgets: on both databases."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from include.crmsync.model.departure import How
from include.crmsync.model.drift import Audit, Cause, Difference, Tally
from include.crmsync.model.link import Turn, What
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.state import schema
from include.crmsync.state.audits import Audits
from include.crmsync.state.commit import Commit, Retry
from include.crmsync.state.jobs import Job, Jobs
from include.crmsync.state.journal import Journal
from include.crmsync.state.store import Store
from include.crmsync.state.transaction import reading
from tests.builders import MORNING
from tests.state.values import (
    CONTACTS,
    HUBSPOT,
    LATER,
    SALESFORCE,
    action,
    conflict,
    ended,
    held,
    link,
    plan,
    stored,
    sync_run,
)

GONE: dict[str, Any] = {
    "gone_in": SALESFORCE,
    "gone_how": How.DELETED,
    "gone_at": MORNING,
    "followed": True,
}


def test_a_tombstone_comes_back_as_it_was_stored(store: Store) -> None:
    [kept] = stored(store, link(**GONE))
    assert (kept.gone_in, kept.gone_how, kept.gone_at) == (SALESFORCE, How.DELETED, MORNING)
    assert kept.gone_in is SALESFORCE
    assert kept.followed
    assert not kept.lives


def test_links_live_until_they_are_gone(store: Store) -> None:
    first, second = stored(store, link(1), link(2, **GONE))
    assert store.living(CONTACTS) == 1
    told = {one.id: one.lives for one in store.all_joined(CONTACTS)}
    assert told == {first.id: True, second.id: False}
    assert store.living("deals") == 0


def test_a_gone_record_that_is_read_again_is_new_whatever_its_stamp(store: Store) -> None:
    stamps = {"hubspot_modified_at": LATER, "salesforce_modified_at": LATER}
    stored(store, link(1, **stamps), link(2, **stamps, **GONE))
    assert store.seen(CONTACTS, SALESFORCE, ["sf1", "sf2"]) == {"sf1": LATER}
    assert store.seen(CONTACTS, HUBSPOT, ["hs1", "hs2"]) == {"hs1": LATER, "hs2": LATER}


def test_links_are_looked_at_in_turn(store: Store) -> None:
    in_hubspot = {**GONE, "gone_in": HUBSPOT}
    erased = {**in_hubspot, "gone_how": How.ERASED}
    gone = link(4, **in_hubspot), link(5, **GONE), link(6, **erased)
    kept = stored(store, *(link(n) for n in range(4)), *gone)
    ids = [one.id for one in kept]
    first = store.in_turn(CONTACTS, 0, 3, living=True)
    rest = store.in_turn(CONTACTS, first[-1].id or 0, 3, living=True)
    assert [one.id for one in [*first, *rest]] == ids[:4]
    assert [one.id for one in store.in_turn(CONTACTS, 0, 9, living=False)] == ids[4:6]


def test_held_records_are_looked_at_in_turn_each_once(store: Store, journal: Journal) -> None:
    journal.start(sync_run())
    rows = [held(record_id=f"hs{n}", field=name) for n in (3, 1, 2) for name in ("email", "phone")]
    store.commit(Commit(ended(), held=[*rows, held(system=SALESFORCE, record_id="sf9")]))
    assert store.held_in_turn(CONTACTS, HUBSPOT, "", 2) == ["hs1", "hs2"]
    assert store.held_in_turn(CONTACTS, HUBSPOT, "hs2", 2) == ["hs3"]
    assert store.held_in_turn(CONTACTS, HUBSPOT, "hs3", 2) == []
    assert store.held_in_turn("deals", HUBSPOT, "", 2) == []


def test_what_befell_links_is_journalled(store: Store, journal: Journal) -> None:
    journal.start(sync_run("earlier"))
    [kept] = stored(store, link())
    journal.start(sync_run())
    turn = Turn(kept.id or 0, What.MOVED, "hs0", "sf1", "hs0 was merged in HubSpot")
    store.commit(Commit(ended(), turns=[turn]))
    assert journal.turns("first") == [turn]
    assert journal.turns("earlier") == []


def test_a_place_is_kept_until_the_end_is_reached(store: Store, journal: Journal) -> None:
    journal.start(sync_run())
    assert store.place(CONTACTS, "archive") is None
    store.commit(Commit(ended(), places={"archive": "51", "probe": None}))
    assert (store.place(CONTACTS, "archive"), store.place(CONTACTS, "probe")) == ("51", None)
    store.heard(sync_run("next"), {}, {}, {"archive": None})
    assert store.place(CONTACTS, "archive") is None


@pytest.fixture
def full(store: Store, journal: Journal) -> Store:
    """A store that has met one person in every table."""
    journal.start(sync_run())
    update = action("contacts:update:salesforce:sf1")
    create = action("contacts:create:salesforce:hs1", record_id=None)
    journal.record_plan("first", plan(update, create, conflicts=(conflict(),), held=(held(),)))
    secret = Outcome(update.id, Result.APPLIED, "sf1", message="secret", stored={"phone": "secret"})
    made = Outcome(create.id, Result.APPLIED, "sf1", stored={"phone": "secret"})
    journal.record("first", CONTACTS, [secret, made], MORNING)
    store.commit(
        Commit(
            ended(),
            links=[link(base={"email": "secret"}), link(2)],
            held=[replace(held(), value="secret"), held("hs2")],
            retries=[Retry(HUBSPOT, "hs1", "secret")],
            conflicts=[conflict()],
        )
    )
    [kept] = store.links(CONTACTS, HUBSPOT, ["hs1"]).values()
    seen = Difference(
        kept.id or 0, "hs1", "sf1", "phone", Cause.DRIFT, "hubspot", "secret", "secret", "secret"
    )
    other = replace(seen, link_id=(kept.id or 0) + 1, hubspot_id="hs2", base=None, hubspot=None)
    audits = Audits(store._engine)
    audits.add(
        audits.begin(Audit("audit", CONTACTS, MORNING)),
        Tally(1, 2, 0, (seen, replace(other, salesforce_id="sf2", salesforce=None)), {}, {}),
        MORNING,
    )
    journal.start(sync_run("next"))
    moved = Turn(kept.id or 0, What.MOVED, "hs0", "sf1", "hs0 is secret")
    store.commit(Commit(ended("next"), turns=[moved]))
    return store


def test_who_is_forgotten_is_in_no_table(full: Store, engine: Engine) -> None:
    [kept] = full.links(CONTACTS, HUBSPOT, ["hs1"]).values()
    assert full.forget(CONTACTS, [kept], LATER) == {"hs1", "sf1"}
    text = everything(engine)
    assert [one for one in ("secret", "hs1", "sf1", "hs0") if one in text] == []


def test_the_erased_are_told_until_they_are_forgotten(store: Store) -> None:
    kept = stored(store, link(1), link(2, **{**GONE, "gone_how": How.ERASED}))
    assert store.erased(CONTACTS) == kept[1:]
    store.forget(CONTACTS, kept[1:], LATER)
    assert store.erased(CONTACTS) == []


def test_nobody_else_is_forgotten(full: Store) -> None:
    [kept] = full.links(CONTACTS, HUBSPOT, ["hs1"]).values()
    full.forget(CONTACTS, [kept], LATER)
    assert full.links(CONTACTS, HUBSPOT, ["hs2"]).keys() == {"hs2"}
    assert [one.record_id for one in full.held(CONTACTS)] == ["hs2"]
    samples = Audits(full._engine).samples("audit", CONTACTS)
    assert [one.hubspot_id for one in samples] == ["hs2"]


def test_the_forgotten_are_recognised_by_their_ids(full: Store) -> None:
    assert full.forgotten(CONTACTS, SALESFORCE, ["sf1", "sf2"]) == frozenset()
    [kept] = full.links(CONTACTS, HUBSPOT, ["hs1"]).values()
    full.forget(CONTACTS, [kept], LATER)
    full.forget(CONTACTS, [kept], LATER)
    assert full.forgotten(CONTACTS, SALESFORCE, ["sf1", "sf2"]) == {"sf1"}
    assert full.forgotten("deals", SALESFORCE, ["sf1"]) == frozenset()


def test_whoever_is_remembered_with_an_address_is_found(full: Store) -> None:
    found = full.records_of(CONTACTS, "phone", "3".__eq__)
    assert found == {(HUBSPOT, "hs1"), (SALESFORCE, "sf1")}
    by_base = full.records_of(CONTACTS, "email", "secret".__eq__)
    assert by_base == {(HUBSPOT, "hs1"), (SALESFORCE, "sf1")}
    assert full.records_of(CONTACTS, "email", "nobody".__eq__) == frozenset()
    assert full.records_of("deals", "email", "secret".__eq__) == frozenset()


def test_who_was_never_linked_is_found_by_what_was_held_and_is_forgotten(
    full: Store, engine: Engine
) -> None:
    stray = replace(held("hs7"), value="stray secret")
    full.commit(Commit(ended("later"), held=[stray]))
    assert full.records_of(CONTACTS, "email", "stray secret".__eq__) == {(HUBSPOT, "hs7")}
    assert full.knows(CONTACTS, HUBSPOT, "hs7")
    assert not full.knows(CONTACTS, SALESFORCE, "hs7")
    assert full.forget(CONTACTS, [], LATER, [(HUBSPOT, "hs7")]) == {"hs7"}
    assert [one for one in ("stray", "hs7") if one in everything(engine)] == []
    assert full.links(CONTACTS, HUBSPOT, ["hs1"]).keys() == {"hs1"}


def test_bulk_jobs_forget_whom_they_wrote(full: Store, engine: Engine) -> None:
    ids = ("contacts:update:salesforce:sf1", "contacts:update:salesforce:sf2")
    Jobs(engine).opened(Job("750A", "first", CONTACTS, SALESFORCE, ids), LATER)
    full.forget(CONTACTS, [*full.links(CONTACTS, HUBSPOT, ["hs1"]).values()], LATER)
    [job] = Jobs(engine).unsettled(CONTACTS)
    assert job.actions[0].startswith("contacts:update:salesforce:forgotten-")
    assert job.actions[1] == ids[1]


def everything(engine: Engine) -> str:
    with reading(engine) as connection:
        return "\n".join(
            str(row)
            for table in schema.metadata.tables.values()
            for row in connection.execute(select(table))
        )
