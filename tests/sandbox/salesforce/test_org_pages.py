"""What an org's own pages are made of, as far as clients ask; and ways along relations."""

from typing import Any

import pytest

from tests.sandbox.salesforce.client import Client


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/recent", []),
        ("/tabs", []),
        ("/quickActions", []),
        ("/theme", {"themeItems": []}),
        ("/sobjects/Contact/quickActions", []),
        ("/sobjects/Contact/describe/approvalLayouts", {"approvalLayouts": []}),
    ],
)
def test_what_pages_would_show_is_empty(org: Client, path: str, body: Any) -> None:
    answer = org.call("GET", path)
    assert (answer.status, answer.body) == (200, body)


def test_layouts_name_the_master_record_type(org: Client) -> None:
    layouts = org.call("GET", "/sobjects/Contact/describe/layouts").body
    [mapping] = layouts["recordTypeMappings"]
    answer = org.call("GET", mapping["urls"]["layout"])
    assert (layouts["layouts"], answer.status, answer.body["relatedLists"]) == ([], 200, [])
    compact = org.call("GET", "/sobjects/Contact/describe/compactLayouts").body
    assert compact["compactLayouts"] == []
    assert org.call("GET", "/sobjects/Contact/listviews").body["size"] == 0


@pytest.mark.parametrize(
    "path", ["Contact/describe/namedLayouts/x", "Nothing/describe/layouts", "Nothing/listviews"]
)
def test_what_is_not_there_is_no_external_id(org: Client, path: str) -> None:
    answer = org.call("GET", f"/sobjects/{path}")
    assert answer.status == 404
    assert answer.body[0]["message"] == "The requested resource does not exist"


def test_a_parent_is_read_by_the_name_of_the_relation(org: Client) -> None:
    account_id = org.create("Account")
    record_id = org.create("Contact", AccountId=account_id)
    answer = org.call("GET", f"/sobjects/Contact/{record_id}/Account?fields=Name")
    assert answer.body["Name"] == "Acme"
    assert org.call("GET", f"/sobjects/Contact/{record_id}/ReportsTo").status == 404


def test_children_are_a_page_of_a_query(org: Client) -> None:
    account_id = org.create("Account")
    record_id = org.create("Contact", AccountId=account_id)
    org.create("Contact")
    answer = org.call("GET", f"/sobjects/Account/{account_id}/Contacts")
    assert answer.body["totalSize"] == 1
    assert answer.body["records"][0]["Id"] == record_id
    assert org.call("GET", f"/sobjects/Account/{account_id}/Nothings").status == 404
