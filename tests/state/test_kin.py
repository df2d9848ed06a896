"""Who is whose parent, looked up one by one or all at once: the answers are the same."""

from collections.abc import Collection, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.model.departure import How
from include.crmsync.model.record import System
from include.crmsync.pipeline import kin
from include.crmsync.pipeline.kin import Kin
from include.crmsync.state.joined import Joined
from include.crmsync.state.store import Store
from tests.builders import MORNING
from tests.state.values import CONTACTS, HUBSPOT, SALESFORCE, link, stored

CONTACT, LEAD = "Contact", "Lead"


class Counting(Store):
    """A store of given links that counts how often it is asked."""

    def __init__(self, joined: Collection[Joined] = ()) -> None:
        self.pairs, self.one_by_one, self.whole = [*joined], 0, 0

    def joined(
        self,
        object_type: str,  # noqa: ARG002  there is one
        by: System | None,
        among: Collection[str | int],
    ) -> list[Joined]:
        self.one_by_one += 1
        own = {None: 0, HUBSPOT: 1, SALESFORCE: 2}[by]
        return [one for one in self.pairs if one[own] in among]

    def all_joined(self, object_type: str) -> Iterator[Joined]:  # noqa: ARG002
        self.whole += 1
        yield from self.pairs


def some(count: int) -> list[Joined]:
    return [Joined(at, f"h{at}", f"s{at}", CONTACT, lives=True) for at in range(1, count + 1)]


def test_the_store_tells_both_ends_of_links(store: Store) -> None:
    gone = {"gone_in": SALESFORCE, "gone_how": How.DELETED, "gone_at": MORNING}
    first, second = stored(store, link(1), link(2, **gone))
    assert {one.id: one.lives for one in store.all_joined(CONTACTS)} == {
        first.id: True,
        second.id: False,
    }
    [by_record] = store.joined(CONTACTS, SALESFORCE, ["sf2", "sf9"])
    assert by_record == Joined(second.id or 0, "hs2", "sf2", second.kind, lives=False)
    assert store.joined(CONTACTS, None, [first.id or 0]) == store.joined(CONTACTS, HUBSPOT, ["hs1"])
    assert store.joined("deals", HUBSPOT, ["hs1"]) == []
    assert [*store.all_joined("deals")] == []


def test_a_real_store_is_asked(store: Store) -> None:
    [known] = stored(store, link(1))
    asked = Kin(CONTACTS, store)
    assert asked.links()[SALESFORCE].get("sf1") == str(known.id)
    assert asked.records()[HUBSPOT][str(known.id)] == "hs1"
    assert "hs9" not in asked.links()[HUBSPOT]


def test_few_questions_are_asked_one_by_one_and_each_once() -> None:
    store = Counting(some(1000))
    links, records = Kin(CONTACTS, store).links(), Kin(CONTACTS, store).records()
    for _ in range(3):
        assert links[HUBSPOT]["h7"] == "7"
        assert links[HUBSPOT].get("h2000") is None
        assert records[SALESFORCE]["7"] == "s7"
        assert "2000" not in records[SALESFORCE]
    assert (store.one_by_one, store.whole) == (4, 0)


def test_one_answer_tells_both_ends() -> None:
    store = Counting(some(3))
    asked = Kin(CONTACTS, store)
    assert asked.links()[HUBSPOT]["h2"] == "2"
    assert asked.links()[SALESFORCE]["s2"] == "2"
    assert asked.records()[SALESFORCE]["2"] == "s2"
    assert store.one_by_one == 1


def test_who_asks_for_very_many_has_everything_read_once() -> None:
    store = Counting(some(kin.FEW * 3))
    links = Kin(CONTACTS, store).links()[HUBSPOT]
    told = [links.get(f"h{at}") for at in range(kin.FEW * 4)]
    expected = [str(at) if 0 < at <= kin.FEW * 3 else None for at in range(kin.FEW * 4)]
    assert told == expected
    assert (store.one_by_one, store.whole) == (kin.FEW, 1)
    assert len(links) == kin.FEW * 3
    assert store.whole == 1


def test_an_answer_is_kept_whatever_is_linked_meanwhile() -> None:
    store = Counting(some(1))
    asked = Kin(CONTACTS, store)
    assert asked.links()[HUBSPOT].get("h2") is None
    store.pairs += [Joined(2, "h2", "s2", CONTACT, lives=True)]
    assert [*asked.links()[HUBSPOT]] == ["h1"]
    assert asked.links()[HUBSPOT].get("h2") is None


@pytest.mark.parametrize("hostile", ["hubspot:51", "", "-1", "1 OR 1=1", "9" * 400, "¹", "٣"])
def test_what_is_no_links_id_is_nobodys(store: Store, hostile: str) -> None:
    stored(store, link(1))
    assert Kin(CONTACTS, store).records()[HUBSPOT].get(hostile) is None


ENDS = st.lists(
    st.tuples(st.sampled_from([CONTACT, LEAD]), st.booleans()), min_size=0, max_size=12
).map(
    lambda made: [
        Joined(at, f"h{at}", f"s{at}", kind, lives)
        for at, (kind, lives) in enumerate(made, start=1)
    ]
)
QUESTIONS = st.lists(
    st.tuples(st.sampled_from(System), st.booleans(), st.integers(1, 14)), max_size=30
)


@given(ENDS, QUESTIONS, st.integers(0, 20), st.sampled_from([None, frozenset({CONTACT})]))
def test_the_answers_are_those_of_reading_all(
    links: list[Joined],
    questions: list[tuple[System, bool, int]],
    few: int,
    kinds: frozenset[str] | None,
) -> None:
    there = [one for one in links if kinds is None or (one.lives and one.kind in kinds)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kin, "FEW", few)
        asked = Kin(CONTACTS, Counting(links), kinds)
        for system, by_link, at in questions:
            own = 1 if system is HUBSPOT else 2
            if by_link:
                expected = next((one[own] for one in there if one.id == at and one.lives), None)
                assert asked.records()[system].get(str(at)) == expected
            else:
                name = f"{'h' if system is HUBSPOT else 's'}{at}"
                expected = next((str(one.id) for one in there if one[own] == name), None)
                assert asked.links()[system].get(name) == expected
