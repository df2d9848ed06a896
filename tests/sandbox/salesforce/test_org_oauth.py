"""Logging in: three grants, their refusals, and what becomes of a session."""

from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from include.sandbox.seed.staff import INTEGRATION_USER, LEFT, ORGANIZATION_ID, SHARED
from include.sandbox.wire import Request
from tests.sandbox.salesforce.client import CREDENTIALS, Client

BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def assertion(org: Client, key: rsa.RSAPrivateKey = KEY, **claims: Any) -> str:
    usual = {
        "iss": CREDENTIALS["client_id"],
        "sub": SHARED[0].email + ".sandbox",
        "aud": "https://login.salesforce.com",
        "exp": int(org.world.clock.now().timestamp()) + 120,
    }
    return jwt.encode({**usual, **claims}, key, algorithm="RS256")


def public_key() -> str:
    return KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_client_credentials_give_a_token_for_where_the_client_asked(org: Client) -> None:
    given = org.log_in().body
    assert given["access_token"].startswith(ORGANIZATION_ID[:15] + "!")
    assert given["instance_url"] == "http://crm:1"
    assert given["id"] == f"http://crm:1/id/{ORGANIZATION_ID}/{INTEGRATION_USER.salesforce_id}"
    assert given["token_type"] == "Bearer"  # noqa: S105  a kind of token
    assert given["issued_at"] == str(int(org.world.clock.now().timestamp() * 1000))
    assert "refresh_token" not in given


@pytest.mark.parametrize(
    ("form", "error", "description"),
    [
        ({"client_secret": "wrong"}, "invalid_client", "invalid client credentials"),
        ({"client_id": "wrong"}, "invalid_client_id", "client identifier invalid"),
        ({"grant_type": "password"}, "unsupported_grant_type", "grant type not supported"),
    ],
)
def test_a_wrong_request_is_refused_in_oauths_words(
    org: Client, form: dict[str, str], error: str, description: str
) -> None:
    answer = org.log_in(**{**CREDENTIALS, **form})
    assert answer.status == 400
    assert answer.body == {"error": error, "error_description": description}


def test_an_assertion_logs_in_its_subject(org: Client) -> None:
    assert org.log_in(grant_type=BEARER, assertion=assertion(org)).status == 200
    assert org.call("GET", "/services/oauth2/userinfo").body["email"] == SHARED[0].email


def test_an_assertion_signed_by_another_key_is_refused_once_a_key_is_set(org: Client) -> None:
    org.set(jwt_public_key=public_key())
    assert org.log_in(grant_type=BEARER, assertion=assertion(org)).status == 200
    refused = org.log_in(grant_type=BEARER, assertion=assertion(org, OTHER_KEY))
    assert refused.body["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"exp": 1}, "invalid_grant"),
        ({"sub": "nobody@example.com"}, "invalid_grant"),
        ({"iss": "another-client"}, "invalid_client_id"),
        ({"sub": LEFT.email + ".sandbox"}, "inactive_user"),
    ],
)
def test_an_assertion_about_the_wrong_thing_is_refused(
    org: Client, claims: dict[str, Any], error: str
) -> None:
    answer = org.log_in(grant_type=BEARER, assertion=assertion(org, **claims))
    assert (answer.status, answer.body["error"]) == (400, error)


@pytest.mark.parametrize("text", ["", "a.b.c", "not a token", "e30.e30.e30"])
def test_what_is_no_assertion_is_an_invalid_grant(org: Client, text: str) -> None:
    assert org.log_in(grant_type=BEARER, assertion=text).body["error"] == "invalid_grant"


def test_a_refresh_token_gives_a_new_session(org: Client) -> None:
    form = {**CREDENTIALS, "grant_type": "refresh_token", "refresh_token": "sandbox-refresh-token"}
    assert org.log_in(**form).status == 200
    assert org.log_in(**{**form, "refresh_token": "old"}).body["error"] == "invalid_grant"


def test_without_a_session_nothing_is_read(org: Client) -> None:
    org.token = "unknown"  # noqa: S105
    answer = org.call("GET", "/limits")
    assert answer.status == 401
    assert answer.body == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]


def test_a_session_ends_after_its_lifetime(org: Client) -> None:
    org.set(session_lifetime_seconds=60)
    org.world.clock.advance(59)
    assert org.call("GET", "/limits").status == 200
    org.world.clock.advance(1)
    assert org.call("GET", "/limits").status == 401


def test_the_switch_ends_open_sessions_once(org: Client) -> None:
    org.set(expire_sessions=True)
    assert org.call("GET", "/limits").status == 401
    org.log_in()
    assert org.call("GET", "/limits").status == 200


def test_the_identity_of_a_token_can_be_asked_for(org: Client) -> None:
    path = f"/id/{ORGANIZATION_ID}/{INTEGRATION_USER.salesforce_id}"
    assert org.call("GET", path).body["username"] == INTEGRATION_USER.email + ".sandbox"
    assert org.call("GET", f"/id/{ORGANIZATION_ID}/{LEFT.salesforce_id}").status == 404


def test_a_token_can_be_introspected_by_whom_it_was_made_for(org: Client) -> None:
    told = introspected(org, org.token)
    assert (told["active"], told["token_type"]) == (True, "access_token")
    assert told["exp"] - told["iat"] == 7200
    assert introspected(org, "nobody's") == {"active": False}
    refused = introspected(org, org.token, client_secret="wrong")  # noqa: S106  it is
    assert refused["error"] == "invalid_client"


def introspected(org: Client, token: str, **form: str) -> Any:
    body = urlencode({**CREDENTIALS, "token": token, **form}).encode()
    return org.salesforce.answer(Request("POST", "/services/oauth2/introspect", body=body)).body
