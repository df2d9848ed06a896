"""Bulk jobs: what is sent, how results are matched, and what a killed run finds again."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.salesforce import Salesforce
from include.crmsync.adapters.salesforce_api import SalesforceApi
from include.crmsync.adapters.salesforce_bulk import UNPROCESSED, SalesforceBulk
from include.crmsync.adapters.salesforce_sheet import error_of, sayable, to_sheet
from include.crmsync.errors import Rejected, Unavailable
from include.crmsync.model.mapping import ObjectMapping
from tests.adapters.crm import PHONE
from tests.adapters.mappings import CONTACTS
from tests.adapters.salesforce_script import CREDENTIALS, TOKEN_URL, session
from tests.adapters.sandboxed import salesforce
from tests.adapters.scripted import Answer, Scripted, body_of, scripted
from tests.conftest import Sandbox

KEY = CONTACTS.salesforce_key
JOB = "750Sb0000000001AAA"
ONE = Write("one", "Contact", "003A", {"Title": "New", "Phone": None, "HasOptedOutOfEmail": True})
TWO = Write("two", "Contact", "003B", {"LastName": 'A "b",\nc'})
NEW = Write(
    "new", "Contact", None, {"LastName": "N"}, external_key="51", parents={"companies": None}
)


class Org:
    """An org of which a test says how its one job is doing."""

    def __init__(self) -> None:
        self.state = "JobComplete"
        self.processed, self.failed = 2, 0
        self.tables: dict[str, str] = {}
        self.refusals: dict[str, Answer] = {}
        self.error = ""

    def __call__(self, request: requests.PreparedRequest) -> Answer:
        if request.url == TOKEN_URL:
            return session()
        end = (request.url or "").split("?")[0].rsplit("/", 1)[-1]
        if request.method in self.refusals:
            return self.refusals.pop(request.method)
        if request.method == "PUT":
            return 201, ""
        if end in self.tables:
            return 200, self.tables[end], {"Content-Type": "text/csv"}
        told = {
            "id": JOB,
            "state": self.state,
            "numberRecordsProcessed": self.processed,
            "numberRecordsFailed": self.failed,
            "errorMessage": self.error,
        }
        return 200, told


def jobs(org: Org, pauses: list[float] | None = None) -> tuple[SalesforceBulk, Scripted]:
    wire, adapter, _ = scripted(org)
    slept: list[float] = [] if pauses is None else pauses
    return SalesforceBulk(SalesforceApi(CREDENTIALS, wire, "62.0"), slept.append), adapter


def rows(sheet: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet.decode(), newline="")))


def answered(bulk: SalesforceBulk, *writes: Write) -> dict[str, Written]:
    assert bulk.ended(JOB)
    every: Iterator[Any] = bulk.answers(JOB, CONTACTS, writes)
    return {one.key: one for some in every for one in some}


def test_a_sheet_clears_with_a_word_leaves_alone_with_nothing_and_quotes_the_rest() -> None:
    one, two = rows(to_sheet(CONTACTS, [ONE, TWO]))
    assert one["Id"] == "003A"
    assert (one["Title"], one["Phone"], one["HasOptedOutOfEmail"]) == ("New", "#N/A", "true")
    assert (two["LastName"], two["Title"], two["Phone"]) == ('A "b",\nc', "", "")


def test_a_create_is_named_by_its_external_key_and_may_have_no_parent() -> None:
    [row] = rows(to_sheet(CONTACTS, [NEW]))
    assert row == {"LastName": "N", "AccountId": "#N/A", KEY: "51"}


@pytest.mark.parametrize("value", ["#N/A", "", ["a"]])
def test_what_a_sheet_cannot_say_is_not_for_a_job(value: Any) -> None:
    assert not sayable(Write("x", "Contact", "003A", {"Title": value}))
    assert sayable(ONE)


def test_a_job_of_creates_is_an_upsert_on_our_key_and_of_updates_an_update() -> None:
    bulk, adapter = jobs(Org())
    assert bulk.open(CONTACTS, [NEW]) == bulk.open(CONTACTS, [ONE]) == JOB
    creates, updates = (body_of(sent) for sent in adapter.sent[1:])
    assert (creates["operation"], creates["externalIdFieldName"]) == ("upsert", KEY)
    assert (updates["operation"], updates["object"]) == ("update", "Contact")


def test_results_are_known_by_their_key_whatever_their_order() -> None:
    org = Org()
    org.tables["successfulResults"] = "sf__Id,sf__Created,Id\n003B,false,003B\n003A,false,003A\n"
    told = answered(jobs(org)[0], ONE, TWO)
    assert {key: one.record_id for key, one in told.items()} == {"one": "003A", "two": "003B"}
    assert all(one.code is None for one in told.values())


def test_failed_rows_carry_their_code_and_rows_not_come_to_go_again() -> None:
    org = Org()
    org.processed, org.failed = 1, 1
    error = "STRING_TOO_LONG:Last Name: data value too large: Canary:LastName --"
    org.tables["failedResults"] = f'sf__Id,sf__Error,Id\n"","{error}",003A\n'
    write = Write("one", "Contact", "003A", {"LastName": "Canary"})
    told = answered(jobs(org)[0], write, TWO)
    assert told["one"].code == "STRING_TOO_LONG"
    assert not told["one"].retryable
    assert "Canary" not in (told["one"].message or "")
    assert (told["two"].code, told["two"].retryable) == (UNPROCESSED, True)


def test_an_error_with_colons_keeps_its_sentence_and_its_fields() -> None:
    [error] = error_of({"sf__Error": "A_CODE:one: two: three:F1 F2 --"})["errors"]
    assert error == {"statusCode": "A_CODE", "message": "one: two: three", "fields": ["F1", "F2"]}


def test_a_job_that_failed_as_a_whole_is_a_persons_to_mend() -> None:
    org = Org()
    org.state, org.processed = "Failed", 0
    org.error = "InvalidBatch : Field name not found : Nope__c"
    with pytest.raises(Rejected, match="Nope__c"):
        answered(jobs(org)[0], ONE)


def test_a_job_without_data_is_called_off_and_nothing_of_it_was_written() -> None:
    org = Org()
    org.state = "Open"
    bulk, adapter = jobs(org)
    assert not bulk.ended(JOB)
    assert body_of(adapter.sent[-1]) == {"state": "Aborted"}


def test_a_job_nobody_knows_any_more_tells_nothing() -> None:
    org = Org()
    org.refusals["GET"] = (404, [{"errorCode": "NOT_FOUND", "message": "x"}])
    assert not jobs(org)[0].ended(JOB)


def test_data_that_was_taken_before_is_not_an_error() -> None:
    org = Org()
    wrong = (400, [{"errorCode": "INVALIDJOBSTATE", "message": "x"}])
    org.refusals |= {"PUT": wrong, "PATCH": wrong}
    jobs(org)[0].send(JOB, CONTACTS, [ONE])


def test_a_job_that_never_ends_is_left_to_the_next_attempt_after_ever_longer_pauses() -> None:
    org = Org()
    pauses: list[float] = []
    org.state = "InProgress"
    with pytest.raises(Unavailable, match="still running"):
        jobs(org, pauses)[0].ended(JOB)
    assert pauses[:5] == [2, 4, 8, 16, 30]
    assert len(pauses) < 70


@pytest.mark.sandbox
class TestOnSandbox:
    """The same, with the sandbox doing the work."""

    def crm(self, sandbox: Sandbox, **options: Any) -> Salesforce:
        return salesforce(sandbox, **options)

    def written(self, crm: Salesforce, mapping: ObjectMapping, *writes: Write) -> list[Written]:
        job = crm.bulk.open(mapping, writes)
        crm.bulk.send(job, mapping, writes)
        assert crm.bulk.ended(job)
        told = [one for some in crm.bulk.answers(job, mapping, writes) for one in some]
        return sorted(told, key=lambda one: one.key)

    def test_a_thousand_creates_cost_few_calls_and_sent_again_double_nothing(
        self, sandbox: Sandbox
    ) -> None:
        crm = self.crm(sandbox)
        writes = [
            Write(
                f"{number:04}",
                "Contact",
                None,
                {"LastName": f"N{number}"},
                external_key=str(number),
            )
            for number in range(1000)
        ]
        before = crm.calls
        first = self.written(crm, CONTACTS, *writes)
        assert crm.calls - before < 60
        assert all(one.code is None and one.record_id for one in first)
        again = self.written(crm, CONTACTS, *writes)
        assert [one.record_id for one in again] == [one.record_id for one in first]
        assert len(list(crm.changed_since(CONTACTS, None))) == 1000

    def test_updates_clear_and_set_and_one_bad_row_harms_no_other(self, sandbox: Sandbox) -> None:
        crm = self.crm(sandbox)
        made = self.written(
            crm,
            CONTACTS,
            Write("1", "Contact", None, {"LastName": "A", "Phone": PHONE}, external_key="1"),
            Write("2", "Contact", None, {"LastName": "B"}, external_key="2"),
        )
        one, two = (str(answer.record_id) for answer in made)
        good, bad = self.written(
            crm,
            CONTACTS,
            Write("1", "Contact", one, {"Phone": None, "LastName": "C"}),
            Write("2", "Contact", two, {"Email": "no address"}),
        )
        assert good.code is None
        assert bad.code == "INVALID_EMAIL_ADDRESS"
        [record] = crm.read(CONTACTS, [one])
        assert (record.raw["Phone"], record.raw["LastName"]) == (None, "C")

    def test_a_large_read_comes_by_a_job_and_holds_the_same_records(self, sandbox: Sandbox) -> None:
        crm = self.crm(sandbox)
        writes = [
            Write(str(n), "Contact", None, {"LastName": f"N{n}"}, external_key=str(n))
            for n in range(30)
        ]
        self.written(crm, CONTACTS, *writes)
        sandbox.settings(salesforce={"page_size": 10})
        paged = list(crm.changed_since(CONTACTS, None))
        by_job = list(self.crm(sandbox, bulk_read=20).changed_since(CONTACTS, None))
        assert [one.id for one in by_job] == [one.id for one in paged]
        assert [one.modified_at for one in by_job] == [one.modified_at for one in paged]
        assert [one.raw["LastName"] for one in by_job] == [one.raw["LastName"] for one in paged]
