"""The unmodified simple_salesforce client works against the sandbox over HTTP."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceMalformedRequest,
)

from include.sandbox.world import SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET
from tests.conftest import Sandbox

pytestmark = pytest.mark.sandbox


class PlainHttp(HTTPAdapter):
    """Sends what the client means for https to a plain address."""

    def __init__(self, base: str) -> None:
        self._base = base
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(request.url or "")
        request.url = self._base + urlunsplit(("", "", str(parts.path), str(parts.query), ""))
        return super().send(request, *args, **kwargs)


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Any]:
    with requests.Session() as session:
        session.mount("https://", PlainHttp(sandbox.url))
        yield Salesforce(
            consumer_key=SALESFORCE_CLIENT_ID,
            consumer_secret=SALESFORCE_CLIENT_SECRET,
            domain="sandbox.my",
            session=session,
            version="62.0",
        )


def test_records_are_made_read_changed_and_deleted(client: Any) -> None:
    made = client.Contact.create({"LastName": "O'Brien"})
    assert client.Contact.get(made["id"])["LastName"] == "O'Brien"
    assert client.Contact.update(made["id"], {"LastName": "King"}) == 204
    assert client.Contact.upsert("crmsync_hubspot_id__c/9", {"LastName": "New"}) == 201
    assert client.Contact.delete(made["id"]) == 204
    assert client.query("SELECT COUNT() FROM Contact")["totalSize"] == 1


def test_pages_are_followed_to_their_end(client: Any, sandbox: Sandbox) -> None:
    sandbox.settings(salesforce={"page_size": 2})
    for number in range(5):
        client.Contact.create({"LastName": f"L{number}"})
    found = client.query_all("SELECT LastName FROM Contact ORDER BY LastName")
    assert [one["LastName"] for one in found["records"]] == [f"L{number}" for number in range(5)]


def test_changes_and_deletions_are_listed(client: Any) -> None:
    gone, kept = (client.Contact.create({"LastName": "a"})["id"] for _ in range(2))
    client.Contact.delete(gone)
    end = datetime.now(UTC) + timedelta(minutes=2)
    start = end - timedelta(minutes=10)
    assert client.Contact.updated(start, end)["ids"] == [kept]
    assert [one["id"] for one in client.Contact.deleted(start, end)["deletedRecords"]] == [gone]


def test_the_org_is_described(client: Any) -> None:
    assert "Contact" in [one["name"] for one in client.describe()["sobjects"]]
    assert client.Contact.describe()["keyPrefix"] == "003"
    assert client.limits()["DailyApiRequests"]["Max"] == 100_000
    assert client.api_usage["api-usage"].total == 100_000


def test_a_refusal_is_the_clients_own_error(client: Any) -> None:
    with pytest.raises(SalesforceMalformedRequest, match="No such column 'Nothing'"):
        client.query("SELECT Nothing FROM Contact")


def test_the_client_renews_a_session_that_has_ended(client: Any, sandbox: Sandbox) -> None:
    before = client.session_id
    sandbox.settings(salesforce={"expire_sessions": True})
    assert client.query("SELECT Id FROM Contact")["totalSize"] == 0
    assert client.session_id != before


def test_bulk_jobs_write_and_read(client: Any) -> None:
    bulk = client.bulk2.Contact
    key = "crmsync_hubspot_id__c"
    people = [{"LastName": f"L{number}", key: str(number)} for number in range(5)]
    [done] = bulk.insert(records=people, wait=0)
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (5, 0)
    changed = [{"LastName": "New", key: "1"}]
    [done] = bulk.upsert(records=changed, external_id_field=key, wait=0)
    # The client spells the columns in an order of its own, another one in each process.
    [row] = csv.DictReader(bulk.get_successful_records(done["job_id"]).splitlines())
    assert (row["sf__Created"], row["LastName"], row[key]) == ("false", "New", "1")
    soql = "SELECT LastName FROM Contact ORDER BY LastName"
    pages = bulk.query(soql, max_records=2, wait=0)
    lines = [line for page in pages for line in page.splitlines()[1:]]
    assert lines == ['"L0"', '"L2"', '"L3"', '"L4"', '"New"']


def test_a_failed_bulk_row_says_why(client: Any) -> None:
    [done] = client.bulk2.Contact.insert(records=[{"FirstName": "Ada"}], wait=0)
    assert done["numberRecordsFailed"] == 1
    assert "REQUIRED_FIELD_MISSING" in client.bulk2.Contact.get_failed_records(done["job_id"])


def test_metadata_is_read_through_the_tooling_resource(client: Any) -> None:
    found = client.toolingexecute(
        "query", params={"q": "SELECT ValidationName FROM ValidationRule"}
    )
    assert "Won_needs_amount" in {one["ValidationName"] for one in found["records"]}


def test_a_search_in_sosl_is_answered(client: Any) -> None:
    client.Contact.create({"LastName": "Byron", "Email": "ada@example.com"})
    found = client.search("FIND {ada@example.com} IN EMAIL FIELDS RETURNING Contact(LastName)")
    assert [one["LastName"] for one in found["searchRecords"]] == ["Byron"]


def test_a_password_is_no_longer_a_log_in(sandbox: Sandbox) -> None:
    login: dict[str, Any] = {"username": "a", "password": "b", "security_token": "c"}
    with requests.Session() as session:
        session.mount("https://", PlainHttp(sandbox.url))
        with pytest.raises(SalesforceAuthenticationFailed, match="SOAP API login"):
            Salesforce(**login, session=session, domain="test")
