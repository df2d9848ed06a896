"""The walk over HubSpot's search misses nothing, repeats nothing, and never meets the wall."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.adapters.hubspot_search import (
    CHOICES,
    ID,
    LONGEST_BODY,
    WALL,
    by_id,
    fits,
    milliseconds,
    modified_property,
    search_body,
    walk,
)
from include.crmsync.errors import Unavailable

STAMP = "lastmodifieddate"
MORNING = datetime(2026, 1, 31, 9, tzinfo=UTC)


class Index:
    """HubSpot's search, on a dict of id -> stamp, with its wall."""

    def __init__(self, stamps: Mapping[int, datetime], wall: int = WALL) -> None:
        self.stamps = dict(stamps)
        self.searches = 0
        self.wall = wall
        self.between: Callable[[], None] = lambda: None

    def search(self, body: Mapping[str, Any]) -> dict[str, Any]:
        assert len(json.dumps(body)) <= LONGEST_BODY, "too long a search"
        self.searches += 1
        self.between()
        found = [id_ for id_ in self.stamps if self._passes(id_, body)]
        [sort] = body["sorts"]
        found.sort(key=lambda id_: id_ if sort["propertyName"] == ID else self.stamps[id_])
        first, limit = int(body.get("after", 0)), body["limit"]
        assert first + limit <= self.wall, "behind the wall"
        page = found[first : first + limit]
        answer: dict[str, Any] = {"results": [self._item(id_) for id_ in page]}
        if first + limit < len(found):
            answer["paging"] = {"next": {"after": str(first + limit)}}
        return answer

    def _item(self, id_: int) -> dict[str, Any]:
        stamp = self.stamps[id_].isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"id": str(id_), "properties": {STAMP: stamp}}

    def _passes(self, id_: int, body: Mapping[str, Any]) -> bool:
        [group] = body["filterGroups"]
        return all(self._holds(id_, rule) for rule in group["filters"])

    def _holds(self, id_: int, rule: Mapping[str, Any]) -> bool:
        own = id_ if rule["propertyName"] == ID else int(milliseconds(self.stamps[id_]))
        if rule["operator"] == "NOT_IN":
            assert len(rule["values"]) <= CHOICES
            return str(own) not in rule["values"]
        other = int(rule["value"])
        return {"GTE": own >= other, "GT": own > other, "EQ": own == other}[rule["operator"]]


def walked(index: Index, since: datetime = MORNING, limit: int = 200) -> list[int]:
    return [int(item["id"]) for item in walk(index.search, since, STAMP, [], limit)]


stamps = st.dictionaries(
    st.integers(1, 999),
    st.integers(-3, 6).map(lambda seconds: MORNING + timedelta(seconds=seconds)),
    max_size=40,
)


@given(stamps=stamps, limit=st.integers(1, 5))
def test_every_record_at_or_after_the_moment_comes_once(
    stamps: dict[int, datetime], limit: int
) -> None:
    expected = sorted(id_ for id_, stamp in stamps.items() if stamp >= MORNING)
    assert sorted(walked(Index(stamps, wall=limit), limit=limit)) == expected


@given(stamps=stamps, limit=st.integers(1, 5))
def test_the_oldest_comes_first(stamps: dict[int, datetime], limit: int) -> None:
    found = [stamps[id_] for id_ in walked(Index(stamps), limit=limit)]
    assert found == sorted(found)


@given(stamps=stamps, limit=st.integers(1, 5), data=st.data())
def test_records_edited_while_we_read_push_nothing_out_of_sight(
    stamps: dict[int, datetime], limit: int, data: st.DataObject
) -> None:
    index = Index(stamps)

    def edit() -> None:
        if stamps and index.searches < 8:
            now = MORNING + timedelta(minutes=1, milliseconds=index.searches)
            index.stamps[data.draw(st.sampled_from(sorted(stamps)))] = now

    index.between = edit
    found = walked(index, limit=limit)
    assert len(set(found)) == len(found)
    assert set(found) >= {id_ for id_, stamp in index.stamps.items() if stamp >= MORNING}


def test_twenty_five_thousand_records_with_one_stamp_are_all_read() -> None:
    index = Index(dict.fromkeys(range(1, 25_001), MORNING))
    assert sorted(walked(index)) == list(range(1, 25_001))
    assert index.searches <= 25_000 / 200 + 3


def test_more_records_than_the_wall_allows_are_all_read() -> None:
    count = 10_500
    index = Index({id_: MORNING + timedelta(milliseconds=id_) for id_ in range(count)})
    assert walked(index) == list(range(count))
    assert index.searches <= count / 200 * 1.05


def test_records_written_a_hundred_at_a_time_cost_no_page_twice() -> None:
    count = 10_000
    index = Index({id_: MORNING + timedelta(seconds=id_ // 100) for id_ in range(count)})
    assert sorted(walked(index)) == list(range(count))
    assert index.searches <= count / 200 * 1.05


def test_empty_pages_with_a_cursor_are_not_the_end() -> None:
    [item] = Index({1: MORNING}).search(search_body([], STAMP, [], 200))["results"]
    pages: list[dict[str, Any]] = [
        {"results": [], "paging": {"next": {"after": "200"}}},
        {"results": [], "paging": {"next": {"after": "400"}}},
        {"results": [item]},
    ]

    def search(_: Mapping[str, Any]) -> dict[str, Any]:
        return pages.pop(0)

    found = walk(search, MORNING, STAMP, [])
    assert [row["id"] for row in found] == ["1"]


def test_nothing_but_empty_pages_is_an_error_not_an_end() -> None:
    def search(body: Mapping[str, Any]) -> dict[str, Any]:
        after = int(body.get("after", 0)) + 200
        return {"results": [], "paging": {"next": {"after": str(after)}}}

    with pytest.raises(Unavailable):
        list(walk(search, MORNING, STAMP, []))


def test_an_answer_without_results_is_an_error_not_an_end() -> None:
    with pytest.raises(Unavailable):
        list(walk(lambda _: {"status": "error"}, MORNING, STAMP, []))


def test_a_search_out_of_order_is_an_error_not_an_endless_walk() -> None:
    old, new = (Index({id_: MORNING + timedelta(id_)}) for id_ in (1, 2))
    rows = [one.search(search_body([], STAMP, [], 200))["results"][0] for one in (new, old)]
    page = {"results": rows, "paging": {"next": {"after": "2"}}}
    with pytest.raises(Unavailable, match="out of order"):
        list(walk(lambda _: page, MORNING + timedelta(1, 1), STAMP, []))


def test_ids_sorted_as_text_are_an_error_not_a_gap() -> None:
    page = {"results": [{"id": "10"}, {"id": "9"}], "paging": {"next": {"after": "2"}}}
    with pytest.raises(Unavailable, match="as numbers"):
        list(by_id(lambda _: page, [], []))


def test_a_search_has_room_for_three_thousand_characters() -> None:
    assert fits(search_body([], STAMP, ["x" * 20] * 100, 200))
    assert not fits(search_body([], STAMP, ["x" * 20] * 130, 200))


def test_the_search_body_is_what_hubspot_documents() -> None:
    bound = {"propertyName": STAMP, "operator": "GTE", "value": "1769850000000"}
    assert search_body([bound], STAMP, ["email"], 200) == {
        "filterGroups": [{"filters": [bound]}],
        "sorts": [{"propertyName": STAMP, "direction": "ASCENDING"}],
        "properties": ["email"],
        "limit": 200,
    }
    assert milliseconds(MORNING) == "1769850000000"


def test_contacts_keep_their_stamp_elsewhere() -> None:
    assert modified_property("contacts") == "lastmodifieddate"
    assert modified_property("deals") == "hs_lastmodifieddate"
