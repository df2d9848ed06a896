"""The protocol itself: addresses, methods, bodies, sessions, versions and the old log-in."""

import jwt
import pytest

from include.sandbox.seed.staff import INTEGRATION_USER, ORGANIZATION_ID
from include.sandbox.wire import Request
from tests.sandbox.salesforce.client import CREDENTIALS, Client
from tests.sandbox.salesforce.test_org_oauth import BEARER, KEY, assertion


def test_an_address_nobody_serves_is_not_found(org: Client) -> None:
    answer = org.call("GET", "/nothing/here")
    assert answer.status == 404
    assert answer.body == [
        {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
    ]


@pytest.mark.parametrize("path", ["/query", "/limits", "/sobjects", "/jobs/ingest"])
def test_a_method_an_address_does_not_take_is_refused(org: Client, path: str) -> None:
    answer = org.call("DELETE", path)
    assert (answer.status, answer.body[0]["errorCode"]) == (405, "METHOD_NOT_ALLOWED")
    assert answer.body[0]["message"].startswith("HTTP Method 'DELETE' not allowed. Allowed are ")


def test_a_body_of_another_kind_than_json_is_refused(org: Client) -> None:
    answer = org.send(
        "POST", "/sobjects/Contact", b"LastName=x", "application/x-www-form-urlencoded"
    )
    assert (answer.status, answer.body[0]["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("body", [b"{", b"nonsense", b'{"LastName": }', b"\xff"])
def test_a_body_that_is_no_json_is_refused(org: Client, body: bytes) -> None:
    answer = org.send("POST", "/sobjects/Contact", body, "application/json")
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_a_post_may_stand_in_for_another_method(org: Client) -> None:
    record_id = org.create("Contact")
    path = f"/sobjects/Contact/{record_id}?_HttpMethod=PATCH"
    assert org.call("POST", path, {"LastName": "King"}).status == 204
    assert org.read(record_id)["LastName"] == "King"


def test_every_answer_says_how_much_of_the_day_is_used(org: Client) -> None:
    first = org.call("GET", "/limits")
    assert first.headers["Sforce-Limit-Info"] == "api-usage=1/100000"
    assert first.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert org.call("GET", "/nothing").headers["Sforce-Limit-Info"] == "api-usage=1/100000"


def test_limits_name_what_is_left_of_each(org: Client) -> None:
    body = org.call("GET", "/limits").body
    assert body["DailyApiRequests"] == {"Max": 100_000, "Remaining": 99_999}
    assert {"DailyBulkApiBatches", "DailyBulkV2QueryJobs", "DataStorageMB"} <= set(body)
    assert all(set(one) == {"Max", "Remaining"} for one in body.values())


def test_a_version_lists_its_resources(org: Client) -> None:
    body = org.call("GET", "/services/data/v59.0").body
    assert body["sobjects"] == "/services/data/v59.0/sobjects"
    assert {"query", "queryAll", "tooling", "composite", "jobs", "limits"} <= set(body)
    user_id = INTEGRATION_USER.salesforce_id
    assert body["identity"] == f"http://crm:1/id/{ORGANIZATION_ID}/{user_id}"


@pytest.mark.parametrize(("version", "status"), [("v41.0", 410), ("v69.0", 404), ("v62", 404)])
def test_a_version_that_is_not_served_says_why(org: Client, version: str, status: int) -> None:
    answer = org.call("GET", f"/services/data/{version}/limits")
    assert answer.status == status
    code = "UNSUPPORTED_API_VERSION" if status == 410 else "NOT_FOUND"
    assert answer.body[0]["errorCode"] == code


@pytest.mark.parametrize("authorization", ["", "Bearer nonsense", "OAuth nonsense"])
def test_without_a_session_nothing_is_told(org: Client, authorization: str) -> None:
    headers = {"authorization": authorization} if authorization else {}
    request = Request("GET", "/services/data/v62.0/limits", headers=headers)
    answer = org.salesforce.answer(request)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Token"
    assert answer.body == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]


def test_another_kind_of_authorization_is_no_header_at_all(org: Client) -> None:
    headers = {"authorization": "Basic YTpi"}
    answer = org.salesforce.answer(Request("GET", "/services/data/v62.0/limits", headers=headers))
    assert (answer.status, answer.body[0]["errorCode"]) == (401, "INVALID_AUTH_HEADER")


@pytest.mark.parametrize(("token", "word"), [("", "Missing"), ("nonsense", "Bad")])
def test_an_identity_is_refused_in_a_word(org: Client, token: str, word: str) -> None:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    for path in ("/services/oauth2/userinfo", f"/id/{ORGANIZATION_ID}/005"):
        answer = org.salesforce.answer(Request("GET", path, headers=headers))
        assert (answer.status, answer.body) == (403, f"{word}_OAuth_Token".encode())


def test_a_revoked_token_is_worth_nothing(org: Client) -> None:
    path = "/services/oauth2/revoke"
    body = f"token={org.token}".encode()
    assert org.salesforce.answer(Request("POST", path, body=body)).status == 200
    assert org.call("GET", "/limits").status == 401
    again = org.salesforce.answer(Request("POST", path, body=body))
    assert (again.status, again.body["error"]) == (400, "invalid_token")


@pytest.mark.parametrize(
    ("claims", "description"),
    [
        ({"aud": "https://elsewhere.example.com"}, "audience is invalid"),
        ({"aud": None}, "audience is invalid"),
        ({"exp": 1}, "assertion has expired"),
        ({"exp": 4_000_000_000}, "invalid assertion"),
    ],
)
def test_an_assertion_must_be_fresh_and_meant_for_us(
    org: Client, claims: dict[str, object], description: str
) -> None:
    answer = org.log_in(grant_type=BEARER, assertion=assertion(org, KEY, **claims))
    assert answer.status == 400
    assert answer.body == {"error": "invalid_grant", "error_description": description}


@pytest.mark.parametrize(
    "audience", ["https://test.salesforce.com", "https://acme.my.salesforce.com/", "http://crm:1"]
)
def test_the_org_answers_to_all_its_names(org: Client, audience: str) -> None:
    given = org.log_in(grant_type=BEARER, assertion=assertion(org, KEY, aud=audience))
    assert given.status == 200


def test_an_assertion_signed_with_a_shared_secret_is_refused(org: Client) -> None:
    claims = {"iss": CREDENTIALS["client_id"], "sub": "x", "exp": 1}
    token = jwt.encode(claims, "a secret of at least thirty-two bytes", algorithm="HS256")
    assert org.log_in(grant_type=BEARER, assertion=token).body["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("u/59.0", "INVALID_OPERATION"),
        ("c/64.0", "INVALID_OPERATION"),
        ("u/65.0", "UNSUPPORTED_API_VERSION"),
    ],
)
def test_the_log_in_with_a_password_is_a_fault(org: Client, path: str, code: str) -> None:
    body = b"<soapenv:Envelope><login/></soapenv:Envelope>"
    answer = org.salesforce.answer(Request("POST", f"/services/Soap/{path}", body=body))
    assert answer.status == 500
    assert f"<sf:exceptionCode>{code}</sf:exceptionCode>".encode() in answer.body
    assert answer.headers["Content-Type"].startswith("text/xml")
