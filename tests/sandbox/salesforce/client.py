"""A client of the emulated org that needs no server: one method per thing a test does."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from include.sandbox.router import Router
from include.sandbox.salesforce import Salesforce
from include.sandbox.wire import Answer, Request
from include.sandbox.world import SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET, World

BASE = "/services/data/v62.0"
TOKEN = "/services/oauth2/token"  # noqa: S105  an address
KEY = "crmsync_hubspot_id__c"
CREDENTIALS = {
    "grant_type": "client_credentials",
    "client_id": SALESFORCE_CLIENT_ID,
    "client_secret": SALESFORCE_CLIENT_SECRET,
}


@dataclass
class Client:
    """Speaks to the org as the integration user."""

    salesforce: Salesforce
    world: World
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def log_in(self, **form: str) -> Answer:
        """Ask for a token and keep it; without a form, by client credentials."""
        body = urlencode(form or CREDENTIALS).encode()
        answer = self.salesforce.answer(Request("POST", TOKEN, body=body, origin="http://crm:1"))
        if answer.status == 200:
            self.token = answer.body["access_token"]
        return answer

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Any call, below the version's address unless the path says otherwise."""
        parts = urlsplit(path if path.startswith(("/services", "/id")) else BASE + path)
        sent = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.salesforce.answer(
            Request(
                method,
                parts.path,
                tuple(parse_qsl(parts.query, keep_blank_values=True)),
                {**sent, **self.headers, **named},
                b"" if body is None else json.dumps(body).encode(),
                "http://crm:1",
            )
        )

    def send(self, method: str, path: str, body: bytes, content_type: str) -> Answer:
        """A call whose body is not JSON."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": content_type}
        return self.salesforce.answer(Request(method, BASE + path, (), headers, body))

    def open_job(self, operation: str = "insert", sobject: str = "Contact", **told: Any) -> str:
        """A bulk job that waits for its data; the answer is its id."""
        body = {"object": sobject, "operation": operation, **told}
        answer = self.call("POST", "/jobs/ingest", body)
        assert answer.status == 200, answer.body
        return str(answer.body["id"])

    def run_job(self, csv: str, operation: str = "insert", **told: Any) -> str:
        """A bulk job, done; the answer is its id."""
        job_id = self.open_job(operation, **told)
        uploaded = self.send("PUT", f"/jobs/ingest/{job_id}/batches", csv.encode(), "text/csv")
        assert uploaded.status == 201, uploaded.body
        closed = self.call("PATCH", f"/jobs/ingest/{job_id}", {"state": "UploadComplete"})
        assert closed.status == 200, closed.body
        self.salesforce.settle()
        return job_id

    def job(self, job_id: str) -> Any:
        answer = self.call("GET", f"/jobs/ingest/{job_id}")
        assert answer.status == 200, answer.body
        return answer.body

    def results(self, job_id: str, which: str) -> str:
        """One of the three results of a bulk job, as its text."""
        answer = self.call("GET", f"/jobs/ingest/{job_id}/{which}")
        assert answer.status == 200, answer.body
        assert answer.headers["Content-Type"] == "text/csv"
        return bytes(answer.body).decode()

    def declare(self, **told: Any) -> Any:
        answer = self.verb("declare", **told)
        assert answer.status == 200, answer.body
        return answer.body

    def set(self, **settings: Any) -> None:
        self.world.settings["salesforce"].update(settings)

    def query(self, soql: str, resource: str = "query") -> Any:
        answer = self.call("GET", f"/{resource}?{urlencode({'q': soql})}")
        assert answer.status == 200, answer.body
        return answer.body

    def verb(self, name: str, /, **told: Any) -> Answer:
        """One of the org's own control routes."""
        path = f"/_sandbox/salesforce/{name}"
        found = Router(self.salesforce.verbs).find("POST", path)
        assert found is not None
        return found.route.handler(Request("POST", path, body=json.dumps(told).encode()))

    def values(self, soql: str) -> list[Any]:
        """The records of a query as lists of values, attributes left out."""
        records = self.query(soql)["records"]
        return [[value for name, value in one.items() if name != "attributes"] for one in records]

    def refused_query(self, soql: str) -> Any:
        answer = self.call("GET", f"/query?{urlencode({'q': soql})}")
        assert answer.status == 400, answer.body
        return answer.body[0]

    def create(self, sobject: str, **fields: Any) -> str:
        """Create a record, valid by default; the answer is its id."""
        answer = self.call("POST", f"/sobjects/{sobject}", {**VALID.get(sobject, {}), **fields})
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    def read(self, record_id: str, sobject: str = "Contact") -> Any:
        answer = self.call("GET", f"/sobjects/{sobject}/{record_id}")
        assert answer.status == 200, answer.body
        return answer.body

    def refused(self, sobject: str, **fields: Any) -> Any:
        """The first error of a create that must fail."""
        answer = self.call("POST", f"/sobjects/{sobject}", {**VALID.get(sobject, {}), **fields})
        assert answer.status == 400, answer.body
        return answer.body[0]

    def collection(self, method: str, path: str, *records: dict[str, Any], **rest: Any) -> Any:
        body = {"records": list(records), **rest}
        answer = self.call(method, f"/composite/sobjects{path}", body)
        assert answer.status == 200, answer.body
        return answer.body


VALID: dict[str, dict[str, Any]] = {
    "Account": {"Name": "Acme"},
    "Contact": {"LastName": "Lovelace"},
    "Lead": {"LastName": "Lovelace", "Company": "Acme"},
    "Opportunity": {"Name": "Engine", "StageName": "Prospecting", "CloseDate": "2026-03-31"},
    "Campaign": {"Name": "Spring"},
}


def row(sobject: str, **fields: Any) -> dict[str, Any]:
    """A record of a collection, valid by default where it is created."""
    return {"attributes": {"type": sobject}, **fields}
