"""Writing to a Salesforce that answers oddly, in part, or too late."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.salesforce import Salesforce
from include.crmsync.errors import (
    ConfigError,
    Rejected,
    SyncError,
)
from include.crmsync.model.mapping import ObjectMapping
from tests.adapters.mappings import COMPANIES, CONTACTS
from tests.adapters.salesforce_script import KEY, answering, gateway
from tests.adapters.scripted import Answer, body_of


def create(key: str, **values: Any) -> Write:
    return Write(key, "Account", None, values, external_key=key)


def write(
    crm: Salesforce, *writes: Write, mapping: ObjectMapping = COMPANIES
) -> dict[str, Written]:
    return {one.key: one for some in crm.write(mapping, writes) for one in some}


def test_answers_belong_to_the_records_in_their_order() -> None:
    said = [
        {"id": "001A", "success": True, "errors": [], "created": True},
        {
            "success": False,
            "errors": [
                {
                    "statusCode": "STRING_TOO_LONG",
                    "message": "Name: data value too large: canary",
                    "fields": ["Name"],
                }
            ],
        },
        {
            "success": False,
            "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "busy", "fields": []}],
        },
    ]
    crm, adapter = gateway((200, said))
    told = write(crm, create("A", Name="a"), create("B", Name="canary"), create("C", Name="c"))
    assert (told["A"].record_id, told["A"].code) == ("001A", None)
    text = "STRING_TOO_LONG on Name: Name: data value too large: [value]"
    assert (told["B"].message, told["B"].retryable) == (text, False)
    assert told["C"].retryable
    sent = adapter.sent[1]
    assert sent.method == "PATCH"
    assert urlsplit(sent.url or "").path.endswith("/composite/sobjects/Account/" + KEY)
    assert sent.headers["Sforce-Auto-Assign"] == "FALSE"
    assert body_of(sent)["allOrNone"] is False


@pytest.mark.parametrize(("field", "passes"), [(KEY, True), ("Email", False)])
def test_a_race_for_the_key_passes_and_another_duplicate_does_not(
    field: str, *, passes: bool
) -> None:
    message = f"duplicate value found: {field} duplicates value on record with id: 001A"
    error = {"statusCode": "DUPLICATE_VALUE", "message": message, "fields": []}
    crm, _ = gateway((200, [{"success": False, "errors": [error]}]))
    told = write(crm, create("A", Name="a"))["A"]
    assert (told.code, told.retryable) == ("DUPLICATE_VALUE", passes)
    assert "001A" in (told.message or "")


def test_rows_the_crm_is_silent_about_are_sent_again() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        records = body_of(request)["records"]
        return 200, [{"id": record[KEY], "success": True, "errors": []} for record in records[:2]]

    crm, adapter = answering(script)
    told = write(crm, *(create(f"{n}", Name="n") for n in range(5)))
    assert {key: one.record_id for key, one in told.items()} == {f"{n}": f"{n}" for n in range(5)}
    assert [len(body_of(sent)["records"]) for sent in adapter.sent[1:]] == [5, 3, 1]


def test_one_record_the_parser_refuses_does_not_take_the_others_with_it() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        records = body_of(request)["records"]
        if any(record["Name"] == "canary" for record in records):
            message = "Cannot deserialize canary at [line:1, column:2]"
            return 400, [{"errorCode": "JSON_PARSER_ERROR", "message": message}]
        return 200, [{"id": record[KEY], "success": True, "errors": []} for record in records]

    crm, _ = answering(script)
    told = write(crm, *(create(f"{n}", Name="canary" if n == 3 else "n") for n in range(8)))
    assert [one.key for one in told.values() if one.code] == ["3"]
    assert told["3"].code == "JSON_PARSER_ERROR"
    assert "canary" not in str(told)


def test_a_field_that_does_not_exist_blames_the_mapping_not_a_record() -> None:
    crm, adapter = gateway((400, [{"errorCode": "INVALID_FIELD", "message": "No such column"}]))
    with pytest.raises(Rejected) as caught:
        write(crm, create("A", Name="a"), create("B", Name="b"))
    assert caught.value.code == "INVALID_FIELD"
    assert len(adapter.sent) == 2


def test_kinds_and_creates_and_updates_are_sent_apart() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        return 200, [{"id": "x", "success": True} for _ in body_of(request)["records"]]

    crm, adapter = answering(script)
    writes = [
        Write("1", "Lead", "00QA", {}),
        Write("2", "Contact", None, {}, external_key="5"),
        Write("3", "Lead", None, {}, external_key="6"),
        Write("4", "Contact", "003A", {}, parents={"companies": "001A"}),
    ]
    told = write(crm, *writes, mapping=CONTACTS)
    assert [one.code for one in told.values()] == [None] * 4
    sent = [body_of(request)["records"] for request in adapter.sent[1:]]
    assert [len(records) for records in sent] == [1, 1, 1, 1]
    assert {"attributes": {"type": "Contact"}, "AccountId": "001A", "id": "003A"} in (
        records[0] for records in sent
    )


ODD_ANSWERS: list[Answer] = [
    (200, "17"),
    (200, "null"),
    (200, '"x"'),
    (300, ["/a", "/b"]),
    (304, ""),
    (404, []),
    (500, "<html>canary</html>"),
    (400, [{"errorCode": "canary odd"}]),
    requests.exceptions.ChunkedEncodingError("canary"),
]


@pytest.mark.parametrize("answer", ODD_ANSWERS, ids=str)
def test_every_failure_is_ours_and_keeps_its_values_to_itself(answer: Answer) -> None:
    crm, _ = answering(lambda _: answer)
    deeds: list[Callable[[], object]] = [
        lambda: list(crm.find(CONTACTS, ["canary@x"])),
        lambda: list(crm.read(CONTACTS, ["003000000000001"])),
        lambda: write(crm, create("A", Name="canary")),
        crm.owners,
    ]
    for deed in deeds:
        with pytest.raises(SyncError) as caught:
            deed()
        assert "canary" not in f"{caught.value} {caught.value!r}"


def test_lists_are_hubspots() -> None:
    crm, _ = gateway()
    with pytest.raises(ConfigError, match="no lists"):
        crm.members("any")


@pytest.mark.parametrize(("mapping", "child"), [(CONTACTS, "deals"), (COMPANIES, "tickets")])
def test_children_nobody_declared_are_a_persons_to_mend(mapping: ObjectMapping, child: str) -> None:
    crm, _ = gateway()
    with pytest.raises(ConfigError, match="are not children"):
        crm.children(mapping, ["x"], child)


def refusing(*errors: dict[str, Any], mapping: ObjectMapping = COMPANIES) -> Written:
    """What is made of one record's errors."""
    crm, _ = gateway((200, [{"success": False, "errors": list(errors)}]))
    made = create("A", Name="canary one", Site="x")
    [said] = write(crm, made, mapping=mapping).values()
    return said


def fault(code: str, *fields: str) -> dict[str, Any]:
    return {"statusCode": code, "message": "no canary one", "fields": list(fields)}


def test_every_field_that_salesforce_names_is_blamed_with_its_own_code() -> None:
    said = refusing(fault("STRING_TOO_LONG", "Name"), fault("FIELD_INTEGRITY_EXCEPTION", "Site"))
    assert [(one.name, one.code) for one in said.blamed] == [
        ("Name", "STRING_TOO_LONG"),
        ("Site", "FIELD_INTEGRITY_EXCEPTION"),
    ]
    assert "canary" not in str(said)


def test_a_fault_that_names_no_field_is_against_the_record_whatever_the_others_say() -> None:
    said = refusing(fault("STRING_TOO_LONG", "Name"), fault("CANNOT_EXECUTE_FLOW_TRIGGER"))
    assert said.blamed == ()
    assert said.code == "CANNOT_EXECUTE_FLOW_TRIGGER"


@pytest.mark.parametrize("name", ["duplicateResult", "duplicateResut"])
def test_a_duplicate_rule_is_named_with_the_records_it_found_and_none_of_their_values(
    name: str,
) -> None:
    """All that was told was "Use one of these records?"."""
    records = [{"record": {"Id": f"003{number}", "Name": "canary"}} for number in range(6)]
    matched = {"matchResults": [{"matchRecords": records}], "duplicateRule": "Same_name"}
    question = {"statusCode": "DUPLICATES_DETECTED", "message": "Use one of these records?"}
    said = refusing({**question, name: matched})
    assert said.message == (
        "DUPLICATES_DETECTED: Use one of these records? (the duplicate rule Same_name found 0030,"
        " 0031, 0032, 0033, 0034 and 1 more)"
    )


@pytest.mark.parametrize("told", [None, "no", {}, {"matchResults": [None, {"matchRecords": 1}]}])
def test_a_duplicate_without_what_it_is_like_keeps_the_rules_message(told: Any) -> None:
    question = {"statusCode": "DUPLICATES_DETECTED", "message": "Use one of these records?"}
    said = refusing({**question, "duplicateResult": told})
    assert said.message == "DUPLICATES_DETECTED: Use one of these records?"


@pytest.mark.parametrize(
    ("code", "words", "told"),
    [
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Nobody from canary one.", "Nobody from canary one."),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "canary one", "[value]"),
        ("STRING_TOO_LONG", "Nobody from canary one.", "Nobody from [value]."),
    ],
)
def test_a_validation_rules_own_message_is_told_whole_and_nothing_else_is(
    code: str, words: str, told: str
) -> None:
    org = replace(COMPANIES, orgs_words=frozenset({"Nobody from canary one."}))
    said = refusing({"statusCode": code, "message": words, "fields": []}, mapping=org)
    assert said.message == f"{code}: {told}"
    unknown = refusing({"statusCode": code, "message": "Nobody from canary one.", "fields": []})
    assert unknown.message == f"{code}: Nobody from [value]."


def test_what_passes_by_itself_blames_no_field() -> None:
    said = refusing(fault("UNABLE_TO_LOCK_ROW", "Name"))
    assert (said.blamed, said.retryable) == ((), True)
