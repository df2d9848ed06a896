"""What befalls people in both CRMs, over real HTTP: exchanged addresses and their like."""

from typing import Any

import pytest

from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox
CONTACTS = "/crm/v3/objects/contacts"
LIST = "/_sandbox/lists/Salesforce%20inclusion%20list/members"


def person(installation: Installation, name: str) -> str:
    """A listed HubSpot contact; its id."""
    told = {"email": f"{name}@example.com", "lastname": name}
    made = installation.outside.hubspot("POST", CONTACTS, {"properties": told})
    installation.sandbox.call("PUT", LIST, {"add": [made["id"]]})
    return str(made["id"])


def people(installation: Installation, *names: str) -> list[tuple[str, str]]:
    """Linked people: HubSpot's id and Salesforce's."""
    ids = [person(installation, name) for name in names]
    installation.sync()
    links = dict(installation.links("contacts"))
    installation.sandbox.advance(30)
    return [(id_, links[id_]) for id_ in ids]


def hubspot(installation: Installation, id_: str, *names: str) -> list[Any]:
    path = f"{CONTACTS}/{id_}?properties={','.join(names)}"
    told = installation.outside.hubspot("GET", path)["properties"]
    return [told[name] for name in names]


def test_people_exchange_addresses_in_a_circle_and_in_a_row(installation: Installation) -> None:
    who = people(installation, "ada", "ben", "cyd", "dan")
    for (_, id_), name in zip(who, ("ben", "ada", "dan", "eve"), strict=True):
        body = {"Email": f"{name}@example.com"}
        installation.outside.salesforce("PATCH", f"sobjects/Contact/{id_}", body)
    told = installation.sync()
    assert told["state"] == "done"
    held = [hubspot(installation, id_, "email")[0] for id_, _ in who]
    assert held == [f"{name}@example.com" for name in ("ben", "ada", "dan", "eve")]
    installation.sandbox.advance(30)
    assert installation.sync()["state"] == "nothing_to_do"


def test_a_role_in_an_opportunity_moves_the_lifecycle_stage(installation: Installation) -> None:
    installation.remap("contacts", "lifecycle: {}")
    [(ada, contact), (ben, other)] = people(installation, "ada", "ben")
    fields = {"Name": "Engine", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
    deal = installation.outside.salesforce("POST", "sobjects/Opportunity", fields)["id"]
    role = {"OpportunityId": deal, "ContactId": contact}
    installation.outside.salesforce("POST", "sobjects/OpportunityContactRole", role)
    installation.sync()
    assert hubspot(installation, ada, "lifecyclestage") == ["opportunity"]
    assert hubspot(installation, ben, "lifecyclestage") != ["opportunity"]
    installation.sandbox.advance(30)
    path = f"sobjects/Opportunity/{deal}"
    installation.outside.salesforce("PATCH", path, {"StageName": "Closed Won", "Amount": 5})
    installation.sync()
    assert hubspot(installation, ada, "lifecyclestage") == ["customer"]
    assert other


def test_the_owner_that_an_assignment_rule_gives_a_new_lead_comes_back(
    installation: Installation,
) -> None:
    installation.remap("contacts", "creates_as: [{object: Lead}]")
    users = installation.outside.query("SELECT Id, Email FROM User WHERE IsActive = true")
    owners = {
        one["email"].lower(): one["id"]
        for one in installation.outside.hubspot("GET", "/crm/v3/owners")["results"]
    }
    chosen = next(one for one in users[1:] if (one["Email"] or "").lower() in owners)
    installation.sandbox.settings(salesforce={"lead_assignment_owner": chosen["Id"]})
    told = {"email": "ada@example.com", "lastname": "ada", "company": "Engines"}
    made = installation.outside.hubspot("POST", CONTACTS, {"properties": told})
    installation.sandbox.call("PUT", LIST, {"add": [made["id"]]})
    installation.sync()
    [lead] = installation.outside.query("SELECT Id, OwnerId FROM Lead")
    assert lead["OwnerId"] == chosen["Id"]
    installation.sandbox.advance(30)
    installation.sync()
    owner = owners[chosen["Email"].lower()]
    assert hubspot(installation, made["id"], "hubspot_owner_id") == [owner]


def test_two_people_merged_in_salesforce_are_merged_in_hubspot(installation: Installation) -> None:
    installation.remap("contacts", "merges_in: [hubspot]")
    [(ada, master), (augusta, loser)] = people(installation, "ada", "augusta")
    told = {"sobject": "Contact", "master_id": master, "merged_ids": [loser]}
    installation.sandbox.call("POST", "/_sandbox/salesforce/merge", told)
    installation.sync()
    mails = hubspot(installation, augusta, "email", "hs_additional_emails")
    assert mails == ["ada@example.com", "augusta@example.com"]
    assert hubspot(installation, ada, "hs_merged_object_ids") == [augusta]
    for _ in range(3):
        installation.sandbox.advance(30)
        last = installation.sync()
    assert last["state"] == "nothing_to_do"
    assert installation.held("contacts") == {}
