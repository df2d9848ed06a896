"""The drift audit over real HTTP, and a witness from outside who compares both CRMs himself."""

import json
from pathlib import Path

import pytest

from include.crmsync.model.record import System
from include.crmsync.pipeline import audit
from include.crmsync.pipeline.audit_report import drifted, report
from tests.conftest import Sandbox
from tests.end_to_end.conftest import Installation, demo_of

pytestmark = pytest.mark.sandbox
DAY = 86_400


def audited(installation: Installation, *, mend: bool = False) -> dict[str, dict[str, int]]:
    """One audit of everything; object type -> what it came to."""
    installation.runs += 1
    shop = installation.workshop()
    try:
        name = f"audit-{installation.runs}"
        for object_type in ("companies", "contacts", "deals"):
            audit.run(object_type, name, mend=mend, workshop=shop)
        told = report(name, shop)
        assert drifted(told) == sum(
            row["pairs"]
            for one in told["object_types"]
            for row in one["differing"]
            if row["cause"] in ("drift", "unfilled", "absent")
        )
        return {one["object_type"]: one["counts"] for one in told["object_types"]}
    finally:
        shop.close()


def yesterday(installation: Installation, days: int) -> None:
    """Set both CRMs' clocks back, or forward again: what is edited then looks old."""
    installation.sandbox.advance(-DAY * days)


def apart(installation: Installation, object_type: str) -> int:
    """Two-way fields that differ, as somebody sees who has none of our code."""
    outside = installation.outside
    return len(list(outside.differences(object_type, installation.links(object_type))))


def alike(installation: Installation) -> list[tuple[str, str]]:
    """Contacts on the list whose title both systems hold alike."""
    shop = installation.workshop()
    listed = shop.gateways[System.HUBSPOT].members(shop.settings.inclusion_list or "")
    links = shop.store.links("contacts", System.HUBSPOT, listed).values()
    shop.close()
    pairs = [(one.hubspot_id, one.salesforce_id) for one in links if (one.base or {}).get("title")]
    differing = {pair[:2] for pair in installation.outside.differences("contacts", pairs)}
    return [pair for pair in pairs if pair[1].startswith("003") and pair not in differing]


@pytest.fixture
def quiet_demo(sandbox_server: Sandbox, tmp_path: Path) -> Installation:
    """The demo data with nothing left to sync."""
    synced_demo = demo_of(sandbox_server, tmp_path)
    synced_demo.sandbox.advance(3600)
    synced_demo.sync()
    return synced_demo


def test_after_a_sync_no_pair_has_drifted_and_the_witness_agrees(quiet_demo: Installation) -> None:
    told = audited(quiet_demo)
    for object_type, counts in told.items():
        assert counts["compared"] == len(quiet_demo.links(object_type)) > 0
        assert {"drift", "unfilled", "absent"}.isdisjoint(counts)
        assert counts["compared"] - counts["equal"] >= 0
    assert apart(quiet_demo, "companies") == 0


def test_an_edit_stamped_long_ago_is_found_by_the_audit_alone_and_mended(
    quiet_demo: Installation,
) -> None:
    outside = quiet_demo.outside
    before = audited(quiet_demo)["contacts"]
    unequal = apart(quiet_demo, "contacts")
    first, second, *_ = alike(quiet_demo)
    yesterday(quiet_demo, 1)
    edit = {"Title": "Seen by nobody"}
    outside.salesforce("PATCH", f"sobjects/Contact/{first[1]}", edit)
    properties = {"properties": {"jobtitle": "Seen by nobody"}}
    outside.hubspot("PATCH", f"/crm/v3/objects/contacts/{second[0]}", properties)
    yesterday(quiet_demo, -1)
    quiet_demo.sync()
    assert apart(quiet_demo, "contacts") == unequal + 2
    quiet_demo.sandbox.forget_calls()
    after = audited(quiet_demo, mend=True)["contacts"]
    assert after["drift"] == before.get("drift", 0) + 2
    calls = quiet_demo.sandbox.calls()
    assert (calls["hubspot"]["writes"], calls["salesforce"]["writes"]) == (0, 0)
    quiet_demo.sync()
    assert apart(quiet_demo, "contacts") == unequal
    found = outside.all_hubspot("contacts", ["jobtitle"])[first[0]]
    assert found["jobtitle"] == "Seen by nobody"
    assert audited(quiet_demo)["contacts"].get("drift", 0) == 0


def test_the_command_shows_an_audit_without_a_single_value(quiet_demo: Installation) -> None:
    pair = alike(quiet_demo)[0]
    yesterday(quiet_demo, 1)
    edit = {"Title": "Seen by nobody"}
    quiet_demo.outside.salesforce("PATCH", f"sobjects/Contact/{pair[1]}", edit)
    yesterday(quiet_demo, -1)
    nothing = quiet_demo.command("audit", "--audit", "never made")
    nothing.communicate(timeout=60)
    assert nothing.returncode == 1
    asked = quiet_demo.command("audit", "--now", "--json")
    told, log = asked.communicate(timeout=120)
    assert asked.returncode == 0, log
    [row] = [
        row
        for one in json.loads(told)["object_types"]
        for row in one["differing"]
        if row["cause"] == "drift"
    ]
    assert row["examples"][0] == {"hubspot": pair[0], "salesforce": pair[1], "moved": "salesforce"}
    shown, log_again = quiet_demo.command("audit").communicate(timeout=60)
    assert "drift" in shown
    assert pair[1] in shown
    assert "Seen by nobody" not in told + log + shown + log_again
