"""Both CRMs as people use them: plain HTTP to their public APIs, whole pictures of what they hold.

None of the sync's code is used here, and no memory gateway: what the driver sees is what anybody
with the two accounts' credentials would see. A refusal of an edit is an answer like another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

from tests.end_to_end.driver.mapping import Mapped

KEY_HERE, KEY_THERE = "crmsync_salesforce_id", "crmsync_hubspot_id__c"
PRIMARY = {"contacts": 1, "deals": 5}
WITNESS_HERE = {"contacts": ["message"], "companies": ["about_us"], "deals": ["closed_won_reason"]}
WITNESS_THERE = {
    "Contact": ["Department"],
    "Lead": ["Rating"],
    "Account": ["Site"],
    "Opportunity": ["LeadSource"],
}
"""Fields that no mapping names: only people touch them."""


class Declined(Exception):
    """A CRM refused what a person tried."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One record as its system shows it."""

    id: str
    kind: str
    raw: Mapping[str, Any]
    at: datetime
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything both systems hold of one object type."""

    hubspot: Mapping[str, Seen]
    salesforce: Mapping[str, Seen]
    listed: frozenset[str] = frozenset()


@dataclass(slots=True)
class Crms:
    """A person with every right in both accounts."""

    url: str
    http: requests.Session = field(default_factory=requests.Session)
    session: str = ""
    hidden: str = ""
    """A Salesforce field, as Kind.Name, that nobody here may see."""

    def hubspot(self, method: str, path: str, body: Any = None) -> Any:
        return self._call(method, path, body, "sandbox-hubspot-token")

    def salesforce(self, method: str, path: str, body: Any = None) -> Any:
        if not self.session:
            self.session = self._log_in()
        address = f"/services/data/v62.0/{path}"
        try:
            return self._call(method, address, body, self.session)
        except Declined as why:
            if "INVALID_SESSION_ID" not in str(why):
                raise
        self.session = self._log_in()
        return self._call(method, address, body, self.session)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """What people do in a CRM's own pages, and the sandbox's switches."""
        return self._call(method, f"/_sandbox/{path}", body, "")

    def query(self, soql: str) -> list[dict[str, Any]]:
        page = self.salesforce("GET", f"query?q={quote(soql)}")
        records: list[dict[str, Any]] = page["records"]
        while not page["done"]:
            page = self.salesforce("GET", page["nextRecordsUrl"].split("/", 4)[4])
            records += page["records"]
        return records

    def picture(self, mapped: Mapped) -> Picture:
        """All live records, in the mapped fields and the witnesses."""
        there: dict[str, Seen] = {}
        for kind in mapped.kinds:
            there |= self._all_of(kind, mapped)
        listed = self._listed() if mapped.object_type == "contacts" else frozenset()
        return Picture(self._objects(mapped), there, listed)

    def _objects(self, mapped: Mapped) -> dict[str, Seen]:
        name = mapped.object_type
        properties = [*mapped.hubspot_names, *WITNESS_HERE[name], KEY_HERE]
        found: dict[str, Seen] = {}
        after = ""
        while True:
            path = f"/crm/v3/objects/{name}?limit=100&properties={','.join(properties)}{after}"
            page = self.hubspot("GET", path)
            for one in page["results"]:
                at = datetime.fromisoformat(one["updatedAt"])
                found[one["id"]] = Seen(one["id"], name, one["properties"], at)
            following = page.get("paging", {}).get("next", {}).get("after")
            if following is None:
                break
            after = f"&after={following}"
        return self._with_parents(found, mapped)

    def _with_parents(self, found: dict[str, Seen], mapped: Mapped) -> dict[str, Seen]:
        primary = PRIMARY.get(mapped.object_type)
        if primary is None or not found:
            return found
        path = f"/crm/v4/associations/{mapped.object_type}/companies/batch/read"
        told = self.hubspot("POST", path, {"inputs": [{"id": id_} for id_ in found]})
        for row in told["results"]:
            marked = [
                str(to["toObjectId"])
                for to in row["to"]
                if primary in [kind["typeId"] for kind in to["associationTypes"]]
            ]
            one = found[str(row["from"]["id"])]
            found[one.id] = Seen(one.id, one.kind, one.raw, one.at, marked[0] if marked else None)
        return found

    def _all_of(self, kind: str, mapped: Mapped) -> dict[str, Seen]:
        names = [*mapped.salesforce_names(kind), *WITNESS_THERE[kind], KEY_THERE]
        shown = [name for name in names if f"{kind}.{name}" != self.hidden]
        columns = ", ".join(dict.fromkeys(["Id", "LastModifiedDate", *shown]))
        where = " WHERE IsConverted = false" if kind == "Lead" else ""
        rows = self.query(f"SELECT {columns} FROM {kind}{where}")
        return {
            row["Id"]: Seen(
                row["Id"],
                kind,
                row,
                datetime.fromisoformat(row["LastModifiedDate"]),
                row.get("AccountId"),
            )
            for row in rows
        }

    def _listed(self) -> frozenset[str]:
        page = self.hubspot("GET", "/crm/v3/lists/1/memberships?limit=250")
        return frozenset(str(one["recordId"]) for one in page["results"])

    def now(self) -> datetime:
        """The CRMs' own clock."""
        return datetime.fromisoformat(self.control("GET", "clock")["now"])

    def set_here(self, record: Seen, name: str, until: datetime) -> datetime:
        """When a HubSpot property was set last, by its history, up to a moment."""
        path = f"/crm/v3/objects/{record.kind}/{record.id}?propertiesWithHistory={name}"
        history = self.hubspot("GET", path)["propertiesWithHistory"].get(name) or []
        stamps = [datetime.fromisoformat(one["timestamp"]) for one in history]
        return max((one for one in stamps if one <= until), default=record.at)

    def set_there(self, record: Seen, name: str, until: datetime) -> datetime:
        """When a Salesforce field was set last: by its history if it is kept, else the record's."""
        table = {"Opportunity": "OpportunityFieldHistory"}.get(record.kind, f"{record.kind}History")
        parent = {"Opportunity": "OpportunityId"}.get(record.kind, f"{record.kind}Id")
        rows = self.query(
            f"SELECT CreatedDate FROM {table} WHERE {parent} = '{record.id}' AND Field = '{name}'"
        )
        stamps = [datetime.fromisoformat(one["CreatedDate"]) for one in rows]
        return max((one for one in stamps if one <= until), default=record.at)

    def _log_in(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": "sandbox-client-id",
            "client_secret": "sandbox-client-secret",
        }
        answer = self.http.post(f"{self.url}/services/oauth2/token", data=form, timeout=60)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def _call(self, method: str, path: str, body: Any, token: str) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.http.request(method, self.url + path, json=body, headers=headers, timeout=60)
        if answer.status_code >= 500:
            raise AssertionError(f"{method} {path} broke: {answer.text[:300]}")
        if answer.status_code >= 400:
            raise Declined(f"{method} {path}: {answer.text[:300]}")
        return answer.json() if answer.content else None
