"""Audits as they are remembered, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from include.crmsync.model.drift import Audit, Cause, Difference, Tally
from include.crmsync.state.audits import SAMPLES, Audits
from include.crmsync.state.commit import Commit, Retry
from include.crmsync.state.store import Store
from tests.builders import MORNING
from tests.state.values import CONTACTS, HUBSPOT, LATER, SALESFORCE, ended, held

BEGUN = Audit("audit", CONTACTS, MORNING, mend=True)


def difference(number: int = 1, field: str = "phone", cause: Cause = Cause.DRIFT) -> Difference:
    ids = f"hs{number}", f"sf{number}"
    return Difference(number, *ids, field, cause, "hubspot", base="1", hubspot="2", salesforce="1")


def portion(place: int, *found: Difference) -> Tally:
    again = {HUBSPOT: tuple(one.hubspot_id for one in found), SALESFORCE: ()}
    return Tally(place, 10, 10 - len(found), found, again, {HUBSPOT: 2, SALESFORCE: 1})


@pytest.fixture
def audits(engine: Engine) -> Audits:
    return Audits(engine)


def test_portions_add_up(audits: Audits) -> None:
    first = audits.add(audits.begin(BEGUN), portion(10, difference(1), difference(2)), LATER)
    audits.finish(audits.add(first, portion(20, difference(11)), LATER), LATER)
    [ended] = audits.audit("audit")
    assert (ended.compared, ended.equal, ended.mended, ended.place) == (20, 17, 3, 20)
    assert ended.calls == {HUBSPOT: 4, SALESFORCE: 2}
    assert ended.finished_at == LATER
    assert audits.counts("audit", CONTACTS) == [("phone", Cause.DRIFT, 3)]
    assert [one.link_id for one in audits.samples("audit", CONTACTS)] == [1, 2, 11]


def test_one_that_was_killed_goes_on_and_one_that_ended_starts_anew(audits: Audits) -> None:
    audits.add(audits.begin(BEGUN), portion(10, difference()), LATER)
    known = audits.begin(BEGUN)
    assert (known.place, known.compared) == (10, 10)
    audits.finish(known, LATER)
    assert audits.begin(BEGUN) == BEGUN
    assert audits.counts("audit", CONTACTS) == []
    assert audits.samples("audit", CONTACTS) == []


def test_samples_are_few_and_counts_are_of_all(audits: Audits) -> None:
    found = [difference(number) for number in range(SAMPLES + 5)]
    begun = audits.begin(BEGUN)
    for some in (found[:3], found[3:]):
        begun = audits.add(begun, portion(1, *some), LATER)
    assert audits.counts("audit", CONTACTS) == [("phone", Cause.DRIFT, SAMPLES + 5)]
    assert audits.samples("audit", CONTACTS) == found[:SAMPLES]


def test_what_is_to_be_mended_is_read_again_and_what_waits_already_stays_as_it_is(
    audits: Audits, store: Store
) -> None:
    store.commit(Commit(ended(), retries=[Retry(HUBSPOT, "hs1", "timed out")]))
    audits.add(audits.begin(BEGUN), portion(10, difference(1), difference(2)), LATER)
    assert store.retries(CONTACTS) == {HUBSPOT: {"hs1", "hs2"}}
    assert store.retries("deals") == {}


def test_an_audit_that_is_not_to_mend_leaves_no_trace_elsewhere(
    audits: Audits, store: Store
) -> None:
    begun = audits.begin(Audit("audit", CONTACTS, MORNING))
    assert audits.add(begun, portion(10, difference(1)), LATER).mended == 0
    assert store.retries(CONTACTS) == {}


def test_the_newest_audit_is_the_one_that_began_last(audits: Audits) -> None:
    assert audits.latest() is None
    audits.begin(Audit("b", CONTACTS, MORNING))
    audits.begin(Audit("a", CONTACTS, MORNING + timedelta(days=1)))
    assert audits.latest() == "a"


def test_what_is_held_of_some_records_is_told(audits: Audits, store: Store) -> None:
    store.commit(Commit(ended(), held=[held("hs1"), held("hs2")]))
    assert audits.held(CONTACTS, HUBSPOT, ["hs2", "hs3"]) == [("hs2", "has_email", "email")]
    assert audits.held(CONTACTS, SALESFORCE, ["hs2"]) == []
