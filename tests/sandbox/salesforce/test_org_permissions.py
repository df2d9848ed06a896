"""Permissions of the integration user: what is hidden, what is read only, what is refused."""

import pytest

from tests.sandbox.salesforce.client import Client, row


def permit(org: Client, **levels: str) -> None:
    org.set(permissions={name.replace("__", "."): level for name, level in levels.items()})


def test_a_hidden_field_vanishes_from_describe(org: Client) -> None:
    permit(org, Contact__Phone="none")
    fields = org.call("GET", "/sobjects/Contact/describe").body["fields"]
    names = {one["name"] for one in fields}
    assert "Phone" not in names
    assert "Fax" in names


def test_a_hidden_field_is_no_column_for_a_query(org: Client) -> None:
    permit(org, Contact__Phone="none")
    for soql in (
        "SELECT Phone FROM Contact",
        "SELECT Id FROM Contact WHERE Phone = '1'",
        "SELECT Id FROM Contact ORDER BY Phone",
    ):
        error = org.refused_query(soql)
        assert error["errorCode"] == "INVALID_FIELD"
        assert "No such column 'Phone' on entity 'Contact'" in error["message"]


def test_a_hidden_field_is_not_read(org: Client) -> None:
    record_id = org.create("Contact", Phone="1234567")
    permit(org, Contact__Phone="none")
    assert "Phone" not in org.read(record_id)
    assert "Phone" not in org.query("SELECT FIELDS(ALL) FROM Contact LIMIT 200")["records"][0]


@pytest.mark.parametrize("level", ["none", "read"])
def test_a_field_that_may_not_be_written_is_refused(org: Client, level: str) -> None:
    record_id = org.create("Contact")
    permit(org, Contact__Phone=level)
    answer = org.call("PATCH", f"/sobjects/Contact/{record_id}", {"Phone": "1234567"})
    assert answer.status == 400
    assert answer.body[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert answer.body[0]["message"].startswith("Unable to create/update fields: Phone.")
    assert answer.body[0]["fields"] == ["Phone"]
    assert org.refused("Contact", Phone="1234567")["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_a_read_only_field_is_read_and_says_so(org: Client) -> None:
    record_id = org.create("Contact", Phone="1234567")
    permit(org, Contact__Phone="read")
    assert org.read(record_id)["Phone"] == "1234567"
    fields = org.call("GET", "/sobjects/Contact/describe").body["fields"]
    [field] = [one for one in fields if one["name"] == "Phone"]
    assert (field["createable"], field["updateable"]) == (False, False)


def test_a_required_field_cannot_be_hidden(org: Client) -> None:
    permit(org, Contact__LastName="none")
    record_id = org.call("GET", "/sobjects/Contact/describe").body["fields"]
    assert "LastName" in {one["name"] for one in record_id}


def test_a_hidden_object_is_not_there(org: Client) -> None:
    record_id = org.create("Case")
    permit(org, Case="none")
    assert "Case" not in [one["name"] for one in org.call("GET", "/sobjects").body["sobjects"]]
    assert org.call("GET", "/sobjects/Case/describe").status == 404
    assert org.call("GET", f"/sobjects/Case/{record_id}").status == 404
    assert org.call("POST", "/sobjects/Case", {"Subject": "x"}).status == 404
    assert org.refused_query("SELECT Id FROM Case")["errorCode"] == "INVALID_TYPE"
    body = {"records": [row("Case", Subject="x")]}
    answer = org.call("POST", "/composite/sobjects", body)
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_TYPE")


def test_a_read_only_object_refuses_every_write(org: Client) -> None:
    record_id = org.create("Contact")
    permit(org, Contact="read")
    made = org.call("POST", "/sobjects/Contact", {"LastName": "x"})
    assert (made.status, made.body[0]["errorCode"]) == (
        400,
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    )
    assert made.body[0]["message"] == "entity type cannot be inserted: Contact"
    for method, body in (("PATCH", {"LastName": "x"}), ("DELETE", None)):
        answer = org.call(method, f"/sobjects/Contact/{record_id}", body)
        assert answer.status == 403
        assert answer.body[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
        assert answer.body[0]["message"] == "insufficient access rights on object id"
    assert org.read(record_id)["LastName"] == "Lovelace"


def test_an_object_may_be_edited_and_not_deleted(org: Client) -> None:
    record_id = org.create("Contact")
    permit(org, Contact="edit")
    assert org.call("PATCH", f"/sobjects/Contact/{record_id}", {"LastName": "x"}).status == 204
    assert org.call("DELETE", f"/sobjects/Contact/{record_id}").status == 403
    described = org.call("GET", "/sobjects/Contact/describe").body
    assert (described["updateable"], described["deletable"]) == (True, False)


def test_a_refused_row_of_a_collection_answers_for_itself(org: Client) -> None:
    permit(org, Contact__Phone="read")
    bad, good = org.collection(
        "POST", "", row("Contact", LastName="a", Phone="1234567"), row("Contact", LastName="b")
    )
    assert bad["errors"][0]["statusCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert good["success"] is True


def test_an_administrator_is_not_narrowed(org: Client) -> None:
    first, second = org.create("Contact"), org.create("Contact")
    permit(org, Contact="read")
    answer = org.verb("merge", sobject="Contact", master_id=first, merged_ids=[second])
    assert answer.status == 200


def test_permissions_come_back_as_they_go(org: Client) -> None:
    permit(org, Contact__Phone="none")
    org.refused_query("SELECT Phone FROM Contact")
    permit(org, Contact__Phone="full")
    assert org.values("SELECT Phone FROM Contact") == []
