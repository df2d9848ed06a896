"""Fields that come, go and change in the CRMs while the sync runs, over real HTTP."""

from dataclasses import replace
from typing import Any

import pytest

from include.crmsync.mappings.loader import load_all
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.pipeline.workshop import Workshop
from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox
CONTACTS = "/crm/v3/objects/contacts"
PROPERTIES = "/crm/v3/properties/contacts"
DEPARTMENT = FieldMapping(
    "department", "team", {"Contact": "Department"}, FieldType.STRING, SyncRule.TWO_WAY
)


def told_of(told: dict[str, Any], object_type: str = "contacts") -> dict[str, Any]:
    [found] = [one for one in told["object_types"] if one["object_type"] == object_type]
    return dict(found)


def ada(installation: Installation, **properties: str) -> tuple[str, str]:
    """A contact on the inclusion list, synced and linked."""
    values = {"email": "ada@example.com", "lastname": "Lovelace", **properties}
    contact = installation.outside.hubspot("POST", CONTACTS, {"properties": values})
    members = "/_sandbox/lists/Salesforce%20inclusion%20list/members"
    installation.sandbox.call("PUT", members, {"add": [contact["id"]]})
    installation.sync()
    [pair] = installation.links("contacts")
    installation.sandbox.advance(30)
    return pair


def edit_here(installation: Installation, id_: str, **properties: str) -> None:
    installation.outside.hubspot("PATCH", f"{CONTACTS}/{id_}", {"properties": properties})


def edit_there(installation: Installation, id_: str, **fields: str) -> None:
    installation.outside.salesforce("PATCH", f"sobjects/Contact/{id_}", fields)


def there(installation: Installation, id_: str) -> dict[str, Any]:
    return dict(installation.outside.salesforce("GET", f"sobjects/Contact/{id_}"))


def make_team(installation: Installation, **changes: str) -> None:
    """The custom property that the tests' own mapping names."""
    plain = {"name": "team", "label": "Team", "type": "string", "fieldType": "text"}
    body = {**plain, "groupName": "contactinformation", **changes}
    installation.outside.hubspot("POST", PROPERTIES, body)


@pytest.fixture
def department(monkeypatch: pytest.MonkeyPatch) -> None:
    contacts = load_all()["contacts"]
    mapped = replace(contacts, fields=(*contacts.fields, DEPARTMENT))
    monkeypatch.setattr(Workshop, "mappings", {**load_all(), "contacts": mapped})


def test_the_shipped_mappings_fit_the_sandbox(installation: Installation) -> None:
    for one in installation.sync()["object_types"]:
        assert one["mapping_issues"] == []


def test_an_idle_run_asks_for_no_schema(installation: Installation) -> None:
    ada(installation)
    for _ in range(2):
        installation.sync()
        installation.sandbox.advance(3600)
    installation.sandbox.forget_calls()
    told = installation.sync()
    assert told["state"] == "nothing_to_do"
    calls = installation.sandbox.calls()
    # One search per object type, one look after contacts that may have been erased, and one at
    # the companies of those that are linked; one call for all kinds of an object type; a log-in.
    assert calls["hubspot"]["total"] == 3 + 1 + 1
    assert calls["salesforce"]["total"] == 3 + 1


@pytest.mark.usefixtures("department")
def test_a_property_that_is_deleted_is_set_aside_and_comes_back(
    installation: Installation,
) -> None:
    make_team(installation)
    hubspot_id, salesforce_id = ada(installation, team="Analysis")
    assert there(installation, salesforce_id)["Department"] == "Analysis"
    installation.outside.hubspot("DELETE", f"{PROPERTIES}/team")
    edit_here(installation, hubspot_id, jobtitle="Countess")
    edit_there(installation, salesforce_id, Department="Engines")
    installation.sandbox.advance(30)
    told = told_of(installation.sync())
    [issue] = told["mapping_issues"]
    assert (issue["field"], issue["effect"]) == ("department", "set_aside")
    assert there(installation, salesforce_id)["Title"] == "Countess"
    make_team(installation)
    shop = installation.workshop()
    shop.live.forget("contacts")
    shop.close()
    installation.sandbox.advance(30)
    assert told_of(installation.sync())["mapping_issues"] == []
    found = installation.outside.hubspot("GET", f"{CONTACTS}/{hubspot_id}?properties=team")
    assert found["properties"]["team"] in ("Engines", "Analysis")
    assert found["properties"]["team"] == there(installation, salesforce_id)["Department"]


@pytest.mark.usefixtures("department")
def test_a_property_of_another_type_is_a_mismatch(installation: Installation) -> None:
    make_team(installation, type="number", fieldType="number")
    [issue] = told_of(installation.sync())["mapping_issues"]
    assert (issue["problem"], issue["in"]) == ("type_mismatch", "hubspot")


def test_a_conflict_is_settled_by_the_time_of_hubspots_property(
    installation: Installation,
) -> None:
    hubspot_id, salesforce_id = ada(installation, jobtitle="Analyst")
    installation.sync()
    installation.sandbox.advance(3600)
    edit_here(installation, hubspot_id, jobtitle="Countess")
    installation.sandbox.advance(60)
    edit_there(installation, salesforce_id, Title="CTO")
    installation.sandbox.advance(60)
    edit_here(installation, hubspot_id, phone="+44 20 7946 0001")
    installation.sandbox.advance(30)
    told = told_of(installation.sync())
    assert told["conflicts"] == [{"field": "title", "count": 1}]
    assert there(installation, salesforce_id)["Title"] == "CTO"
    assert there(installation, salesforce_id)["Phone"] == "+44 20 7946 0001"


def test_a_close_date_is_the_day_in_the_portals_zone(installation: Installation) -> None:
    late = {"dealname": "Late", "dealstage": "qualifiedtobuy", "pipeline": "default"}
    # The sandbox's portal is in US/Eastern: that is still the last of January there.
    body = {"properties": {**late, "closedate": "2026-02-01T03:30:00.000Z"}}
    deal = installation.outside.hubspot("POST", "/crm/v3/objects/deals", body)
    installation.sync()
    [found] = installation.outside.query("SELECT Id, CloseDate FROM Opportunity")
    assert found["CloseDate"] == "2026-01-31"
    installation.sandbox.advance(30)
    installation.outside.salesforce(
        "PATCH", f"sobjects/Opportunity/{found['Id']}", {"CloseDate": "2026-07-04"}
    )
    installation.sandbox.advance(30)
    installation.sync()
    path = f"/crm/v3/objects/deals/{deal['id']}?properties=closedate"
    written = installation.outside.hubspot("GET", path)["properties"]["closedate"]
    assert written.startswith("2026-07-04T04:00:00")


def test_both_gateways_tell_their_schemas(installation: Installation) -> None:
    shop = installation.workshop()
    contacts = shop.mappings["contacts"]
    ours = shop.gateways[System.HUBSPOT].schema(contacts)
    theirs = shop.gateways[System.SALESFORCE].schema(contacts)
    shop.close()
    assert ours.zone == "US/Eastern"
    assert ours.kinds["contacts"]["crmsync_salesforce_id"].unique
    assert not ours.kinds["contacts"]["hs_email_optout"].writable
    assert set(theirs.kinds) == {"Contact", "Lead"}
    contact = theirs.kinds["Contact"]
    assert (contact["LastName"].required, contact["LastName"].length) == (True, 80)
    assert contact["crmsync_hubspot_id__c"].external_id
    assert "Web" in (contact["LeadSource"].options or {})
