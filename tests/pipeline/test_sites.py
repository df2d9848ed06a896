"""Where a person looks at a record, by what the connections say."""

import json
from typing import Any

import pytest

from include.crmsync.model.record import System
from include.crmsync.pipeline.wiring.sites import record_page, record_pages

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
SECRET = "pat-na1-secret"  # noqa: S105 -- what must not be seen


def connect(monkeypatch: pytest.MonkeyPatch, hubspot: str | None, instance: str) -> None:
    told: dict[str, Any] = {"host": hubspot, "password": SECRET}
    monkeypatch.setenv("AIRFLOW_CONN_HUBSPOT_DEFAULT", json.dumps(told))
    told = {"host": "", "extra": {"instance_url": instance, "consumer_secret": SECRET}}
    monkeypatch.setenv("AIRFLOW_CONN_SALESFORCE_DEFAULT", json.dumps(told))


@pytest.mark.parametrize(
    ("kind", "end"), [("contacts", "0-1/7"), ("companies", "0-2/7"), ("deals", "0-3/7")]
)
def test_hubspots_pages_are_in_its_app(
    monkeypatch: pytest.MonkeyPatch, kind: str, end: str
) -> None:
    for host in (None, "https://api.hubapi.com", "https://api-eu1.hubapi.com"):
        connect(monkeypatch, host, "https://orbital.my.salesforce.com")
        page = record_page(record_pages("4242"), HUBSPOT, kind, "7")
        assert page == f"https://app.hubspot.com/contacts/4242/record/{end}"


def test_salesforces_pages_are_in_lightning(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, None, "https://orbital--uat.sandbox.my.salesforce.com/")
    page = record_page(record_pages("4242"), SALESFORCE, "Opportunity", "006A")
    host = "https://orbital--uat.sandbox.my.salesforce.com"
    assert page == f"{host}/lightning/r/Opportunity/006A/view"


def test_the_sandbox_has_pages_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "http://127.0.0.1:8765", "http://127.0.0.1:8765")
    pages = record_pages("4242")
    base = "http://127.0.0.1:8765/_sandbox/records"
    assert record_page(pages, HUBSPOT, "contacts", "7") == f"{base}/hubspot/contacts/7"
    assert record_page(pages, SALESFORCE, "Contact", "003A") == f"{base}/salesforce/Contact/003A"


@pytest.mark.parametrize(
    "instance", ["https://login.salesforce.com", "", "javascript:alert(1)//x", "ftp://host"]
)
def test_where_nobody_knows_the_page_there_is_no_link(
    monkeypatch: pytest.MonkeyPatch, instance: str
) -> None:
    connect(monkeypatch, None, instance)
    pages = record_pages(None)
    assert record_page(pages, SALESFORCE, "Contact", "003A") == ""
    assert record_page(pages, HUBSPOT, "contacts", "7") == ""
    assert record_page(record_pages("4242"), HUBSPOT, "", "7") == ""


def test_no_secret_and_no_path_gets_into_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, f"http://u:{SECRET}@127.0.0.1:8765", "https://x.my.salesforce.com")
    pages = record_pages("42/../x")
    assert SECRET not in "".join(pages.values())
    assert record_page(pages, SALESFORCE, "Contact", "a/../b?c") == (
        "https://x.my.salesforce.com/lightning/r/Contact/a%2F..%2Fb%3Fc/view"
    )
