"""Where a person looks at a record: its page in HubSpot, in Salesforce, or in the sandbox.

Addresses are made of what the Airflow connections and the state say, and of ids; no secret of a
connection is ever part of one.
"""

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote, urlsplit

from include.crmsync.errors import ConfigError
from include.crmsync.model.record import System
from include.crmsync.pipeline.wiring import HUBSPOT, SALESFORCE, account_of

APP = "https://app.hubspot.com"
TYPES = {"contacts": "0-1", "companies": "0-2", "deals": "0-3"}
"""HubSpot's ids of its object types."""
LOG_INS = frozenset({"login.salesforce.com", "test.salesforce.com"})
"""Hosts that belong to no org."""


def record_pages(portal: str | None) -> Mapping[System, str]:
    """For each system, the address of a record's page, with {kind} and {id} to fill in.

    A system of which the connections do not say where it is has none.
    """
    found: dict[System, str] = {}
    with suppress(ConfigError):
        host = account_of(HUBSPOT).host or ""
        found[System.HUBSPOT] = _hubspot(host, portal)
    with suppress(ConfigError):
        account = account_of(SALESFORCE)
        found[System.SALESFORCE] = _salesforce(
            str(account.extra.get("instance_url") or account.host or "")
        )
    return {system: page for system, page in found.items() if page}


def record_page(pages: Mapping[System, str], system: System, kind: str, id_: str) -> str:
    """The address of one record's page; empty where nobody knows it."""
    page = pages.get(system)
    if not page or not kind:
        return ""
    kind = TYPES.get(kind, kind) if page.startswith(APP) else kind
    return page.replace("{kind}", quote(kind, safe="")).replace("{id}", quote(id_, safe=""))


def _hubspot(host: str, portal: str | None) -> str:
    name = urlsplit(host).hostname or ""
    if host and not (name == "hubapi.com" or name.endswith(".hubapi.com")):
        return _sandbox(host, System.HUBSPOT)
    return f"{APP}/contacts/{quote(portal, safe='')}/record/{{kind}}/{{id}}" if portal else ""


def _salesforce(instance: str) -> str:
    parts = urlsplit(instance)
    name = parts.hostname or ""
    if name in LOG_INS or not name:
        return ""
    if name.endswith((".salesforce.com", ".force.com")):
        return f"https://{parts.netloc}/lightning/r/{{kind}}/{{id}}/view"
    return _sandbox(instance, System.SALESFORCE)


def _sandbox(host: str, system: System) -> str:
    parts = urlsplit(host)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}/_sandbox/records/{system}/{{kind}}/{{id}}"
