"""Bulk API 1.0: jobs to write and to query, in CSV, XML and JSON, batch by batch."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from include.sandbox.salesforce.batches.wording import NAMESPACE
from include.sandbox.wire import Answer, Request
from tests.sandbox.salesforce.client import KEY, Client

JOBS = "/services/async/62.0/job"
XML, CSV, JSON = "application/xml", "text/csv", "application/json"


def send(org: Client, method: str, path: str = "", body: bytes = b"", kind: str = XML) -> Answer:
    headers = {"x-sfdc-session": org.token, "content-type": f"{kind}; charset=UTF-8"}
    return org.salesforce.answer(Request(method, JOBS + path, (), headers, body))


def facts(answer: Answer) -> dict[str, str]:
    """The facts of an answer in XML."""
    assert answer.headers["Content-Type"] == XML
    root = ElementTree.fromstring(answer.body)  # noqa: S314  our own answer
    return {one.tag.removeprefix(f"{{{NAMESPACE}}}"): one.text or "" for one in root}


def opened(org: Client, operation: str, content_type: str = "CSV", **more: Any) -> str:
    told = {"operation": operation, "object": "Contact", "contentType": content_type, **more}
    answer = send(org, "POST", body=json.dumps(told).encode(), kind=JSON)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def added(org: Client, job_id: str, body: bytes, kind: str = CSV) -> str:
    """A batch, done; the answer is its address below the job."""
    answer = send(org, "POST", f"/{job_id}/batch", body, kind)
    assert answer.status == 201, answer.body
    batch_id = answer.body["id"] if isinstance(answer.body, dict) else facts(answer)["id"]
    org.salesforce.settle()
    return f"/{job_id}/batch/{batch_id}"


def found(org: Client, batch: str) -> Answer:
    """What a query of a batch found, by the id of its result."""
    listed = send(org, "GET", f"{batch}/result")
    [result_id] = listed.body if isinstance(listed.body, list) else facts(listed).values()
    return send(org, "GET", f"{batch}/result/{result_id}")


def test_a_job_of_xml_is_answered_in_xml(org: Client) -> None:
    body = (
        f'<jobInfo xmlns="{NAMESPACE}"><operation>insert</operation><object>Contact</object>'
        "<contentType>CSV</contentType></jobInfo>"
    )
    answer = send(org, "POST", body=body.encode())
    told = facts(answer)
    assert answer.status == 201
    assert told["id"].startswith("750")
    assert (told["state"], told["createdDate"]) == ("Open", "2026-01-05T08:00:00.000Z")
    closed = send(org, "POST", f"/{told['id']}", b"<jobInfo><state>Closed</state></jobInfo>")
    assert facts(closed)["state"] == "Closed"


def test_records_come_as_csv_and_their_fates_in_order(org: Client) -> None:
    batch = added(
        org, opened(org, "insert"), b"LastName,FirstName\r\nByron,Ada\r\n,Ada\r\nKing,\r\n"
    )
    lines = send(org, "GET", f"{batch}/result").body.decode().splitlines()
    assert lines[0] == '"Id","Success","Created","Error"'
    assert [line.split(",")[1] for line in lines[1:]] == ['"true"', '"false"', '"true"']
    assert "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --" in lines[2]
    told = facts(send(org, "GET", batch))
    assert told["state"] == "Completed"
    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == ("3", "1")


def test_records_come_as_json(org: Client) -> None:
    account = org.create("Account", crmsync_hubspot_id__c="77")
    record_id = org.create("Contact", Phone="5550100")
    rows = [
        {"Id": record_id, "Phone": None, "Account": {KEY: "77"}, "DoNotCall": True},
        {"Id": "x"},
    ]
    batch = added(org, opened(org, "update", "JSON"), json.dumps(rows).encode(), JSON)
    fates = send(org, "GET", f"{batch}/result", kind=JSON).body
    assert fates[0] == {"success": True, "created": False, "id": record_id, "errors": []}
    assert fates[1]["errors"][0]["statusCode"] == "MALFORMED_ID"
    read = org.read(record_id)
    assert (read["Phone"], read["AccountId"], read["DoNotCall"]) == (None, account, True)


def test_records_come_as_xml(org: Client) -> None:
    body = (
        f'<sObjects xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        "<sObject><LastName>Byron</LastName><crmsync_hubspot_id__c>7</crmsync_hubspot_id__c>"
        '<Phone xsi:nil="true"/></sObject><sObject><crmsync_hubspot_id__c>8'
        "</crmsync_hubspot_id__c></sObject></sObjects>"
    )
    job_id = opened(org, "upsert", "XML", externalIdFieldName=KEY)
    batch = added(org, job_id, body.encode(), XML)
    told = send(org, "GET", f"{batch}/result").body.decode()
    assert "<success>true</success><created>true</created>" in told
    assert "<statusCode>REQUIRED_FIELD_MISSING</statusCode>" in told
    assert org.values("SELECT LastName FROM Contact") == [["Byron"]]


def test_records_are_deleted(org: Client) -> None:
    record_id = org.create("Contact")
    added(org, opened(org, "delete"), f"Id\n{record_id}\n".encode())
    assert org.values("SELECT Id FROM Contact") == []


def test_a_query_is_answered_in_the_kind_of_its_job(org: Client) -> None:
    account_id = org.create("Account")
    record_id = org.create("Contact", AccountId=account_id)
    soql = b"SELECT Id, Account.Name, CreatedDate, Phone FROM Contact"
    table = found(org, added(org, opened(org, "query"), soql))
    assert table.headers["Content-Type"] == CSV
    assert table.body.decode().splitlines() == [
        '"Id","Account.Name","CreatedDate","Phone"',
        f'"{record_id}","Acme","2026-01-05T08:00:00.000Z",""',
    ]
    [read] = found(org, added(org, opened(org, "query", "JSON"), soql, JSON)).body
    assert (read["Account"]["Name"], read["Phone"]) == ("Acme", None)
    assert read["CreatedDate"] == 1_767_600_000_000
    text = found(org, added(org, opened(org, "query", "XML"), soql, XML)).body.decode()
    assert f"<Id>{record_id}</Id>" in text
    assert '<Phone xsi:nil="true"/>' in text


def test_deleted_records_are_found_by_query_all_alone(org: Client) -> None:
    record_id = org.create("Contact")
    org.call("DELETE", f"/sobjects/Contact/{record_id}")
    nothing = found(org, added(org, opened(org, "query"), b"SELECT Id FROM Contact"))
    assert nothing.body == b"Records not found for this query"
    everything = found(org, added(org, opened(org, "queryAll"), b"SELECT Id FROM Contact"))
    assert record_id in everything.body.decode()


def test_a_query_is_cut_by_primary_key(org: Client) -> None:
    for number in range(5):
        org.create("Contact", LastName=f"L{number}")
    told = {"operation": "query", "object": "Contact", "contentType": "CSV"}
    headers = {
        "x-sfdc-session": org.token,
        "content-type": JSON,
        "sforce-enable-pkchunking": "chunkSize=2",
    }
    made = org.salesforce.answer(Request("POST", JOBS, (), headers, json.dumps(told).encode()))
    job_id = made.body["id"]
    added(org, job_id, b"SELECT LastName FROM Contact")
    listed = send(org, "GET", f"/{job_id}/batch").body.decode()
    assert listed.count("<state>Not Processed</state>") == 1
    assert listed.count("<state>Completed</state>") == 3


@pytest.mark.parametrize(
    ("operation", "content_type", "body", "message"),
    [
        ("query", "CSV", b"SELECT Nothing FROM Contact", "Failed to process query: INVALID_FIELD"),
        ("query", "CSV", b"SELECT COUNT() FROM Contact", "Aggregate queries"),
        ("insert", "CSV", b"Nothing\n1\n", "Field name not found : Nothing"),
        ("insert", "JSON", b'{"LastName": "a"}', "list of records"),
        ("insert", "JSON", b"[", "Failed to parse JSON"),
        ("insert", "XML", b"<sObjects>", "Failed to parse XML"),
        ("insert", "XML", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "Failed to parse XML"),
        ("insert", "CSV", b"LastName\n" + b"a\n" * 10_001, "more than 10000 records"),
    ],
)
def test_a_batch_that_cannot_be_read_fails_and_says_why(
    org: Client, operation: str, content_type: str, body: bytes, message: str
) -> None:
    kinds = {"CSV": CSV, "JSON": JSON, "XML": XML}
    batch = added(org, opened(org, operation, content_type), body, kinds[content_type])
    answer = send(org, "GET", batch, kind=kinds[content_type])
    told = answer.body if isinstance(answer.body, dict) else facts(answer)
    assert told["state"] == "Failed"
    assert message in told["stateMessage"]
    refused = send(org, "GET", f"{batch}/result")
    assert facts(refused)["exceptionCode"] == "InvalidBatch"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"operation": "insert", "object": "Nothing"}, "InvalidEntity"),
        ({"operation": "sing", "object": "Contact"}, "InvalidJob"),
        ({"operation": "upsert", "object": "Contact"}, "InvalidJob"),
        ({"operation": "insert", "object": "Contact", "contentType": "PDF"}, "InvalidJob"),
        ({"operation": "hardDelete", "object": "Contact"}, "FeatureNotEnabled"),
    ],
)
def test_a_job_that_cannot_be_is_refused_in_this_apis_shape(
    org: Client, told: dict[str, str], code: str
) -> None:
    answer = send(org, "POST", body=json.dumps(told).encode(), kind=JSON)
    assert (answer.status, answer.body["exceptionCode"]) == (400, code)
    assert answer.body["exceptionMessage"]


def test_without_a_session_this_apis_own_error_is_told(org: Client) -> None:
    org.token = "nobody's"  # noqa: S105  none
    answer = send(org, "GET", "/750000000000001AAA")
    assert answer.status == 400
    assert facts(answer) == {
        "exceptionCode": "InvalidSessionId",
        "exceptionMessage": "Invalid session id",
    }


def test_a_closed_job_takes_no_batch_and_an_aborted_one_ends(org: Client) -> None:
    job_id = opened(org, "insert")
    org.set(hold_bulk_jobs=True)
    answer = send(org, "POST", f"/{job_id}/batch", b"LastName\na\n", CSV)
    assert facts(answer)["state"] == "Queued"
    aborted = send(org, "POST", f"/{job_id}", b'{"state": "Aborted"}', JSON)
    assert aborted.body["state"] == "Aborted"
    org.set(hold_bulk_jobs=False)
    org.salesforce.settle()
    assert org.values("SELECT Id FROM Contact") == []
    refused = send(org, "POST", f"/{job_id}/batch", b"LastName\na\n", CSV)
    assert facts(refused)["exceptionCode"] == "InvalidJobState"


def test_what_was_sent_can_be_read_again_until_everything_starts_over(org: Client) -> None:
    batch = added(org, opened(org, "query"), b"SELECT Id FROM Contact")
    assert send(org, "GET", f"{batch}/request").body == b"SELECT Id FROM Contact"
    org.salesforce.reset()
    org.log_in()
    assert facts(send(org, "GET", batch))["exceptionCode"] == "InvalidJob"
