"""getUpdated and getDeleted: whole minutes, bounded reach, nothing twice."""

from urllib.parse import quote

import pytest

from tests.sandbox.salesforce.client import Client


def span(start: str, end: str) -> str:
    return f"start={quote(f'2026-01-05T{start}+00:00')}&end={quote(f'2026-01-05T{end}+00:00')}"


def test_changed_records_are_listed_by_id(org: Client) -> None:
    record_id = org.create("Contact")
    org.world.clock.advance(600)
    body = org.call("GET", f"/sobjects/Contact/updated?{span('07:59:30', '08:05:59')}").body
    assert body == {"ids": [record_id], "latestDateCovered": "2026-01-05T08:05:00.000+0000"}
    later = org.call("GET", f"/sobjects/Contact/updated?{span('08:01:00', '08:05:00')}").body
    assert later["ids"] == []


def test_deleted_records_are_listed_with_their_time(org: Client) -> None:
    record_id = org.create("Contact")
    org.call("DELETE", f"/sobjects/Contact/{record_id}")
    body = org.call("GET", f"/sobjects/Contact/deleted?{span('07:59:00', '08:05:00')}").body
    assert body["deletedRecords"] == [
        {"id": record_id, "deletedDate": "2026-01-05T08:00:00.000+0000"}
    ]
    updated = org.call("GET", f"/sobjects/Contact/updated?{span('07:59:00', '08:05:00')}").body
    assert updated["ids"] == []


@pytest.mark.parametrize(
    "query",
    [
        span("08:00:00", "08:00:59"),
        span("08:05:00", "08:00:00"),
        "start=2025-01-01T00:00:00Z&end=2026-01-05T08:00:00Z",
    ],
)
def test_a_span_out_of_reach_is_refused(org: Client, query: str) -> None:
    answer = org.call("GET", f"/sobjects/Contact/updated?{query}")
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")


def test_records_are_counted_without_the_deleted_ones(org: Client) -> None:
    org.create("Lead")
    org.call("DELETE", f"/sobjects/Contact/{org.create('Contact')}")
    body = org.call("GET", "/limits/recordCount?sObjects=Lead,Contact").body
    assert body == {"sObjects": [{"count": 0, "name": "Contact"}, {"count": 1, "name": "Lead"}]}
