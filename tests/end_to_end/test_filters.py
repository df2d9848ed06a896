"""A filter of the mapping over real HTTP: who is outside is neither read nor written."""

from dataclasses import replace

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.mappings.loader import load_all
from include.crmsync.pipeline.workshop import Workshop
from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox
CONTACTS = "/crm/v3/objects/contacts"


def only(monkeypatch: pytest.MonkeyPatch, condition: str) -> None:
    contacts = replace(load_all()["contacts"], where={"Contact": condition})
    monkeypatch.setattr(Workshop, "mappings", {**load_all(), "contacts": contacts})


def make(installation: Installation, name: str, department: str) -> str:
    body = {"LastName": name, "Email": f"{name}@example.com", "Department": department}
    return str(installation.outside.salesforce("POST", "sobjects/Contact", body)["id"])


def test_who_is_outside_stays_out_and_who_leaves_is_left_alone(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "Department = 'Sales' OR Department = 'Care'")
    inside, outside = make(installation, "ada", "Sales"), make(installation, "grace", "Law")
    installation.sync()
    [(ours, theirs)] = installation.links("contacts")
    assert theirs == inside
    members = "/_sandbox/lists/Salesforce%20inclusion%20list/members"
    installation.sandbox.call("PUT", members, {"add": [ours]})
    installation.sandbox.advance(30)
    # She leaves the filter; an edit of hers over there, and one over here, stay where they are.
    change = {"Department": "Law", "Title": "Judge"}
    installation.outside.salesforce("PATCH", f"sobjects/Contact/{inside}", change)
    installation.outside.hubspot("PATCH", f"{CONTACTS}/{ours}", {"properties": {"city": "London"}})
    installation.sync()
    record = installation.outside.salesforce("GET", f"sobjects/Contact/{inside}")
    assert record["MailingCity"] is None
    assert installation.held("contacts")["salesforce", inside] == {"in_salesforce_filter"}
    # A deletion of somebody outside is told all the same; the one never linked stays unknown.
    installation.sandbox.advance(30)
    installation.outside.salesforce("DELETE", f"sobjects/Contact/{inside}")
    installation.sync()
    assert (
        installation.links("contacts") == []
        or outside not in dict(installation.links("contacts")).values()
    )


def test_a_condition_salesforce_does_not_take_names_the_mapping(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "Department LIKES 'Sales'")
    with pytest.raises(ConfigError, match=r"`salesforce.where` of mappings/contacts.yaml"):
        installation.sync()
