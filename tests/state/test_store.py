"""What the store gives back is what commits put there, at once or not at all."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from sqlalchemy import Engine

from include.crmsync.model.record import System
from include.crmsync.state.commit import Commit, Retry
from include.crmsync.state.store import Store
from include.crmsync.state.transaction import CHUNK
from tests.builders import MORNING
from tests.state.values import CONTACTS, HUBSPOT, LATER, SALESFORCE, ended, held, link, stored


def test_a_new_store_knows_nothing(store: Store) -> None:
    assert store.watermarks(CONTACTS) == {}
    assert store.retries(CONTACTS) == {}
    assert store.held(CONTACTS) == []
    assert store.links(CONTACTS, HUBSPOT, ["hs1"]) == {}
    assert store.links_by_id([1]) == {}
    assert store.linked_ids(CONTACTS, HUBSPOT) == {}
    assert store.seen(CONTACTS, HUBSPOT, ["hs1"]) == {}


def test_a_link_comes_back_as_it_was_stored(store: Store) -> None:
    new = link(
        base={"name": "Zoë 李", "phone": None, "odd": "\x00 \ud83d"},
        bounced={"phone": "+1"},
        hubspot_modified_at=MORNING + timedelta(microseconds=1),
        salesforce_modified_at=MORNING.astimezone(timezone(timedelta(hours=9))),
    )
    [back] = stored(store, new)
    assert back == replace(new, id=back.id, version=1)
    assert back.salesforce_modified_at is not None
    assert back.salesforce_modified_at.utcoffset() == timedelta(0)


def test_a_link_without_a_base_has_none_when_it_comes_back(store: Store) -> None:
    [back] = stored(store, link(base=None))
    assert back.base is None


def test_links_are_found_by_either_id_and_by_their_own(store: Store) -> None:
    first, second = stored(store, link(1), link(2))
    assert store.links(CONTACTS, SALESFORCE, ["sf2", "sf9"]) == {"sf2": second}
    assert store.links("deals", SALESFORCE, ["sf2"]) == {}
    assert store.links_by_id([first.id or 0, 99]) == {first.id: first}
    assert store.linked_ids(CONTACTS, HUBSPOT) == {"hs1": first.id, "hs2": second.id}
    assert store.linked_ids("deals", HUBSPOT) == {}


def test_asking_for_more_records_than_a_statement_takes_parameters(store: Store) -> None:
    [last] = stored(store, link(CHUNK * 7))
    many = [f"hs{number}" for number in range(CHUNK * 7 + 1)]
    assert store.links(CONTACTS, HUBSPOT, many) == {last.hubspot_id: last}


def seen(store: Store, system: System = HUBSPOT) -> dict[str, datetime]:
    return store.seen(CONTACTS, system, ["hs1", "hs2", "sf1", "sf2"])


def test_the_version_a_link_was_judged_on_was_seen(store: Store) -> None:
    stored(store, link(1, hubspot_modified_at=MORNING), link(2))
    assert seen(store) == {"hs1": MORNING}
    assert seen(store, SALESFORCE) == {}


def test_the_version_a_record_was_held_on_was_seen(store: Store) -> None:
    store.commit(Commit(ended(), held=[held("hs1", modified_at=MORNING), held("hs2")]))
    assert seen(store) == {"hs1": MORNING}
    assert seen(store, SALESFORCE) == {}


def test_of_a_linked_record_that_is_held_the_newest_version_was_seen(store: Store) -> None:
    stored(store, link(1, hubspot_modified_at=MORNING), link(2, hubspot_modified_at=LATER), run="a")
    rows = [
        held("hs1", modified_at=LATER),
        held("hs1", criterion="other", modified_at=MORNING),
        held("hs2", modified_at=MORNING),
    ]
    store.commit(Commit(ended("b"), held=rows))
    assert seen(store) == {"hs1": LATER, "hs2": LATER}


def test_held_records_come_in_an_order_of_their_own(store: Store) -> None:
    rows = [
        held("hs2"),
        held("hs1", criterion="z"),
        held("hs1", criterion="a", field=None, value="\x00é"),
        held("sf1", system=SALESFORCE),
    ]
    store.commit(Commit(ended(), held=rows))
    expected = [replace(rows[2], value="\u2400é"), rows[1], rows[0], rows[3]]
    assert store.held(CONTACTS) == expected
    assert store.held("deals") == []


def test_an_echo_moves_a_stamp_and_nothing_else(store: Store) -> None:
    [before] = stored(store, link(hubspot_modified_at=MORNING))
    store.heard(ended("b"), {HUBSPOT: {"hs1": LATER, "hs9": LATER}}, {HUBSPOT: LATER})
    assert store.links(CONTACTS, HUBSPOT, ["hs1"]) == {
        "hs1": replace(before, hubspot_modified_at=LATER)
    }
    assert store.watermarks(CONTACTS) == {HUBSPOT: LATER}


def test_an_older_echo_moves_nothing(store: Store) -> None:
    [before] = stored(store, link(hubspot_modified_at=LATER))
    store.heard(ended("b"), {HUBSPOT: {"hs1": MORNING}, SALESFORCE: {}}, {})
    assert store.links(CONTACTS, HUBSPOT, ["hs1"]) == {"hs1": before}


def test_two_stores_of_one_database_see_the_same(store: Store, engine: Engine) -> None:
    store.commit(Commit(ended(), retries=[Retry(HUBSPOT, "hs1", "timed out")]))
    assert Store(engine).retries(CONTACTS) == {HUBSPOT: {"hs1"}}
