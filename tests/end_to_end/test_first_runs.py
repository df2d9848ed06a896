"""The demo data, synced over real HTTP, judged from outside."""

import sqlite3
from typing import Any

import pytest

from include.crmsync.pipeline.once import OBJECT_TYPES
from tests.conftest import Sandbox
from tests.end_to_end.conftest import Installation, demo_of

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def synced_demo(sandbox_server: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """One for all: whoever looks at it leaves nothing to sync."""
    return demo_of(sandbox_server, tmp_path_factory.mktemp("demo"))


def test_every_linked_pair_that_may_sync_is_equal_afterwards(synced_demo: Installation) -> None:
    for object_type in OBJECT_TYPES:
        links, held = synced_demo.links(object_type), synced_demo.held(object_type)
        free = [
            (hubspot_id, salesforce_id)
            for hubspot_id, salesforce_id in links
            if ("hubspot", hubspot_id) not in held and ("salesforce", salesforce_id) not in held
        ]
        assert len(free) > 100
        assert list(synced_demo.outside.differences(object_type, free)) == []


def test_a_second_run_writes_nothing_to_either_crm(synced_demo: Installation) -> None:
    synced_demo.sandbox.forget_calls()
    told = synced_demo.sync()
    calls = synced_demo.sandbox.calls()
    assert told["state"] == "nothing_to_do"
    assert {system: calls[system]["writes"] for system in ("hubspot", "salesforce")} == {
        "hubspot": 0,
        "salesforce": 0,
    }
    assert _written(told) == [0, 0]
    assert synced_demo.sync()["state"] == "nothing_to_do"


def test_once_the_overlap_is_over_an_idle_run_reads_one_page_per_object(
    synced_demo: Installation,
) -> None:
    synced_demo.sandbox.advance(1200)
    synced_demo.sync()
    synced_demo.sandbox.advance(1200)
    synced_demo.sandbox.forget_calls()
    synced_demo.sync()
    by_endpoint = synced_demo.sandbox.calls()["hubspot"]["by_endpoint"]
    searches = {name: count for name, count in by_endpoint.items() if "search" in name}
    assert sum(searches.values()) == len(OBJECT_TYPES)


def test_everything_read_is_accounted_for(synced_demo: Installation) -> None:
    told = synced_demo.sync()
    for one in told["object_types"]:
        for row in one["directions"]:
            assert row["extracted"] >= row["equal"] + row["held"]
            assert row["failed"] == 0


def test_no_salesforce_record_is_made_twice_and_no_hubspot_one(synced_demo: Installation) -> None:
    accounts = synced_demo.outside.query(
        "SELECT Id, crmsync_hubspot_id__c FROM Account WHERE crmsync_hubspot_id__c != null"
    )
    keys = [row["crmsync_hubspot_id__c"] for row in accounts]
    assert len(keys) == len(set(keys)) > 0
    contacts = synced_demo.outside.all_hubspot("contacts", ["crmsync_salesforce_id"])
    carried = [row["crmsync_salesforce_id"] for row in contacts.values()]
    present = [key for key in carried if key]
    assert len(present) == len(set(present)) > 0


def test_a_record_without_e_mail_stays_out_and_says_why(synced_demo: Installation) -> None:
    with sqlite3.connect(synced_demo.folder / "crmsync.db") as journal:
        rows = journal.execute(
            "SELECT record_id, reason FROM held WHERE object_type = 'contacts'"
            " AND system = 'hubspot' AND criterion = 'has_email'"
        ).fetchall()
    journal.close()
    assert rows
    linked = {hubspot_id for hubspot_id, _ in synced_demo.links("contacts")}
    assert all(record_id not in linked and "e-mail" in reason for record_id, reason in rows)


def _written(told: dict[str, Any]) -> list[int]:
    rows = [row for one in told["object_types"] for row in one["directions"]]
    return [sum(row["created"] for row in rows), sum(row["updated"] for row in rows)]
