"""What HubSpot's answers mean: parents, partial answers, refusals and who is to blame."""

from typing import Any

import pytest

from include.crmsync.adapters.failures import Refused
from include.crmsync.adapters.gateway import Write
from include.crmsync.adapters.hubspot_api import next_page, only_missing
from include.crmsync.adapters.hubspot_associations import choose
from include.crmsync.adapters.hubspot_records import holds, properties_of
from include.crmsync.adapters.hubspot_refusal import explain, named_rows, refused_property
from include.crmsync.adapters.hubspot_write import to_input
from tests.adapters.mappings import COMPANIES, CONTACTS

WRITE = Write("k", "contacts", "101", {"email": "canary@x", "phone": None})
OTHER = Write("o", "contacts", None, {}, external_key="003A")


def company(id_: int, *types: int) -> dict[str, Any]:
    return {"toObjectId": id_, "associationTypes": [{"typeId": type_id} for type_id in types]}


@pytest.mark.parametrize(
    ("associated", "parent"),
    [
        ([], None),
        ([company(30, 279), company(9, 279)], "9"),
        ([company(9, 279), company(30, 279, 1)], "30"),
    ],
    ids=["none", "lowest id, as a number", "the primary"],
)
def test_the_parent_is_the_primary_or_the_lowest_id(
    associated: list[dict[str, Any]], parent: str | None
) -> None:
    assert choose(associated, 1) == parent


def test_other_mails_of_a_contact_are_its_own() -> None:
    item = {"properties": {"email": "new@x", "hs_additional_emails": "Old@x;older@x"}}
    assert holds(item, "email", ["old@X"])
    assert not holds(item, "email", ["ol@x"])
    assert not holds({"properties": {"email": None}}, "email", [""])


def test_the_key_and_the_stamp_are_always_asked_for() -> None:
    assert {"crmsync_salesforce_id", "lastmodifieddate", "hs_additional_emails"} <= {
        *properties_of(CONTACTS)
    }
    assert "hs_lastmodifieddate" in properties_of(COMPANIES)
    assert "companies" not in properties_of(CONTACTS)


def test_none_is_sent_as_the_empty_string_that_clears() -> None:
    assert to_input(CONTACTS, WRITE, 7) == {
        "id": "101",
        "objectWriteTraceId": "7",
        "properties": {"email": "canary@x", "phone": ""},
    }


def test_a_create_is_found_again_by_its_key() -> None:
    sent = to_input(CONTACTS, OTHER, 0)
    assert (sent["id"], sent["idProperty"]) == ("003A", "crmsync_salesforce_id")


def test_the_next_page_is_the_cursor_or_nothing() -> None:
    assert next_page({"paging": {"next": {"after": 0}}}) == "0"
    assert next_page({"paging": None}) is None
    assert next_page({}) is None


@pytest.mark.parametrize(
    "error",
    [
        {"category": "OBJECT_NOT_FOUND"},
        {"subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND"},
    ],
)
def test_what_does_not_exist_is_simply_missing(error: dict[str, Any]) -> None:
    only_missing({"errors": [error]}, "read")


def test_any_other_gap_is_an_error_never_an_empty_answer() -> None:
    with pytest.raises(Refused):
        only_missing({"errors": [{"category": "MISSING_SCOPES"}]}, "read")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        pytest.param(
            {"category": "CONFLICT", "message": "Contact already exists. Existing ID: 123"},
            "CONFLICT",
            "CONFLICT: Contact already exists. Existing ID: 123",
            id="conflict",
        ),
        pytest.param(
            {
                "category": "VALIDATION_ERROR",
                "message": 'Property values were not valid: [{"isValid":false,"message":'
                '"Email address canary@x is invalid","error":"INVALID_EMAIL","name":"email"}]',
            },
            "INVALID_EMAIL",
            "INVALID_EMAIL on email: Email address [value] is invalid",
            id="JSON inside a sentence",
        ),
        pytest.param(
            {
                "category": "VALIDATION_ERROR",
                "message": "see errors",
                "errors": [
                    {
                        "message": '"canary@x" was not one of the allowed options',
                        "code": "INVALID_OPTION",
                        "context": {"propertyName": ["tier"]},
                    }
                ],
            },
            "INVALID_OPTION",
            "INVALID_OPTION on tier: [value] was not one of the allowed options",
            id="listed errors",
        ),
        pytest.param(None, "REJECTED", "REJECTED", id="no body at all"),
        pytest.param(
            {"category": "canary@x is odd", "message": "no"}, "REJECTED", "REJECTED: no", id="code"
        ),
    ],
)
def test_a_refusal_is_told_in_its_own_code_without_values(
    error: Any, code: str, message: str
) -> None:
    told = explain(error, WRITE)
    assert (told.key, told.record_id, told.code, told.message) == ("k", "101", code, message)


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"objectWriteTraceId": ["1"]}, [OTHER]),
        ({"ids": ["101"]}, [WRITE]),
        ({"id": "003A"}, [OTHER]),
        ({"propertyName": ["101"]}, []),
        (None, []),
    ],
)
def test_a_context_names_rows_by_trace_record_or_key(context: Any, named: list[Write]) -> None:
    assert named_rows({"context": context}, [WRITE, OTHER]) == named


def test_a_property_refused_for_any_value_is_named() -> None:
    text = 'Property "phone" does not exist'
    assert refused_property({"code": "PROPERTY_DOESNT_EXIST", "message": text}) == "phone"
    assert refused_property({"code": "INVALID_EMAIL", "message": text}) is None
