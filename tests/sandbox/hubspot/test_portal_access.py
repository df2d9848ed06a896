"""Access: scopes, OAuth, media types and wrong methods."""

from typing import Any
from urllib.parse import urlencode

import pytest

from include.sandbox.world import HUBSPOT_TOKEN
from tests.sandbox.hubspot.client import BEARER, Client

CONTACTS = "/crm/v3/objects/contacts"
GRANT = {"grant_type": "refresh_token", "refresh_token": "r", "client_id": "i"}
SECRET = {"client_secret": "s"}
MADE_UP = {"refresh_token": "made-up"}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def token_of(portal: Client, **told: str) -> Any:
    form = urlencode({**GRANT, **SECRET, **told}).encode()
    return portal.ask("POST", "/oauth/v1/token", form, headers={})


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", CONTACTS, "crm.objects.contacts.read"),
        ("POST", CONTACTS, "crm.objects.contacts.write"),
        ("POST", f"{CONTACTS}/search", "crm.objects.contacts.read"),
        ("POST", "/crm/v3/objects/companies/batch/read", "crm.objects.companies.read"),
        ("GET", "/crm/v3/objects/notes", "crm.objects.contacts.read"),
        ("GET", "/crm/v3/objects/tickets", "tickets"),
        ("GET", "/crm/v3/owners", "crm.objects.owners.read"),
        ("GET", "/crm/v3/lists/1", "crm.lists.read"),
        ("GET", "/crm/v3/properties/deals", "crm.schemas.deals.read"),
        ("GET", "/crm/v3/pipelines/deals", "crm.objects.deals.read"),
        ("GET", "/crm-object-schemas/v3/schemas", "crm.schemas.custom.read"),
        ("GET", "/crm/objects/2026-09/deals", "crm.objects.deals.read"),
        ("GET", "/marketing/v3/forms", "forms"),
    ],
)
def test_a_call_without_its_scope_is_told_which_one_it_needs(
    portal: Client, method: str, path: str, scope: str
) -> None:
    portal.setting("tokens", {"narrow": ["oauth"], "wide": [scope]})
    refused = portal.ask(method, path, headers=bearer("narrow"))
    assert (refused.status, refused.body["category"]) == (403, "MISSING_SCOPES")
    assert refused.body["errors"][0]["context"]["requiredGranularScopes"] == [scope]
    assert refused.body["links"]["scopes"] == "https://developers.hubspot.com/scopes"
    assert portal.ask(method, path, headers=bearer("wide")).status != 403


def test_the_account_needs_no_scope(portal: Client) -> None:
    portal.setting("tokens", {HUBSPOT_TOKEN: []})
    portal.told("GET", "/account-info/v3/details")


def test_a_token_tells_what_it_may_do(portal: Client) -> None:
    portal.setting("tokens", {"narrow": ["oauth"]})
    told = portal.ask("GET", "/oauth/v1/access-tokens/narrow", headers={}).body
    assert (told["scopes"], told["hub_id"], told["token_type"]) == (["oauth"], 4242, "access")
    assert portal.ask("GET", "/oauth/v1/access-tokens/none", headers={}).status == 404


def test_a_private_apps_token_says_what_it_may_do(portal: Client) -> None:
    portal.setting("tokens", {"narrow": ["crm.objects.contacts.read"]})
    path = "/oauth/v2/private-apps/get/access-token-info"
    told = portal.ask("POST", path, {"tokenKey": "narrow"}, headers={}).body
    assert told["scopes"] == ["crm.objects.contacts.read"]
    assert told.keys() == {"userId", "hubId", "appId", "scopes"}
    assert portal.ask("POST", path, {"tokenKey": "none"}, headers={}).status == 404
    assert portal.ask("POST", path, {}, headers={}).status == 404


def test_a_refresh_gives_a_new_token_and_keeps_the_old_grant(portal: Client) -> None:
    first, second = token_of(portal).body, token_of(portal).body
    assert {one["refresh_token"] for one in (first, second)} == {GRANT["refresh_token"]}
    assert first["access_token"] != second["access_token"]
    assert (first["expires_in"], first["token_type"]) == (1800, "bearer")
    about = portal.ask("GET", "/oauth/v1/refresh-tokens/r", headers={}).body
    assert (about["client_id"], about["token_type"]) == ("i", "refresh")


def test_a_code_is_exchanged_for_a_grant_of_its_own(portal: Client) -> None:
    told = token_of(portal, grant_type="authorization_code", code="c").body
    portal.setting("oauth_checks_refresh_tokens", value=True)
    assert token_of(portal, refresh_token=told["refresh_token"]).status == 200
    refused = token_of(portal, **MADE_UP)
    assert (refused.status, refused.body["status"]) == (400, "BAD_REFRESH_TOKEN")


def test_a_revoked_grant_gives_no_more_tokens(portal: Client) -> None:
    token = token_of(portal).body["access_token"]
    portal.told("DELETE", "/oauth/v1/refresh-tokens/r", status=204)
    assert token_of(portal).body["status"] == "BAD_REFRESH_TOKEN"
    assert portal.ask("GET", CONTACTS, headers=bearer(token)).status == 200


@pytest.mark.parametrize(
    "told", [{"grant_type": "password"}, {"client_id": ""}, {"refresh_token": ""}]
)
def test_a_token_request_that_lacks_something_is_refused(
    portal: Client, told: dict[str, str]
) -> None:
    refused = token_of(portal, **told)
    assert (refused.status, refused.body["status"]) == (400, "BAD_GRANT")


def test_how_long_an_oauth_token_lasts_is_a_setting(portal: Client) -> None:
    portal.setting("oauth_lifetime_seconds", 60)
    token = token_of(portal).body["access_token"]
    portal.world.clock.advance(60)
    refused = portal.ask("GET", CONTACTS, headers=bearer(token))
    assert refused.body["category"] == "EXPIRED_AUTHENTICATION"


def test_oauth_tokens_share_their_scopes(portal: Client) -> None:
    portal.setting("tokens", {"oauth": ["crm.objects.deals.read"]})
    token = token_of(portal).body["access_token"]
    assert portal.ask("GET", CONTACTS, headers=bearer(token)).status == 403
    assert portal.ask("GET", "/crm/v3/objects/deals", headers=bearer(token)).status == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 201),
        ("application/json; charset=utf-8", 201),
        ("application/x-www-form-urlencoded", 415),
        ("text/plain", 415),
    ],
)
def test_only_json_is_taken(portal: Client, kind: str, status: int) -> None:
    body = {"properties": {"lastname": "A"}}
    headers = {**BEARER, "content-type": kind}
    assert portal.ask("POST", CONTACTS, body, headers=headers).status == status


@pytest.mark.parametrize("body", [b"{", b"[1", b"nul", b"\xff\xfe", b'{"properties": {"a": }}'])
def test_a_body_that_is_no_json_is_refused(portal: Client, body: bytes) -> None:
    told = portal.told("POST", CONTACTS, body, status=400)
    assert told["category"] == "VALIDATION_ERROR"
    assert told["message"].startswith("Invalid input JSON")


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", CONTACTS), ("PATCH", f"{CONTACTS}/batch/read"), ("DELETE", "/crm/v3/owners")],
)
def test_a_wrong_method_is_told_from_a_wrong_path(portal: Client, method: str, path: str) -> None:
    assert portal.told(method, path, {}, status=405)["message"] == "HTTP 405 Method Not Allowed"


@pytest.mark.parametrize(
    "path", ["/crm/v3/nothing", "/automation/v4/flows", f"{CONTACTS}/1/2/3", "/crm"]
)
def test_an_unknown_path_is_not_found(portal: Client, path: str) -> None:
    assert portal.told("GET", path, status=404)["category"] == "OBJECT_NOT_FOUND"


@pytest.mark.parametrize("id_", ["9" * 40, "-1", "1.5", "abc", "0"])
def test_an_id_no_record_can_have_is_not_found(portal: Client, id_: str) -> None:
    portal.told("GET", f"{CONTACTS}/{id_}", status=404)
    portal.told("PATCH", f"{CONTACTS}/{id_}", {"properties": {"lastname": "A"}}, status=404)
    portal.told("DELETE", f"{CONTACTS}/{id_}", status=204)
