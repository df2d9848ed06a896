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
