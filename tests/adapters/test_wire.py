"""One request, one answer, one error family; asked again only where that may help."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from include.crmsync.adapters.failures import Refused, SessionExpired
from include.crmsync.adapters.http import ATTEMPTS
from include.crmsync.errors import (
    ConfigError,
    GatewayError,
    LimitReached,
    RateLimited,
    Unauthorized,
    Unavailable,
)
from tests.adapters.scripted import Answer, scripted

URL = "https://crm.example/crm/v3/objects/contacts?email=canary-query"
TOKEN = "canary-token"  # noqa: S105 -- opens nothing
LIMIT = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
EXPIRED = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
LOCKED = [{"errorCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access"}]


def rates(policy: str, message: str = "") -> dict[str, Any]:
    body = {"status": "error", "category": "RATE_LIMITS", "message": message}
    return {**body, "policyName": policy} if policy else body


def ask(answer: Answer) -> tuple[BaseException, int, list[float]]:
    wire, _, pauses = scripted([answer] * 20)
    with pytest.raises((GatewayError, ConfigError)) as caught:
        wire.post(URL, data="canary-payload", headers={"Authorization": f"Bearer {TOKEN}"})
    return caught.value, wire.calls, pauses


@pytest.mark.parametrize(
    ("answer", "error", "calls"),
    [
        pytest.param((401, {"category": "INVALID_AUTHENTICATION"}), Unauthorized, 1, id="401"),
        pytest.param((403, {"category": "MISSING_SCOPES"}), Unauthorized, 1, id="missing scope"),
        pytest.param((401, EXPIRED), SessionExpired, 1, id="session expired"),
        pytest.param((403, LIMIT), LimitReached, 1, id="Salesforce's daily allocation"),
        pytest.param((429, rates("DAILY")), LimitReached, 1, id="HubSpot's daily allocation"),
        pytest.param(
            (429, rates("", "You have reached your daily limit.")), LimitReached, 1, id="old daily"
        ),
        pytest.param((429, rates("SECONDLY")), RateLimited, ATTEMPTS, id="burst"),
        pytest.param((423, {"message": "locked"}), RateLimited, ATTEMPTS, id="locked"),
        pytest.param((503, "<html>"), Unavailable, ATTEMPTS, id="503 in HTML"),
        pytest.param((500, {}), Unavailable, ATTEMPTS, id="500"),
        pytest.param((400, LOCKED), Unavailable, ATTEMPTS, id="row lock"),
        pytest.param((200, '{"results": ['), Unavailable, ATTEMPTS, id="truncated"),
        pytest.param((200, ""), Unavailable, ATTEMPTS, id="empty"),
        pytest.param((200, "null"), Unavailable, ATTEMPTS, id="nothing"),
        pytest.param((200, "17"), Unavailable, ATTEMPTS, id="a bare number"),
        pytest.param(
            requests.exceptions.ChunkedEncodingError("x"), Unavailable, ATTEMPTS, id="cut chunks"
        ),
        pytest.param((429, ""), RateLimited, ATTEMPTS, id="429 without a body"),
        pytest.param((429, {}, {"Retry-After": "soon"}), RateLimited, ATTEMPTS, id="odd wait"),
        pytest.param(requests.ReadTimeout("canary-x"), Unavailable, ATTEMPTS, id="time-out"),
        pytest.param(requests.ConnectionError("canary-x"), Unavailable, ATTEMPTS, id="dropped"),
        pytest.param(requests.exceptions.InvalidURL("x"), ConfigError, 1, id="not a URL"),
        pytest.param((400, {"category": "VALIDATION_ERROR"}), Refused, 1, id="400"),
        pytest.param((302, {}), Refused, 1, id="a redirect is not followed"),
        pytest.param((599, "?"), Unavailable, ATTEMPTS, id="a status nobody knows"),
        pytest.param((499, "?"), Refused, 1, id="a refusal nobody knows"),
    ],
)
def test_every_answer_is_one_of_our_errors(
    answer: Answer, error: type[Exception], calls: int
) -> None:
    raised, sent, pauses = ask(answer)
    assert isinstance(raised, error)
    assert sent == calls == len(pauses) + 1


@pytest.mark.parametrize(
    "answer",
    [
        (400, {"category": "VALIDATION_ERROR", "message": "canary-message is invalid"}),
        (400, [{"errorCode": "MALFORMED_QUERY", "message": "canary-message"}]),
        (503, "canary-message"),
        (200, "canary-message"),
        (401, {"message": "canary-message"}),
        (400, {"error": "canary message is invalid", "correlationId": "canary message"}),
        (400, {"errors": [{"context": {"propertyName": "canary message"}}]}),
        (302, {}, {"Location": "https://canary.example/?canary"}),
        UnicodeEncodeError("latin-1", "canary-token", 0, 1, "canary-reason"),
        requests.ConnectionError(f"{URL} canary-message"),
    ],
    ids=str,
)
def test_no_error_carries_a_value_or_a_secret(answer: Answer) -> None:
    raised, _, _ = ask(answer)
    assert "canary" not in str(raised)
    assert raised.__cause__ is None


@pytest.mark.parametrize(
    ("url", "token"),
    [
        (URL, "canary-token\n"),
        ("crm.example/canary", TOKEN),
        ("https://?canary", TOKEN),
        ("https://crm.example:canary/", TOKEN),
    ],
    ids=["line end in the token", "no scheme", "no host", "no port"],
)
def test_a_connection_that_cannot_be_used_is_a_persons_to_mend(url: str, token: str) -> None:
    wire, adapter, _ = scripted([(200, {})])
    with pytest.raises(ConfigError) as caught:
        wire.get(url, headers={"Authorization": f"Bearer {token}"})
    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert adapter.sent == []


def test_a_netrc_file_does_not_take_the_tokens_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    wire, adapter, _ = scripted([(200, {})])
    wire.get(URL, headers={"Authorization": f"Bearer {TOKEN}"})
    assert adapter.sent[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_redirect_never_takes_the_token_to_another_host() -> None:
    elsewhere = {"Location": "https://elsewhere.example/"}
    wire, adapter, _ = scripted([(307, {}, elsewhere), (200, {})])
    with pytest.raises(Refused):
        wire.get(URL, headers={"Authorization": f"Bearer {TOKEN}"})
    assert [sent.url for sent in adapter.sent] == [URL]


def test_every_attempt_keeps_the_pace() -> None:
    wire, _, _ = scripted([(503, ""), (200, {})])
    paced: list[str] = []
    wire.pace = lambda request: paced.append(str(request.method))
    wire.get(URL)
    assert paced == ["GET", "GET"]


def test_the_far_sides_clock_is_the_latest_answers() -> None:
    dates = [{"Date": "Sat, 31 Jan 2026 09:00:00 GMT"}, {"Date": "nonsense"}, {}]
    wire, _, _ = scripted([(200, {}, date) for date in dates])
    assert wire.answered_at is None
    for _ in dates:
        wire.get(URL)
        assert wire.answered_at == datetime(2026, 1, 31, 9, tzinfo=UTC)


def test_an_error_says_what_was_asked_and_what_the_crm_called_it() -> None:
    errors = [{"message": "x", "context": {"propertyName": ["phone"]}}]
    body = {"category": "VALIDATION_ERROR", "correlationId": "abc-1", "errors": errors}
    raised, _, _ = ask((400, body))
    assert str(raised) == (
        "POST /crm/v3/objects/contacts was answered 400 VALIDATION_ERROR for phone"
        " (correlation id abc-1)"
    )


def test_a_refused_call_says_in_words_what_to_do_and_who_does_it() -> None:
    scopes = {"status": "error", "category": "MISSING_SCOPES", "correlationId": "abc-2"}
    raised, _, _ = ask((403, scopes))
    assert isinstance(raised, Unauthorized)
    assert str(raised).endswith(
        "403 MISSING_SCOPES (correlation id abc-2): The token lacks a scope. Add the scope to the"
        " app; the task's log names the call. (a HubSpot administrator)"
    )
    raised, _, _ = ask((403, [{"errorCode": "API_DISABLED_FOR_ORG", "message": "x"}]))
    assert str(raised).endswith("(a Salesforce administrator)")
    raised, _, _ = ask((400, {"error": "invalid_grant", "error_description": "canary"}))
    assert str(raised).endswith("(a Salesforce administrator)")
    raised, _, _ = ask((400, {"status": "error", "category": "BRAND_NEW"}))
    assert str(raised).endswith("was answered 400 BRAND_NEW")


UNKNOWN = "\nSELECT Nope__c FROM Contact\n^\nERROR at Row:1:Column:8\nNo such column 'Nope__c' on"


@pytest.mark.parametrize(
    ("code", "message", "named"),
    [
        ("INVALID_FIELD", f"{UNKNOWN} entity 'Contact'. If you are attempting", "Contact.Nope__c"),
        ("INVALID_TYPE", "sObject type 'Leed' is not supported.", "Leed"),
    ],
)
def test_a_refused_query_says_which_field_or_object_is_not_there(
    code: str, message: str, named: str
) -> None:
    raised, _, _ = ask((400, [{"errorCode": code, "message": message}]))
    assert f"400 {code} for {named}: A field or object that is not there. Mend" in str(raised)


def test_no_word_of_another_refusals_sentence_is_repeated() -> None:
    said = [{"errorCode": "MALFORMED_QUERY", "message": f"{UNKNOWN} entity 'canary'"}]
    raised, _, _ = ask((400, said))
    assert "canary" not in str(raised)
    assert "Nope__c" not in str(raised)


POOL, LINE = HTTPSConnectionPool("crm.example"), HTTPSConnection("crm.example")
REFUSED = requests.ConnectionError(MaxRetryError(POOL, "/", NewConnectionError(LINE, "refused")))
CUT = requests.ConnectionError(ProtocolError("aborted"))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((429, rates("SECONDLY")), id="429"),
        pytest.param((423, {"message": "locked"}), id="locked"),
        pytest.param((477, ""), id="migrating"),
        pytest.param(REFUSED, id="no connection"),
        pytest.param(requests.ConnectTimeout("x"), id="no connection in time"),
    ],
)
def test_what_was_certainly_not_done_is_sent_again_without_a_look(answer: Answer) -> None:
    wire, adapter, pauses = scripted([answer, answer, (200, {"ok": 1})])
    told = wire.once(lambda: wire.post(URL).json(), lambda: pytest.fail("looked"))
    assert told == {"ok": 1}
    assert (len(adapter.sent), len(pauses)) == (3, 2)


IN_DOUBT = [
    pytest.param(CUT, id="cut"),
    pytest.param((500, {}), id="500"),
    pytest.param((502, "<html>"), id="502"),
    pytest.param((503, "", {"Retry-After": "7"}), id="503"),
    pytest.param((200, '[{"id": '), id="truncated"),
    pytest.param((400, LOCKED), id="row lock"),
]


@pytest.mark.parametrize("answer", IN_DOUBT)
def test_what_may_have_been_done_is_looked_for_before_it_is_sent_again(answer: Answer) -> None:
    wire, adapter, pauses = scripted([answer, answer, (200, {"ok": 1})])
    seen: list[int] = []

    def look() -> bool:
        seen.append(len(adapter.sent))
        return False

    assert wire.once(lambda: wire.post(URL).json(), look) == {"ok": 1}
    assert (len(adapter.sent), seen, len(pauses)) == (3, [1, 2], 2)


@pytest.mark.parametrize("answer", IN_DOUBT)
def test_what_the_look_finds_done_is_not_sent_again(answer: Answer) -> None:
    wire, adapter, _ = scripted([answer])
    assert wire.once(lambda: wire.post(URL), lambda: True) is None
    assert len(adapter.sent) == 1


@pytest.mark.parametrize("answer", [requests.ReadTimeout("canary-x"), (504, "")], ids=str)
def test_what_may_still_be_at_work_is_left_to_a_later_attempt(answer: Answer) -> None:
    wire, adapter, _ = scripted([answer] * 2)
    with pytest.raises(Unavailable):
        wire.once(lambda: wire.post(URL), lambda: pytest.fail("looked too early"))
    assert len(adapter.sent) == 1


def test_a_look_that_fails_ends_it_and_nothing_is_sent() -> None:
    wire, adapter, _ = scripted([CUT, *[(503, "")] * 20])
    with pytest.raises(Unavailable):
        wire.once(lambda: wire.post(URL), lambda: bool(wire.get(URL)))
    assert [sent.method for sent in adapter.sent] == ["POST", *["GET"] * ATTEMPTS]


def test_a_call_that_is_lost_every_time_is_given_up() -> None:
    wire, adapter, _ = scripted([CUT] * 20)
    with pytest.raises(Unavailable):
        wire.once(lambda: wire.post(URL), lambda: False)
    assert len(adapter.sent) == ATTEMPTS


def test_a_failure_that_passes_is_not_seen() -> None:
    wire, _, pauses = scripted([(503, ""), requests.ConnectionError(), (200, {"ok": 1})])
    assert wire.get(URL).json() == {"ok": 1}
    assert wire.calls == 3
    assert len(pauses) == 2


def test_every_request_has_a_time_out() -> None:
    wire, adapter, _ = scripted([(200, {})])
    wire.get(URL)
    assert adapter.timeouts == [(5, 60)]


@pytest.mark.parametrize(
    ("answer", "least"),
    [
        ((429, {}, {"Retry-After": "7"}), 7),
        ((429, rates("TEN_SECONDLY_ROLLING")), 10),
        ((429, rates("", "You have reached your ten_secondly_rolling limit.")), 10),
        ((503, "", {"Retry-After": "30"}), 30),
        ((477, "", {"Retry-After": "9"}), 9),
    ],
)
def test_the_pause_is_what_the_crm_asked_for(answer: Answer, least: float) -> None:
    _, _, pauses = ask(answer)
    assert min(pauses) >= least


def test_pauses_grow() -> None:
    _, _, pauses = ask((503, ""))
    assert pauses == sorted(pauses)
    assert 0 < pauses[0] < pauses[-1] < 20


def test_a_pause_longer_than_our_patience_is_left_to_the_scheduler() -> None:
    raised, calls, pauses = ask((429, {}, {"Retry-After": "3600"}))
    assert isinstance(raised, RateLimited)
    assert raised.retry_after == 3600
    assert (calls, pauses) == (1, [])


def test_the_clients_log_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ask((503, ""))
    assert logging.getLogger("urllib3.connectionpool").getEffectiveLevel() >= logging.ERROR
    assert caplog.records == []
