"""A domain links only where it points at one record of each system."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.engine.same_domain import by_domain, held
from include.crmsync.model.record import System
from tests.builders import frame, mapping, record

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
Said = dict[str, frozenset[str]]

X = {"x": frozenset("a")}
IDS = st.sampled_from("123456")
RECORDS = st.dictionaries(IDS, st.frozensets(st.sampled_from("abcd"), max_size=3))


def said(ours: dict[str, str], theirs: dict[str, str]) -> tuple[Said, Said]:
    """Records by id, each with the domains of one letter."""
    return (
        {id_: frozenset(domains) for id_, domains in ours.items()},
        {id_: frozenset(domains) for id_, domains in theirs.items()},
    )


def told(ours: Said, theirs: Said) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    found = by_domain({HUBSPOT: ours, SALESFORCE: theirs})
    return dict(found.pairs), dict(found.several[HUBSPOT]), dict(found.several[SALESFORCE])


def test_one_of_each_is_a_pair() -> None:
    assert told(*said({"1": "a", "2": "b"}, {"x": "a"})) == ({"1": "x"}, {}, {})


def test_two_of_either_are_doubtful_and_so_is_their_counterpart() -> None:
    assert told(*said({"1": "a", "2": "a"}, {"x": "a"})) == ({}, {"1": "a", "2": "a"}, {"x": "a"})
    assert told(*said({"1": "a"}, {"x": "a", "y": "a"})) == ({}, {"1": "a"}, {"x": "a", "y": "a"})


def test_a_domain_of_one_system_says_nothing() -> None:
    assert told(*said({"1": "a", "2": "a"}, {"x": "b", "y": "b"})) == ({}, {}, {})


def test_a_company_with_two_domains_of_two_accounts_is_doubtful() -> None:
    assert told(*said({"1": "ab"}, {"x": "a", "y": "b"})) == ({}, {"1": "a"}, {"x": "a", "y": "a"})


def test_a_domain_shared_at_home_alone_makes_nobody_doubtful() -> None:
    assert told(*said({"1": "a", "2": "ab"}, {"x": "b"})) == ({"2": "x"}, {}, {})


@pytest.mark.parametrize(
    ("named", "remedy"),
    [
        (("first", "second"), "write the account's id into its company's property first, correct"),
        ((), "To tell them apart, correct the domains"),
    ],
)
def test_the_property_that_tells_them_apart_is_named_where_there_is_one(
    named: tuple[str, ...], remedy: str
) -> None:
    of = mapping(object_type="companies", linked_by=named)
    records = {
        HUBSPOT: frame(HUBSPOT, [record(HUBSPOT, "1"), record(HUBSPOT, "2")], of),
        SALESFORCE: frame(SALESFORCE, [], of),
    }
    doubtful = by_domain({HUBSPOT: {"1": frozenset("a"), "2": frozenset("a")}, SALESFORCE: X})
    settled: dict[System, set[str]] = {HUBSPOT: {"2"}, SALESFORCE: set()}
    [one] = held(of, doubtful, records, settled)
    assert one.record_id == "1"
    assert remedy in one.reason


@given(ours=RECORDS, theirs=RECORDS)
def test_each_is_paired_or_doubtful_or_alone_whatever_the_order(ours: Said, theirs: Said) -> None:
    pairs, here, there = told(ours, theirs)
    assert len({*pairs.values()}) == len(pairs)
    for id_, domains in ours.items():
        partners = {other for other, names in theirs.items() if names & domains}
        rivals = {other for other, names in ours.items() if other != id_ and names & domains}
        if not partners:
            assert id_ not in pairs.keys() | here.keys()
        elif len(partners) > 1:
            assert id_ in here
        elif not rivals:
            [partner] = partners
            shared_there = theirs[partner]
            sure = not any(other != id_ and names & shared_there for other, names in ours.items())
            assert (pairs.get(id_) == partner) is sure
    assert pairs.keys().isdisjoint(here)
    assert {*pairs.values()}.isdisjoint(there)
    backwards = told(dict(reversed(ours.items())), dict(reversed(theirs.items())))
    assert backwards == (pairs, here, there)
