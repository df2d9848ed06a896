# ruff: noqa: T201, S311, S603, PLR2004  prints, picks at random, starts itself, knows statuses
"""How fast the sandbox is: seeding, memory, and each kind of call over HTTP on loopback.

    python -m benchmarks.sandbox                      a million contacts
    python -m benchmarks.sandbox --contacts 100000

Starts a sandbox of its own, measures and ends it. Each line is the median and the 95th
percentile of single calls over one kept connection, beside what the sandbox aims at for a
million contacts. Numbers of a busy machine say little; nothing here is a test.
"""

import argparse
import http.client
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from include.sandbox.world import HUBSPOT_TOKEN, SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET

ROOT = Path(__file__).parent.parent
VERSION = "/services/data/v62.0"
KEY = "crmsync_hubspot_id__c"
BULK_ROWS = 100_000


@dataclass
class Connection:
    """One kept connection, and who speaks over it."""

    http: http.client.HTTPConnection
    headers: dict[str, str] = field(default_factory=dict)

    def call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """The answer's JSON; raises RuntimeError for a refusal."""
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **self.headers, **(headers or {})}
        self.http.request(method, path, raw, sent)
        answer = self.http.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:200]!r}")
        return json.loads(text) if text[:1] in (b"{", b"[") else text


@dataclass(frozen=True)
class Running:
    """The sandbox under measurement."""

    process: "subprocess.Popen[str]"
    url: str
    seconds: float
    """From start to readiness, seeding included."""

    def connection(self, headers: Mapping[str, str] | None = None) -> Connection:
        parts = urlsplit(self.url)
        line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)
        return Connection(line, dict(headers or {}))

    def memory(self, what: str) -> float:
        """VmRSS or VmHWM in GiB, 0 where the system does not tell."""
        try:
            told = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        except OSError:
            return 0
        line = next(one for one in told.splitlines() if one.startswith(what))
        return int(line.split()[1]) / 2**20


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sandbox", description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--calls", type=int, default=40, help="how often each call is made")
    parser.add_argument("--no-bulk", action="store_true", help="leave out the bulk upsert")
    options = parser.parse_args(arguments)
    with _running(options.contacts) as running:
        print(f"{options.contacts:,} contacts, {options.calls} calls each\n")
        print(f"{'seeding':38}{running.seconds:9.1f} s                 aims at 90 s")
        highest = running.memory("VmHWM")
        print(f"{'memory, at its highest':38}{highest:9.2f} GiB               aims at 2")
        print(f"{'memory, afterwards':38}{running.memory('VmRSS'):9.2f} GiB")
        for name, aim, call in (*_hubspot(running), *_salesforce(running), *_pages(running)):
            _print(name, aim, [_timed(call) for _ in range(options.calls)])
        if not options.no_bulk:
            _print_bulk(running)
    return 0


Measured = tuple[str, str, Callable[[], Any]]
"""A call's name, what it aims at, and the call."""


def _hubspot(running: Running) -> Iterator[Measured]:
    api = running.connection({"Authorization": f"Bearer {HUBSPOT_TOKEN}"})
    contacts = "/crm/v3/objects/contacts"
    listed = [api.call("GET", f"{contacts}?limit=100&after={n}")["results"] for n in _afters(api)]
    pages = [page for page in listed if page]
    records = [one for page in pages for one in page]
    emails = [one["properties"]["email"] for one in records if one["properties"]["email"]]

    def read() -> Any:
        inputs = [{"id": one["id"]} for one in random.choice(pages)]
        names = ["email", "firstname", "lastname", "phone", "lifecyclestage"]
        return api.call("POST", f"{contacts}/batch/read", {"inputs": inputs, "properties": names})

    def search(name: str, operator: str, value: Callable[[], str], **more: Any) -> Any:
        told = {"propertyName": name, "operator": operator, "value": value()}
        body = {"filterGroups": [{"filters": [told]}], "limit": 200, **more}
        return api.call("POST", f"{contacts}/search", body)

    def since() -> str:
        return str(random.choice(records)["updatedAt"])

    newest = [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}]
    yield "HubSpot: batch read of 100", "10 ms", read
    yield (
        "HubSpot: search page of 200, by time",
        "20 ms",
        lambda: search("lastmodifieddate", "GTE", since, sorts=newest),
    )
    yield (
        "HubSpot: search by e-mail",
        "",
        lambda: search("email", "EQ", lambda: str(random.choice(emails))),
    )
    yield "HubSpot: page of a list", "", lambda: api.call("GET", f"{contacts}?limit=100")


def _afters(api: Connection) -> list[int]:
    """Places all over the portal, to page from."""
    first = api.call("GET", "/crm/v3/objects/contacts?limit=1")["results"]
    top = api.call(
        "POST",
        "/crm/v3/objects/contacts/search",
        {"sorts": [{"propertyName": "hs_object_id", "direction": "DESCENDING"}], "limit": 1},
    )["results"]
    low, high = int(first[0]["id"]), int(top[0]["id"])
    return [random.randint(low, max(low, high - 100)) for _ in range(20)]


def _salesforce(running: Running) -> Iterator[Measured]:
    api = _logged_in(running)
    fields = "Id, FirstName, LastName, Email, Account.Name, SystemModstamp"
    found = _query(api, "SELECT Id, SystemModstamp FROM Contact ORDER BY Id LIMIT 2000")
    ids = [one["Id"] for one in found["records"]]
    moments = sorted(one["SystemModstamp"] for one in found["records"])

    def query(size: int) -> Any:
        moment = random.choice(moments).replace("+0000", "Z")
        where = f"WHERE SystemModstamp >= {moment} ORDER BY SystemModstamp"
        header = {"Sforce-Query-Options": f"batchSize={size}"}
        soql = f"SELECT {fields} FROM Contact {where} LIMIT {size}"  # noqa: S608  not SQL
        return _query(api, soql, header)

    def update() -> Any:
        records = [
            {"attributes": {"type": "Contact"}, "Id": one, "Title": str(random.random())}
            for one in random.sample(ids, 200)
        ]
        return api.call("PATCH", f"{VERSION}/composite/sobjects", {"records": records})

    def upsert() -> Any:
        records = [
            {
                "attributes": {"type": "Lead"},
                "LastName": "L",
                "Company": "C",
                KEY: f"bench-{number}",
            }
            for number in random.sample(range(2000), 200)
        ]
        path = f"{VERSION}/composite/sobjects/Lead/{KEY}"
        return api.call("PATCH", path, {"records": records})

    def retrieve() -> Any:
        body = {"ids": random.sample(ids, 200), "fields": ["Id", "LastName", "Email"]}
        return api.call("POST", f"{VERSION}/composite/sobjects/Contact", body)

    yield "Salesforce: query page of 200", "", lambda: query(200)
    yield "Salesforce: query page of 2,000", "", lambda: query(2000)
    yield "Salesforce: collection of 200, update", "30 ms", update
    yield "Salesforce: collection of 200, upsert", "30 ms", upsert
    yield "Salesforce: collection of 200, read", "30 ms", retrieve


def _pages(running: Running) -> Iterator[Measured]:
    web = running.connection()
    yield "Page: the first one", "", lambda: web.call("GET", "/_sandbox/")
    yield (
        "Page: contacts side by side",
        "",
        lambda: web.call("GET", "/_sandbox/records/hubspot/contacts"),
    )
    yield "Page: search by e-mail", "", lambda: web.call("GET", "/_sandbox/search?q=a@example.com")


def _print_bulk(running: Running) -> None:
    name = f"Salesforce: bulk upsert of {BULK_ROWS:,}"
    try:
        seconds = _bulk(_logged_in(running))
    except RuntimeError as error:
        print(f"{name:38} not measured: {error}")
        return
    print(f"{name:38}{seconds:9.1f} s                 aims at 10 s")


def _bulk(api: Connection) -> float:
    jobs = f"{VERSION}/jobs/ingest"
    rows = "".join(f"bulk-{number},Bulk,Acme\n" for number in range(BULK_ROWS))
    told = {"object": "Lead", "operation": "upsert", "externalIdFieldName": KEY, "lineEnding": "LF"}
    started = time.perf_counter()
    job = f"{jobs}/{api.call('POST', jobs, told)['id']}"
    csv = f"{KEY},LastName,Company\n{rows}".encode()
    api.call("PUT", f"{job}/batches", csv, {"Content-Type": "text/csv"})
    api.call("PATCH", job, {"state": "UploadComplete"})
    while (state := api.call("GET", job)["state"]) in ("UploadComplete", "InProgress"):
        time.sleep(0.05)
    if state != "JobComplete":
        raise RuntimeError(f"the job ended as {state}")
    return time.perf_counter() - started


def _query(api: Connection, soql: str, headers: Mapping[str, str] | None = None) -> Any:
    return api.call("GET", f"{VERSION}/query?{urlencode({'q': soql})}", None, headers)


def _logged_in(running: Running) -> Connection:
    form = {
        "grant_type": "client_credentials",
        "client_id": SALESFORCE_CLIENT_ID,
        "client_secret": SALESFORCE_CLIENT_SECRET,
    }
    api = running.connection()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    told = api.call("POST", "/services/oauth2/token", urlencode(form).encode(), kind)
    api.headers["Authorization"] = f"Bearer {told['access_token']}"
    return api


def _timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _print(name: str, aim: str, taken: Sequence[float]) -> None:
    median = statistics.median(taken)
    late = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else median
    aims = f"   aims at {aim}" if aim else ""
    print(f"{name:38}{median:9.1f} ms, p95 {late:7.1f}{aims}", flush=True)


@contextmanager
def _running(contacts: int) -> Iterator[Running]:
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "include.sandbox", "--port", "0", "--seed", str(contacts)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if " at " not in line:
                raise RuntimeError("the sandbox did not start")
            url = line.split(" at ", 1)[1].split(" ", 1)[0]
            yield Running(process, url, time.perf_counter() - started)
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
