"""Both CRMs read from outside, with none of the sync's code: plain requests, plain tables.

What two fields have in common is written down here again, on purpose: a mistake in the
mapping or in a spelling would otherwise agree with itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

TOKEN = {"Authorization": "Bearer sandbox-hubspot-token"}
STAGES = {
    "appointmentscheduled": "Prospecting",
    "qualifiedtobuy": "Qualification",
    "presentationscheduled": "Value Proposition",
    "decisionmakerboughtin": "Id. Decision Makers",
    "contractsent": "Negotiation/Review",
    "closedwon": "Closed Won",
    "closedlost": "Closed Lost",
}
TWO_WAY: dict[str, dict[str, dict[str, str]]] = {
    "companies": {
        "Account": {
            "name": "Name",
            "website": "Website",
            "phone": "Phone",
            "address": "BillingStreet",
            "city": "BillingCity",
            "zip": "BillingPostalCode",
            "country": "BillingCountry",
            "description": "Description",
        }
    },
    "contacts": {
        "Contact": {
            "firstname": "FirstName",
            "lastname": "LastName",
            "jobtitle": "Title",
            "phone": "Phone",
            "mobilephone": "MobilePhone",
            "city": "MailingCity",
            "zip": "MailingPostalCode",
            "address": "MailingStreet",
        },
        "Lead": {
            "firstname": "FirstName",
            "lastname": "LastName",
            "jobtitle": "Title",
            "phone": "Phone",
            "city": "City",
            "address": "Street",
        },
    },
    "deals": {
        "Opportunity": {
            "dealname": "Name",
            "amount": "Amount",
            "closedate": "CloseDate",
            "dealstage": "StageName",
            "hs_next_step": "NextStep",
        }
    },
}


@dataclass(frozen=True)
class Outside:
    """A person with a browser's rights in both CRMs."""

    url: str

    def hubspot(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, self.url + path, json=body, headers=TOKEN, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def salesforce(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self._session()}"}
        address = f"{self.url}/services/data/v62.0/{path}"
        answer = requests.request(method, address, json=body, headers=headers, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def _session(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": "sandbox-client-id",
            "client_secret": "sandbox-client-secret",
        }
        answer = requests.post(f"{self.url}/services/oauth2/token", data=form, timeout=60)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def all_hubspot(self, object_type: str, properties: list[str]) -> dict[str, dict[str, Any]]:
        """Every live object: id -> properties."""
        found: dict[str, dict[str, Any]] = {}
        after: str | None = None
        while True:
            path = f"/crm/v3/objects/{object_type}?limit=100&properties={','.join(properties)}"
            page = self.hubspot("GET", path + (f"&after={after}" if after else ""))
            found |= {item["id"]: item["properties"] for item in page["results"]}
            after = page.get("paging", {}).get("next", {}).get("after")
            if after is None:
                return found

    def query(self, soql: str) -> list[dict[str, Any]]:
        """Every record of a query."""
        page = self.salesforce("GET", f"query?q={quote(soql)}")
        records: list[dict[str, Any]] = page["records"]
        while not page["done"]:
            page = self.salesforce("GET", page["nextRecordsUrl"].split("/", 4)[4])
            records += page["records"]
        return records

    def differences(
        self, object_type: str, links: list[tuple[str, str]]
    ) -> Iterator[tuple[str, str, str]]:
        """HubSpot id, Salesforce id and HubSpot property of every two-way field that differs."""
        for kind, fields in TWO_WAY[object_type].items():
            here = self.all_hubspot(object_type, list(fields))
            rows = self.query(f"SELECT Id,{','.join(fields.values())} FROM {kind}")
            there = {row["Id"]: row for row in rows}
            for hubspot_id, salesforce_id in links:
                if salesforce_id not in there or hubspot_id not in here:
                    continue
                for ours, theirs in fields.items():
                    one, two = here[hubspot_id][ours], there[salesforce_id][theirs]
                    if not _same(ours, one, two):
                        yield hubspot_id, salesforce_id, ours


def _same(name: str, hubspot: Any, salesforce: Any) -> bool:
    if hubspot in (None, "") or salesforce in (None, ""):
        return (hubspot or None) == (salesforce or None)
    if name == "amount":
        return bool(float(hubspot) == float(salesforce))
    if name == "closedate":
        return bool(datetime.fromisoformat(hubspot).date().isoformat() == salesforce)
    if name == "dealstage":
        return bool(STAGES.get(hubspot, hubspot) == salesforce)
    return bool(str(hubspot).strip() == str(salesforce).strip())
