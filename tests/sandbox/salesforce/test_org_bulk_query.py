"""Bulk API 2.0 query: jobs that read, and their results a part at a time."""

from typing import Any

import pytest

from include.sandbox.wire import Answer
from tests.sandbox.salesforce.client import Client


def run(org: Client, query: str, operation: str = "query", **told: Any) -> str:
    answer = org.call("POST", "/jobs/query", {"operation": operation, "query": query, **told})
    assert answer.status == 200, answer.body
    org.salesforce.settle()
    return str(answer.body["id"])


def results(org: Client, job_id: str, wish: str = "") -> Answer:
    answer = org.call("GET", f"/jobs/query/{job_id}/results{wish}")
    assert answer.status == 200, answer.body
    return answer


def lines(answer: Answer) -> list[str]:
    return bytes(answer.body).decode().splitlines()


def test_a_query_job_starts_at_once(org: Client) -> None:
    body = {"operation": "query", "query": "SELECT Id FROM Contact"}
    job = org.call("POST", "/jobs/query", body).body
    assert (job["state"], job["object"], job["operation"]) == ("UploadComplete", "Contact", "query")
    org.salesforce.settle()
    done = org.call("GET", f"/jobs/query/{job['id']}").body
    assert (done["state"], done["jobType"]) == ("JobComplete", "V2Query")
    assert done["numberRecordsProcessed"] == 0


def test_rows_come_as_csv_with_every_value_quoted(org: Client) -> None:
    account_id = org.create("Account", Name='The "A" team')
    org.create("Contact", LastName="a", AccountId=account_id, DoNotCall=True)
    org.create("Contact", LastName="b")
    query = "SELECT LastName, Account.Name, DoNotCall, CreatedDate FROM Contact ORDER BY LastName"
    answer = results(org, run(org, query))
    assert answer.headers["Content-Type"] == "text/csv"
    assert lines(answer) == [
        '"LastName","Account.Name","DoNotCall","CreatedDate"',
        '"a","The ""A"" team","true","2026-01-05T08:00:00.000Z"',
        '"b","","false","2026-01-05T08:00:00.000Z"',
    ]


def test_results_come_in_parts_until_the_locator_is_null(org: Client) -> None:
    for number in range(5):
        org.create("Contact", LastName=f"L{number}")
    job_id = run(org, "SELECT LastName FROM Contact ORDER BY LastName")
    first = results(org, job_id, "?maxRecords=2")
    assert first.headers["Sforce-NumberOfRecords"] == "2"
    second = results(org, job_id, f"?maxRecords=2&locator={first.headers['Sforce-Locator']}")
    last = results(org, job_id, f"?maxRecords=2&locator={second.headers['Sforce-Locator']}")
    assert last.headers["Sforce-NumberOfRecords"] == "1"
    assert last.headers["Sforce-Locator"] == "null"
    rows = [line for part in (first, second, last) for line in lines(part)[1:]]
    assert rows == [f'"L{number}"' for number in range(5)]


def test_no_rows_are_a_header_alone(org: Client) -> None:
    answer = results(org, run(org, "SELECT Id, Name FROM Contact"))
    assert lines(answer) == ['"Id","Name"']
    assert answer.headers["Sforce-Locator"] == "null"


def test_query_all_finds_deleted_records_too(org: Client) -> None:
    org.call("DELETE", f"/sobjects/Contact/{org.create('Contact')}")
    query = "SELECT IsDeleted FROM Contact"
    assert lines(results(org, run(org, query)))[1:] == []
    assert lines(results(org, run(org, query, "queryAll")))[1:] == ['"true"']


def test_the_delimiter_and_line_ending_are_the_jobs(org: Client) -> None:
    job_id = run(org, "SELECT Id, Name FROM Contact", columnDelimiter="PIPE", lineEnding="CRLF")
    assert results(org, job_id).body == b'"Id"|"Name"\r\n'


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT COUNT() FROM Contact", "Aggregate queries are not supported in Bulk Query"),
        ("SELECT COUNT(Id) FROM Contact", "Aggregate queries are not supported in Bulk Query"),
        (
            "SELECT LastName FROM Contact GROUP BY LastName",
            "Aggregate queries are not supported in Bulk Query",
        ),
        ("SELECT Id FROM Contact LIMIT 1 OFFSET 1", "OFFSET is not supported in Bulk Query"),
        (
            "SELECT Id, (SELECT Id FROM Contacts) FROM Account",
            "Aggregate Relationships not supported in Bulk Query",
        ),
        (
            "SELECT MailingAddress FROM Contact",
            "Selecting compound data not supported in Bulk Query",
        ),
    ],
)
def test_what_a_bulk_query_may_not_ask_is_refused(org: Client, query: str, message: str) -> None:
    answer = org.call("POST", "/jobs/query", {"operation": "query", "query": query})
    assert answer.status == 400
    assert answer.body == [{"errorCode": "API_ERROR", "message": message}]


def test_a_query_that_is_none_is_refused_when_the_job_is_made(org: Client) -> None:
    body = {"operation": "query", "query": "SELECT Nothing FROM Contact"}
    answer = org.call("POST", "/jobs/query", body)
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_there_are_no_results_before_the_job_is_done(org: Client) -> None:
    org.set(hold_bulk_jobs=True)
    job_id = run(org, "SELECT Id FROM Contact")
    answer = org.call("GET", f"/jobs/query/{job_id}/results")
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALIDJOBSTATE")


def test_a_query_job_can_be_called_off(org: Client) -> None:
    org.set(hold_bulk_jobs=True)
    job_id = run(org, "SELECT Id FROM Contact")
    assert (
        org.call("PATCH", f"/jobs/query/{job_id}", {"state": "Aborted"}).body["state"] == "Aborted"
    )
    org.salesforce.settle()
    assert org.call("DELETE", f"/jobs/query/{job_id}").status == 204


@pytest.mark.parametrize("wish", ["locator=abc!", "locator=OTk", "locator=_w", "maxRecords=0"])
def test_a_locator_nobody_gave_is_refused(org: Client, wish: str) -> None:
    org.create("Contact")
    job_id = run(org, "SELECT Id FROM Contact")
    assert org.call("GET", f"/jobs/query/{job_id}/results?{wish}").status == 400


def test_jobs_of_both_kinds_are_kept_apart(org: Client) -> None:
    query_id, ingest_id = run(org, "SELECT Id FROM Contact"), org.open_job()
    assert org.call("GET", f"/jobs/ingest/{query_id}").status == 404
    assert [one["id"] for one in org.call("GET", "/jobs/query").body["records"]] == [query_id]
    assert [one["id"] for one in org.call("GET", "/jobs/ingest").body["records"]] == [ingest_id]


def test_the_days_query_jobs_run_out(org: Client) -> None:
    org.set(daily_bulk_queries=1)
    run(org, "SELECT Id FROM Contact")
    body = {"operation": "query", "query": "SELECT Id FROM Contact"}
    assert org.call("POST", "/jobs/query", body).body[0]["errorCode"] == "LIMIT_EXCEEDED"
