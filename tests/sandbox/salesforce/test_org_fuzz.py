"""Whatever is sent, the org answers in its own words: it never breaks."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.sandbox.soql.printer import write
from tests.sandbox.salesforce.client import Client
from tests.sandbox.soql.strategies import queries

NAMES = ["Account", "Contact", "Lead", "Opportunity", "Task", "Event", "Case", "CampaignMember"]
FIELDS = ["Id", "Name", "LastName", "Email", "AccountId", "Account", "OwnerId", "StageName"]
FIELDS += ["CloseDate", "Amount", "StartDateTime", "WhoId", "attributes", "Nothing", "records"]
OPERATIONS = ["insert", "update", "upsert", "delete"]
PLACES = ["", "/describe", "/updated", "/deleted", "/Id/1", "/crmsync_hubspot_id__c/a%2Fb"]

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["2026-01-01", "9999-12-31T23:59:59-14:00", "003Sb0000000001IAA", "1e400"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3)
    ),
    max_leaves=6,
)
rows = st.dictionaries(st.sampled_from(FIELDS), values, max_size=4)
typed = st.tuples(rows, st.sampled_from(NAMES)).map(
    lambda pair: {**pair[0], "attributes": {"type": pair[1], "referenceId": pair[1]}}
)
graphs = st.fixed_dictionaries(
    {"graphId": values, "compositeRequest": st.lists(rows | values, max_size=2)}
)
jobs = st.fixed_dictionaries(
    {
        "object": st.sampled_from(NAMES) | values,
        "operation": st.sampled_from(["insert", "upsert", "delete", "query"]) | values,
        "state": st.sampled_from(["UploadComplete", "Aborted"]) | values,
        "query": st.sampled_from(["SELECT Id FROM Contact", "SELECT"]) | values,
        "columnDelimiter": values,
        "externalIdFieldName": st.sampled_from(["Id", "crmsync_hubspot_id__c"]) | values,
    }
)
metadata = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Text", "Number", "Picklist", "Lookup"]) | values,
        "length": values,
        "valueSet": values,
        "referenceTo": st.sampled_from(NAMES) | values,
        "formula": st.none() | st.text(max_size=10),
    }
)
bodies = st.one_of(
    values,
    rows,
    st.fixed_dictionaries({"records": st.lists(typed | values, max_size=3), "allOrNone": values}),
    st.fixed_dictionaries({"ids": values, "fields": values}),
    st.fixed_dictionaries({"compositeRequest": st.lists(rows, max_size=2)}),
    st.fixed_dictionaries({"graphs": st.lists(graphs | values, max_size=2)}),
    jobs,
    st.fixed_dictionaries(
        {"FullName": st.sampled_from(["Contact.A__c", "x"]), "Metadata": metadata}
    ),
)
paths = st.one_of(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(PLACES)).map(
        lambda pair: f"/sobjects/{pair[0]}{pair[1]}"
    ),
    st.sampled_from(["/composite", "/composite/batch", "/composite/sobjects", "/query/a-1"]),
    st.sampled_from(
        [
            "/composite/graph",
            "/jobs/ingest",
            "/jobs/ingest/750Sb0000000001IAA",
            "/jobs/ingest/750Sb0000000001IAA/batches",
            "/jobs/ingest/750Sb0000000001IAA/failedResults",
            "/jobs/query",
            "/jobs/query/750Sb0000000001IAA",
            "/jobs/query/750Sb0000000001IAA/results?maxRecords=x",
            "/limits",
            "/limits/recordCount",
            "/search?q=FIND+{ab}",
            "/tooling/query?q=SELECT+Id+FROM+CustomField",
            "/tooling/sobjects/CustomField",
            "/tooling/sobjects/ValidationRule/03d",
            "/sobjects/ContactHistory/017Sb0000000001IAA",
        ]
    ),
    st.sampled_from(NAMES).flatmap(
        lambda name: st.sampled_from(
            [f"/composite/sobjects/{name}", f"/composite/tree/{name}", "/parameterizedSearch"]
        )
    ),
)


@pytest.fixture
def steady(org: Client) -> Client:
    """The same org for every example: what one leaves behind is part of the next."""
    org.set(daily_api_limit=10**9)
    return org


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT"]), path=paths, body=bodies)
def test_any_body_gets_an_answer(steady: Client, method: str, path: str, body: Any) -> None:
    answer = steady.call(method, path, body)
    steady.salesforce.settle()
    assert answer.status < 500
    if not isinstance(answer.body, bytes):
        json.dumps(answer.body)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(csv=st.text("abcN,#/A\n\r\"'.;\t Id", max_size=60), operation=st.sampled_from(OPERATIONS))
def test_any_upload_ends_its_job(steady: Client, csv: str, operation: str) -> None:
    job_id = steady.run_job("LastName," + csv, operation, externalIdFieldName="Id")
    assert steady.job(job_id)["state"] in ("JobComplete", "Failed")
    assert not (steady.job(job_id).get("errorMessage") or "").startswith("InternalServerError")
    for which in ("successfulResults", "failedResults", "unprocessedrecords"):
        steady.results(job_id, which)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(soql=queries.map(write) | st.text(max_size=60).map(lambda text: f"SELECT Id FROM {text}"))
def test_any_query_gets_an_answer(steady: Client, soql: str) -> None:
    query = urlencode({"q": soql}, errors="replace")
    assert steady.call("GET", f"/query?{query}").status in (200, 400)
