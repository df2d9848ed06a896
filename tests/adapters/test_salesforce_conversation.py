"""Salesforce's gateway against answers the sandbox never gives: odd, partial, broken ones."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.http import ATTEMPTS
from include.crmsync.adapters.salesforce import Salesforce
from include.crmsync.adapters.salesforce_api import SalesforceApi
from include.crmsync.adapters.salesforce_auth import (
    JWT_BEARER,
    SalesforceCredentials,
    assertion,
    log_in,
)
from include.crmsync.adapters.salesforce_records import is_alive, is_id
from include.crmsync.errors import (
    ConfigError,
    LimitReached,
    Rejected,
    SyncError,
    Unauthorized,
    Unavailable,
)
from include.crmsync.model.mapping import ObjectMapping
from tests.adapters.mappings import COMPANIES, CONTACTS
from tests.adapters.scripted import Answer, Scripted, body_of, scripted

TOKEN_URL = "https://acme.example/services/oauth2/token"  # noqa: S105 -- an address
CREDENTIALS = SalesforceCredentials(TOKEN_URL, "id", "canary-secret")
MORNING = datetime(2026, 1, 31, 9, tzinfo=UTC)
EXPIRED = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
CONTACT = "0035g00000ABCDE"
CUSTOM = replace(COMPANIES, salesforce=("Plant__c",), fields=())

Script = Callable[[requests.PreparedRequest], Answer]


def session(url: str = "https://acme.example", token: str = "canary-token") -> Answer:  # noqa: S107
    return 200, {"access_token": token, "instance_url": url}


def answering(script: Script) -> tuple[Salesforce, Scripted]:
    """A gateway that is logged in, and whose script sees what comes after."""

    def whole(request: requests.PreparedRequest) -> Answer:
        return session() if request.url == TOKEN_URL else script(request)

    wire, adapter, _ = scripted(whole)
    return Salesforce(SalesforceApi(CREDENTIALS, wire, "62.0")), adapter


def gateway(*answers: Answer) -> tuple[Salesforce, Scripted]:
    rest = iter(answers)
    return answering(lambda _: next(rest))


def row(id_: str, stamp: str = "2026-01-31T09:00:00.000+0000", **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": "x"}, "Id": id_, "SystemModstamp": stamp, **fields}


def page(*rows: dict[str, Any], more: str | None = None) -> Answer:
    told = {"totalSize": len(rows), "done": more is None, "records": list(rows)}
    return 200, told if more is None else {**told, "nextRecordsUrl": more}


def soql(request: requests.PreparedRequest) -> str:
    return parse_qs(urlsplit(request.url or "").query)["q"][0]


def queries(adapter: Scripted) -> list[str]:
    return [soql(sent) for sent in adapter.sent if "q=" in (sent.url or "")]


def create(key: str, **values: Any) -> Write:
    return Write(key, "Account", None, values, external_key=key)


def write(
    crm: Salesforce, *writes: Write, mapping: ObjectMapping = COMPANIES
) -> dict[str, Written]:
    return {one.key: one for some in crm.write(mapping, writes) for one in some}


# Logging in.


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((400, {"error": "invalid_grant", "error_description": "canary"}), Unauthorized),
        ((401, {"error": "invalid_client"}), Unauthorized),
        ((200, {"access_token": "canary-token"}), Unauthorized),
        ((200, ["canary"]), Unauthorized),
        (session("http://acme.example"), Unauthorized),
        (session("acme.example"), Unauthorized),
        (session("https://"), Unauthorized),
        ((503, "canary"), Unavailable),
    ],
    ids=[
        "bad grant",
        "bad client",
        "half an answer",
        "a list",
        "downgraded",
        "no scheme",
        "no host",
        "down",
    ],
)
def test_a_log_in_that_fails_says_so_without_secrets(
    answer: Answer, error: type[Exception]
) -> None:
    wire, _, _ = scripted([answer] * ATTEMPTS)
    with pytest.raises(error) as caught:
        log_in(wire, CREDENTIALS)
    assert "canary" not in str(caught.value)


def test_credentials_and_sessions_show_no_secret() -> None:
    wire, _, _ = scripted([session()])
    with_key = replace(CREDENTIALS, private_key="canary-key")
    assert "canary" not in f"{CREDENTIALS} {with_key} {log_in(wire, CREDENTIALS)}"


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def test_an_assertion_says_who_we_are_for_less_than_three_minutes(
    private_key: rsa.RSAPrivateKey,
) -> None:
    pem = private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    credentials = replace(CREDENTIALS, username="sync@acme.example", private_key=pem)
    wire, adapter, _ = scripted([session()])
    log_in(wire, credentials)
    form = parse_qs(str(adapter.sent[0].body))
    assert form["grant_type"] == [JWT_BEARER]
    assert "client_secret" not in form
    claims = jwt.decode(
        assertion(credentials, 1_000_000),
        private_key.public_key(),
        algorithms=["RS256"],
        audience="https://login.salesforce.com",
        options={"verify_exp": False},
    )
    assert (claims["iss"], claims["sub"]) == ("id", "sync@acme.example")
    assert 1_000_000 < claims["exp"] < 1_000_000 + 180


@pytest.mark.parametrize(
    "credentials",
    [
        replace(CREDENTIALS, client_secret=None),
        replace(CREDENTIALS, private_key="canary"),
        replace(CREDENTIALS, private_key="canary", username="sync@acme.example"),
        replace(CREDENTIALS, token_url="acme.example/token"),  # noqa: S106 -- an address
    ],
    ids=["nothing to prove it with", "no user", "no key", "no address"],
)
def test_a_connection_that_lacks_something_is_a_persons_to_mend(
    credentials: SalesforceCredentials,
) -> None:
    wire, adapter, _ = scripted([session()])
    with pytest.raises(ConfigError) as caught:
        log_in(wire, credentials)
    assert "canary" not in str(caught.value)
    assert adapter.sent == []


def test_an_expired_session_is_renewed_and_the_call_repeated() -> None:
    crm, adapter = gateway((401, EXPIRED), page(row(CONTACT)), page())
    assert [one.id for one in crm.changed_since(CONTACTS, MORNING)] == [CONTACT]
    assert [sent.url for sent in adapter.sent].count(TOKEN_URL) == 2
    assert len(adapter.sent) == 5


def test_a_session_refused_again_is_a_persons_to_mend() -> None:
    crm, adapter = answering(lambda _: (401, EXPIRED))
    with pytest.raises(Unauthorized):
        list(crm.changed_since(COMPANIES, MORNING))
    assert len(adapter.sent) == 1 + 1 + 1 + 1


def test_a_spent_allocation_is_asked_once() -> None:
    crm, adapter = answering(lambda _: (403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED"}]))
    with pytest.raises(LimitReached):
        list(crm.changed_since(COMPANIES, MORNING))
    assert len(adapter.sent) == 2


# Reading.


def test_each_kind_is_one_query_from_the_moment_on() -> None:
    crm, adapter = answering(lambda _: page())
    assert list(crm.changed_since(CONTACTS, MORNING)) == []
    contacts, leads = queries(adapter)
    condition = "SystemModstamp >= 2026-01-31T09:00:00.000Z"
    assert contacts.endswith(f" FROM Contact WHERE {condition} ORDER BY SystemModstamp, Id")
    assert f" FROM Lead WHERE {condition} AND IsConverted = false " in leads


def test_pages_are_followed_to_their_end_and_kinds_merged_by_time() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        if "/query/01g-5" in (request.url or ""):
            return page(row("003B", "2026-01-31T09:00:03.000+0000"))
        if "FROM Lead" in soql(request):
            return page(row("00QA", "2026-01-31T09:00:01.000+0000"), row("00QB", LATE))
        return page(row("003A"), more="/services/data/v62.0/query/01g-5")

    crm, _ = answering(script)
    found = [one.id for one in crm.changed_since(CONTACTS, MORNING)]
    assert found == ["003A", "00QA", "003B", "00QB"]


LATE = "2026-01-31T09:00:04.000+0000"


def test_an_empty_page_that_is_not_done_is_followed() -> None:
    crm, _ = gateway(page(more="/services/data/v62.0/query/01g-5"), page(row("001A")))
    assert [one.id for one in crm.changed_since(COMPANIES, MORNING)] == ["001A"]


@pytest.mark.parametrize("answer", [{}, {"records": None}, [], [{"records": []}]])
def test_an_answer_of_another_shape_is_never_an_empty_one(answer: Any) -> None:
    crm, _ = answering(lambda _: (200, answer))
    with pytest.raises(Unavailable):
        list(crm.changed_since(COMPANIES, MORNING))
    with pytest.raises(Unavailable):
        list(crm.read(COMPANIES, ["001000000000001"]))


def test_what_could_be_no_id_or_another_kinds_is_not_asked_for() -> None:
    good, lead = "003000000000001", "00Q000000000001"
    crm, adapter = answering(lambda _: (200, [None]))
    asked = [good, good, lead, "001000000000001", "x", "", "003", f"{good}ZZZ", "003'00000000001"]
    assert list(crm.read(CONTACTS, asked)) == []
    assert [body_of(sent)["ids"] for sent in adapter.sent[1:]] == [[good], [lead]]


def test_what_was_deleted_or_converted_is_left_out() -> None:
    assert is_alive({"Id": "x"})
    assert not any(map(is_alive, [None, {}, {"IsDeleted": True}, {"IsConverted": True}]))


def test_an_orgs_own_object_is_known_by_its_prefix_and_asked_about_once() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        if (request.url or "").endswith("/describe"):
            return 200, {"keyPrefix": "a01"}
        return 200, [row("a01000000000001")]

    crm, adapter = answering(script)
    for _ in range(2):
        assert [one.id for one in crm.read(CUSTOM, ["a01000000000001"])] == ["a01000000000001"]
    assert sum((sent.url or "").endswith("/describe") for sent in adapter.sent) == 1


REAL_IDS = ["001Sb0000000001IAA", "005Sd000000000BIAQ", "00GSd0000000001MAA"]


@pytest.mark.parametrize("id_", REAL_IDS)
def test_an_id_is_an_id_with_and_without_its_check_letters(id_: str) -> None:
    assert is_id(id_)
    assert is_id(id_[:15])
    assert not is_id(id_.lower())
    assert not is_id(id_[:16])
    assert not is_id(id_ + "A")


@given(text=st.text(max_size=20))
def test_no_other_text_is_an_id(text: str) -> None:
    assert not is_id(text) or re.fullmatch(r"[A-Za-z0-9]{15}([A-Z0-5]{3})?", text)


def test_blanks_are_not_looked_for() -> None:
    crm, adapter = answering(lambda _: page())
    assert list(crm.find(CONTACTS, ["", " "])) == []
    assert crm.find_by_key(CONTACTS, [""]) == {}
    assert len(adapter.sent) == 1


def test_a_value_cannot_leave_its_literal() -> None:
    crm, adapter = answering(lambda _: page())
    assert list(crm.find(CONTACTS, ["x') OR Id != null --"])) == []
    assert r"Email IN ('x\') OR Id != null --') " in queries(adapter)[0]


def test_a_query_fits_its_address_however_many_values() -> None:
    crm, adapter = answering(lambda _: page())
    assert list(crm.find(CONTACTS, [f"{n}é@x.example.com" for n in range(2000)])) == []
    assert all(len(sent.url or "") < 15_000 for sent in adapter.sent)


# Writing.


def test_answers_belong_to_the_records_in_their_order() -> None:
    said = [
        {"id": "001A", "success": True, "errors": [], "created": True},
        {
            "success": False,
            "errors": [
                {
                    "statusCode": "STRING_TOO_LONG",
                    "message": "Name: data value too large: canary",
                    "fields": ["Name"],
                }
            ],
        },
        {
            "success": False,
            "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "busy", "fields": []}],
        },
    ]
    crm, adapter = gateway((200, said))
    told = write(crm, create("A", Name="a"), create("B", Name="canary"), create("C", Name="c"))
    assert (told["A"].record_id, told["A"].code) == ("001A", None)
    text = "STRING_TOO_LONG on Name: Name: data value too large: [value]"
    assert (told["B"].message, told["B"].retryable) == (text, False)
    assert told["C"].retryable
    sent = adapter.sent[1]
    assert sent.method == "PATCH"
    assert urlsplit(sent.url or "").path.endswith("/composite/sobjects/Account/" + KEY)
    assert sent.headers["Sforce-Auto-Assign"] == "FALSE"
    assert body_of(sent)["allOrNone"] is False


KEY = COMPANIES.salesforce_key


def test_rows_the_crm_is_silent_about_are_sent_again() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        records = body_of(request)["records"]
        return 200, [{"id": record[KEY], "success": True, "errors": []} for record in records[:2]]

    crm, adapter = answering(script)
    told = write(crm, *(create(f"{n}", Name="n") for n in range(5)))
    assert {key: one.record_id for key, one in told.items()} == {f"{n}": f"{n}" for n in range(5)}
    assert [len(body_of(sent)["records"]) for sent in adapter.sent[1:]] == [5, 3, 1]


def test_one_record_the_parser_refuses_does_not_take_the_others_with_it() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        records = body_of(request)["records"]
        if any(record["Name"] == "canary" for record in records):
            message = "Cannot deserialize canary at [line:1, column:2]"
            return 400, [{"errorCode": "JSON_PARSER_ERROR", "message": message}]
        return 200, [{"id": record[KEY], "success": True, "errors": []} for record in records]

    crm, _ = answering(script)
    told = write(crm, *(create(f"{n}", Name="canary" if n == 3 else "n") for n in range(8)))
    assert [one.key for one in told.values() if one.code] == ["3"]
    assert told["3"].code == "JSON_PARSER_ERROR"
    assert "canary" not in str(told)


def test_a_field_that_does_not_exist_blames_the_mapping_not_a_record() -> None:
    crm, adapter = gateway((400, [{"errorCode": "INVALID_FIELD", "message": "No such column"}]))
    with pytest.raises(Rejected) as caught:
        write(crm, create("A", Name="a"), create("B", Name="b"))
    assert caught.value.code == "INVALID_FIELD"
    assert len(adapter.sent) == 2


def test_kinds_and_creates_and_updates_are_sent_apart() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        return 200, [{"id": "x", "success": True} for _ in body_of(request)["records"]]

    crm, adapter = answering(script)
    writes = [
        Write("1", "Lead", "00QA", {}),
        Write("2", "Contact", None, {}, external_key="5"),
        Write("3", "Lead", None, {}, external_key="6"),
        Write("4", "Contact", "003A", {}, parents={"companies": "001A"}),
    ]
    told = write(crm, *writes, mapping=CONTACTS)
    assert [one.code for one in told.values()] == [None] * 4
    sent = [body_of(request)["records"] for request in adapter.sent[1:]]
    assert [len(records) for records in sent] == [1, 1, 1, 1]
    assert {"attributes": {"type": "Contact"}, "AccountId": "001A", "id": "003A"} in (
        records[0] for records in sent
    )


ODD_ANSWERS: list[Answer] = [
    (200, "17"),
    (200, "null"),
    (200, '"x"'),
    (300, ["/a", "/b"]),
    (304, ""),
    (404, []),
    (500, "<html>canary</html>"),
    (400, [{"errorCode": "canary odd"}]),
    requests.exceptions.ChunkedEncodingError("canary"),
]


@pytest.mark.parametrize("answer", ODD_ANSWERS, ids=str)
def test_every_failure_is_ours_and_keeps_its_values_to_itself(answer: Answer) -> None:
    crm, _ = answering(lambda _: answer)
    deeds: list[Callable[[], object]] = [
        lambda: list(crm.find(CONTACTS, ["canary@x"])),
        lambda: list(crm.read(CONTACTS, ["003000000000001"])),
        lambda: write(crm, create("A", Name="canary")),
        crm.owners,
    ]
    for deed in deeds:
        with pytest.raises(SyncError) as caught:
            deed()
        assert "canary" not in f"{caught.value} {caught.value!r}"


def test_lists_are_hubspots() -> None:
    crm, _ = gateway()
    with pytest.raises(ConfigError, match="no lists"):
        crm.members("any")


@pytest.mark.parametrize(("mapping", "child"), [(CONTACTS, "deals"), (COMPANIES, "tickets")])
def test_children_nobody_declared_are_a_persons_to_mend(mapping: ObjectMapping, child: str) -> None:
    crm, _ = gateway()
    with pytest.raises(ConfigError, match="are not children"):
        crm.children(mapping, ["x"], child)
