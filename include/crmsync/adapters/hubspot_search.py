"""Walking HubSpot's search by modification time, without missing a record.

Search pages are numbered by position, and that loses records: one that is modified while we
read moves to the end, everything behind it steps up, and the record at the page's edge is
never shown. There is also a wall, at 10,000 results. So the walk never asks for page two.
It searches from a stamp on, oldest first, takes one page, and searches again from the last
stamp on that page, naming what it has seen of that stamp so that no page is spent on it. A
page that holds a single stamp cannot move the walk on; then all records of that stamp are
read by ascending id, and the walk goes on behind it. Each record comes once, however many
share a stamp.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from include.crmsync.adapters.hubspot_api import next_page, results
from include.crmsync.errors import Unavailable

PAGE_SIZE = 200
"""The most records one search page may hold."""

WALL = 10_000
"""The position behind which HubSpot refuses to page."""

LONGEST_BODY = 3000
"""Characters of a search; HubSpot refuses a longer one."""

CHOICES = 100
"""The most values one IN or NOT_IN filter may hold."""

ID = "hs_object_id"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Search = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Sends one search body, answers the page."""

Filter = dict[str, Any]


def modified_property(hubspot_object: str) -> str:
    """Where an object keeps its modification time: contacts are older than the convention."""
    return "lastmodifieddate" if hubspot_object == "contacts" else "hs_lastmodifieddate"


def milliseconds(at: datetime) -> str:
    """A moment as search filters spell it."""
    return str((at - EPOCH) // timedelta(milliseconds=1))


def search_body(
    filters: Sequence[Filter], sort_by: str, properties: Sequence[str], limit: int
) -> dict[str, Any]:
    """A search for what passes all filters, ascending by one property (more are not allowed)."""
    return {
        "filterGroups": [{"filters": list(filters)}],
        "sorts": [{"propertyName": sort_by, "direction": "ASCENDING"}],
        "properties": list(properties),
        "limit": limit,
    }


def fits(body: Mapping[str, Any]) -> bool:
    """Whether HubSpot takes a search of this length."""
    return len(json.dumps(body)) <= LONGEST_BODY


def walk(
    search: Search, since: datetime, stamp: str, properties: Sequence[str], limit: int = PAGE_SIZE
) -> Iterator[dict[str, Any]]:
    """Yield each object modified at or after `since` once, oldest first."""
    seen: set[str] = set()
    known: list[str] = []
    bound: Filter = {"propertyName": stamp, "operator": "GTE", "value": milliseconds(since)}
    while True:
        rows, more = _first_rows(search, _body_without(known, bound, stamp, properties, limit))
        yield from _unseen(rows, seen)
        if not more:
            return
        first, last = stamp_of(rows[0], stamp), stamp_of(rows[-1], stamp)
        if int(last) < int(bound["value"]):
            raise Unavailable("HubSpot's search answered out of order")
        if first == last:
            same: Filter = {"propertyName": stamp, "operator": "EQ", "value": last}
            yield from _unseen(by_id(search, [same], properties, limit), seen)
            bound, known = {**bound, "operator": "GT", "value": last}, []
        else:
            bound = {**bound, "operator": "GTE", "value": last}
            known = [str(row["id"]) for row in rows if stamp_of(row, stamp) == last]


def by_id(
    search: Search, filters: Sequence[Filter], properties: Sequence[str], limit: int = PAGE_SIZE
) -> Iterator[dict[str, Any]]:
    """Yield every object that passes the filters, by ascending id."""
    beyond: list[Filter] = []
    while True:
        rows, more = _first_rows(search, search_body([*filters, *beyond], ID, properties, limit))
        yield from rows
        if not more:
            return
        _refuse_disorder([int(row["id"]) for row in rows])
        beyond = [{"propertyName": ID, "operator": "GT", "value": str(rows[-1]["id"])}]


def stamp_of(item: Mapping[str, Any], stamp: str) -> str:
    """An object's modification time, as search filters spell it."""
    return milliseconds(modified_at(item, stamp))


def modified_at(item: Mapping[str, Any], stamp: str) -> datetime:
    """An object's modification time."""
    try:
        told = item["properties"].get(stamp) or item["updatedAt"]
        return datetime.fromisoformat(told).astimezone(UTC)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unavailable("HubSpot's answer holds an object without a stamp") from None


def _body_without(
    known: Sequence[str], bound: Filter, stamp: str, properties: Sequence[str], limit: int
) -> dict[str, Any]:
    """A search from a stamp on that leaves out what is known, where the body has room for it."""
    filters = [bound] + [
        {"propertyName": ID, "operator": "NOT_IN", "values": list(known[start : start + CHOICES])}
        for start in range(0, len(known), CHOICES)
    ]
    whole = search_body(filters, stamp, properties, limit)
    return whole if fits(whole) else search_body([bound], stamp, properties, limit)


def _refuse_disorder(ids: Sequence[int]) -> None:
    """Ids sorted as text would hide records from a walk that goes by number."""
    if any(one >= two for one, two in pairwise(ids)):
        raise Unavailable("HubSpot's search does not sort ids as numbers")


def _first_rows(search: Search, body: Mapping[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """The first page that holds anything, and whether more follows. Empty pages may be in front."""
    page = search(body)
    while not results(page) and (after := next_page(page)) is not None:
        if not after.isdigit() or int(after) + int(body["limit"]) > WALL:
            raise Unavailable("HubSpot's search gave nothing but empty pages up to its wall")
        page = search({**body, "after": after})
    return results(page), next_page(page) is not None and bool(results(page))


def _unseen(rows: Iterator[dict[str, Any]] | list[dict[str, Any]], seen: set[str]) -> Iterator[Any]:
    for row in rows:
        if row["id"] not in seen:
            seen.add(row["id"])
            yield row
