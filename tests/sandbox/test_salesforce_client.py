"""simple-salesforce, unmodified: over HTTPS with nothing but the authority to trust, and over
plain HTTP by a transport adapter of its own session."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql

from include.sandbox.world import SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET
from tests.sandbox.conftest import Secure

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
KEY = "crmsync_hubspot_id__c"
GRANT = {
    "grant_type": "client_credentials",
    "client_id": SALESFORCE_CLIENT_ID,
    "client_secret": SALESFORCE_CLIENT_SECRET,
}


class Plain(HTTPAdapter):
    """Sends what a client insists on calling https to the plain port."""

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> Any:
        request.url = (request.url or "").replace("https://", "http://", 1)
        return super().send(request, *args, **more)


@pytest.fixture(params=["https", "plain"])
def client(
    request: pytest.FixtureRequest, secure: Secure, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    session = requests.Session()
    if request.param == "https":
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secure.ca))
        base = f"https://localhost:{secure.port}"
    else:
        base = secure.plain.url
        session.mount("https://", Plain())
    told = session.post(f"{base}/services/oauth2/token", data=GRANT, timeout=20).json()
    yield Salesforce(
        instance_url=told["instance_url"], session_id=told["access_token"], session=session
    )
    session.close()


def contact(client: Any, **fields: Any) -> str:
    return str(client.Contact.create({"LastName": "Lovelace", **fields})["id"])


def test_a_record_is_created_read_changed_and_deleted(client: Any) -> None:
    made = contact(client, FirstName="Ada")
    assert client.Contact.update(made, {"FirstName": "Augusta"}) == 204
    assert client.Contact.get(made)["FirstName"] == "Augusta"
    assert client.Contact.delete(made) == 204
    with pytest.raises(SalesforceResourceNotFound):
        client.Contact.get(made)


def test_an_upsert_by_a_key_with_a_slash_in_it(client: Any) -> None:
    assert client.Contact.upsert(f"{KEY}/a%2Fb", {"LastName": "Zuse"}) in (200, 201)
    assert client.Contact.get_by_custom_id(KEY, "a/b")[KEY] == "a/b"


def test_every_record_of_a_query_is_read_across_pages(client: Any, secure: Secure) -> None:
    ids = [contact(client) for _ in range(5)]
    secure.plain.settings(salesforce={"page_size": 2})
    told = client.query_all("SELECT Id, Owner.Email FROM Contact ORDER BY Id")
    assert [one["Id"] for one in told["records"]] == ids
    assert [one["Id"] for one in client.query_all_iter("SELECT Id FROM Contact")] == ids


def test_a_value_with_a_quote_is_quoted_by_the_client_and_found(client: Any) -> None:
    made = contact(client, LastName="O'Neil")
    soql = format_soql("SELECT Id FROM Contact WHERE LastName = {}", "O'Neil")
    assert [one["Id"] for one in client.query(soql)["records"]] == [made]


def test_deleted_records_are_in_query_all_and_in_get_deleted(client: Any, secure: Secure) -> None:
    made = contact(client)
    client.Contact.delete(made)
    soql = "SELECT Id FROM Contact WHERE IsDeleted = true"
    assert client.query(soql, include_deleted=True)["totalSize"] == 1
    now = datetime.fromisoformat(secure.plain.call("GET", "/_sandbox/clock")["now"])
    window = (now - timedelta(hours=1), now + timedelta(minutes=2))
    gone = client.Contact.deleted(*window)["deletedRecords"]
    assert [one["id"] for one in gone] == [made]


def test_objects_and_fields_are_described(client: Any) -> None:
    names = {one["name"] for one in client.describe()["sobjects"]}
    assert {"Account", "Contact", "Lead", "Opportunity"} <= names
    fields = {one["name"]: one for one in client.Contact.describe()["fields"]}
    assert (fields["Email"]["type"], fields[KEY]["externalId"]) == ("email", True)
    assert client.limits()["DailyApiRequests"]["Max"] > 0


def test_two_hundred_at_once_by_composite_collections(client: Any) -> None:
    body = {"records": [{"attributes": {"type": "Lead"}, "LastName": "A", "Company": "B"}] * 200}
    told = client.restful("composite/sobjects", method="POST", data=json.dumps(body))
    assert len(told) == 200
    assert all(one["success"] for one in told)


def test_a_refusal_is_the_clients_own_exception(client: Any) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.Contact.create({"FirstName": "Ada"})
    assert "REQUIRED_FIELD_MISSING" in str(refused.value)


def test_an_expired_session_is_told_as_one(client: Any, secure: Secure) -> None:
    secure.plain.settings(salesforce={"expire_sessions": True})
    with pytest.raises(SalesforceExpiredSession):
        client.query("SELECT Id FROM Contact")


def test_a_bulk_job_upserts_rows_and_a_bulk_query_reads_them(client: Any) -> None:
    rows = [{KEY: f"b{n}", "LastName": f'Say "{n}", or not', "Company": "Acme"} for n in range(50)]
    (told,) = client.bulk2.Lead.upsert(records=rows, external_id_field=KEY, wait=0.05)
    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (50, 0)
    pages = client.bulk2.Lead.query("SELECT LastName FROM Lead", max_records=20, wait=0.05)
    text = "".join(pages)
    assert text.count("or not") == 50
    assert 'Say ""7"", or not' in text


def test_subrequests_of_a_composite_call_see_each_other(client: Any) -> None:
    base = f"/services/data/v{client.sf_version}/sobjects/Account"
    made = {"method": "POST", "url": base, "referenceId": "a", "body": {"Name": "Acme"}}
    read = {"method": "GET", "url": f"{base}/@{{a.id}}", "referenceId": "b"}
    body = {"allOrNone": True, "compositeRequest": [made, read]}
    told = client.restful("composite", method="POST", json=body)["compositeResponse"]
    assert [one["httpStatusCode"] for one in told] == [201, 200]
    assert told[1]["body"]["Name"] == "Acme"


def test_validation_rules_are_read_from_the_tooling_api(client: Any) -> None:
    told = client.toolingexecute("query/?q=SELECT+Id,+Active+FROM+ValidationRule")
    assert all(set(one) == {"attributes", "Id", "Active"} for one in told["records"])
    assert told["totalSize"] == len(told["records"]) > 0
