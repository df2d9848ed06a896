"""Logging in to Salesforce: what is asked, what is trusted, and when it is asked again."""

from dataclasses import replace
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from include.crmsync.adapters.http import ATTEMPTS
from include.crmsync.adapters.salesforce_auth import (
    JWT_BEARER,
    SalesforceCredentials,
    assertion,
    log_in,
)
from include.crmsync.errors import (
    ConfigError,
    LimitReached,
    Unauthorized,
    Unavailable,
)
from tests.adapters.mappings import COMPANIES, CONTACTS
from tests.adapters.salesforce_script import (
    CONTACT,
    CREDENTIALS,
    EXPIRED,
    MORNING,
    TOKEN_URL,
    answering,
    gateway,
    page,
    row,
    session,
)
from tests.adapters.scripted import Answer, scripted


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
    crm, adapter = gateway((401, EXPIRED), (401, EXPIRED), page(row(CONTACT)), page())
    assert [one.id for one in crm.changed_since(CONTACTS, MORNING)] == [CONTACT]
    assert [sent.url for sent in adapter.sent].count(TOKEN_URL) == 2
    assert len(adapter.sent) == 4


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
