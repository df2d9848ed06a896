"""Engagements, marketing e-mail, subscriptions and forms before version 3: what singer's
tap-hubspot and airbyte's source-hubspot read of what happened"""

import json
from typing import Any

import pytest

from include.sandbox.hubspot.forms import FIRST
from include.sandbox.wire import Request
from tests.sandbox.hubspot.client import BEARER, Client

BASE = "/engagements/v1/engagements"
EMAIL = "/email/public/v1"
WHEN = {"hs_timestamp": "2026-01-02T00:00:00Z"}
LOGGED: dict[str, tuple[dict[str, str], str, dict[str, Any]]] = {
    "notes": ({"hs_note_body": "Hi"}, "NOTE", {"body": "Hi"}),
    "calls": (
        {"hs_call_title": "T", "hs_call_duration": "1500"},
        "CALL",
        {"title": "T", "durationMilliseconds": 1500},
    ),
    "emails": (
        {"hs_email_subject": "S", "hs_email_text": "Hi"},
        "EMAIL",
        {"subject": "S", "text": "Hi"},
    ),
    "meetings": (
        {"hs_meeting_title": "M", "hs_meeting_start_time": "2026-01-02T00:00:00Z"},
        "MEETING",
        {"title": "M", "startTime": 1767312000000},
    ),
    "tasks": (
        {"hs_task_subject": "S", "hs_task_status": "WAITING"},
        "TASK",
        {"subject": "S", "status": "WAITING", "forObjectType": "CONTACT"},
    ),
    "communications": (
        {"hs_communication_channel_type": "SMS", "hs_communication_body": "Hi"},
        "SMS",
        {"body": "Hi"},
    ),
}


def log(portal: Client, kind: str = "notes", **more: str) -> int:
    return int(portal.create(kind, **{**WHEN, **LOGGED[kind][0], **more}))


def ids(body: dict[str, Any]) -> list[int]:
    return [one["engagement"]["id"] for one in body["results"]]


def happen(portal: Client, mail: str, event: str, name: str = "January") -> None:
    (route,) = (one for one in portal.hubspot.verbs if one.pattern.endswith("marketing-emails"))
    told = json.dumps({"email": mail, "event": event, "name": name}).encode()
    assert route.handler(Request("POST", "/", (), BEARER, told)).status == 200
    portal.world.clock.advance(1)


@pytest.mark.parametrize("kind", LOGGED)
def test_an_engagement_is_told_by_its_type(portal: Client, kind: str) -> None:
    id_, (_, word, metadata) = log(portal, kind, hubspot_owner_id="81"), LOGGED[kind]
    told = portal.told("GET", f"{BASE}/{id_}")
    common = told["engagement"]
    assert (common["type"], common["ownerId"], common["timestamp"]) == (word, 81, 1767312000000)
    assert told["metadata"].items() >= metadata.items()
    portal.told("GET", f"{BASE}/404", status=404)


def test_no_two_engagements_have_one_id(portal: Client) -> None:
    made = [log(portal, kind) for kind in (*LOGGED, *LOGGED)]
    assert len(set(made)) == len(made)


def test_engagements_of_all_types_come_in_one_line(portal: Client) -> None:
    made = [log(portal, kind) for kind in LOGGED]
    first = portal.told("GET", f"{BASE}/paged?limit=4")
    assert (ids(first), first["hasMore"]) == (made[:4], True)
    rest = portal.told("GET", f"{BASE}/paged?limit=4&offset={first['offset']}")
    assert (ids(rest), rest["hasMore"]) == (made[4:], False)


def test_recent_engagements_come_newest_first_with_a_total(portal: Client) -> None:
    made = []
    for kind in LOGGED:
        made.append(log(portal, kind))
        portal.world.clock.advance(1)
    first = portal.told("GET", f"{BASE}/recent/modified?count=4&since=1767600001000")
    assert (ids(first), first["total"], first["hasMore"]) == (made[:1:-1], 5, True)
    # A page larger than the largest is no error.
    whole = portal.told("GET", f"{BASE}/recent/modified?count=250")
    assert (ids(whole), whole["total"]) == (made[::-1], 6)


def test_changes_are_followed_by_a_cursor(portal: Client) -> None:
    one, two, three = log(portal), log(portal, "calls"), log(portal, "tasks")
    first = portal.told("GET", f"{BASE}/modified/after?after=1767600000000&limit=2")
    assert (ids(first), first["hasMore"]) == ([one, two], True)
    rest = portal.told("GET", f"{BASE}/modified/after?after={first['after']}")
    assert (ids(rest), rest["hasMore"]) == ([three], False)
    portal.world.clock.advance(1)
    portal.update("notes", str(one), hs_note_body="again")
    later = portal.told("GET", f"{BASE}/modified/after?after={rest['after']}")
    assert ids(later) == [one]
    idle = portal.told("GET", f"{BASE}/modified/after?after={later['after']}")
    assert (idle["results"], idle["after"]) == ([], later["after"])


def test_engagements_are_found_by_whom_they_are_about(portal: Client) -> None:
    person = portal.create(email="a@example.com")
    made = [log(portal), log(portal, "calls")]
    log(portal, "tasks")
    for kind, id_, number in (("notes", made[0], 202), ("calls", made[1], 194)):
        spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number}]
        url = f"/crm/v4/objects/{kind}/{id_}/associations/contacts/{person}"
        portal.told("PUT", url, spec, status=201)
    url = f"{BASE}/associated/CONTACT/{person}/paged"
    told = portal.told("GET", url)
    assert (ids(told), told["hasMore"]) == (made, False)
    assert told["results"][0]["associations"]["contactIds"] == [int(person)]
    first = portal.told("GET", f"{url}?limit=1")
    assert (ids(first), first["hasMore"]) == (made[:1], True)
    assert ids(portal.told("GET", f"{url}?offset={made[0]}")) == made[1:]


def test_outcomes_of_calls_are_hubspots_own(portal: Client) -> None:
    labels = {one["label"] for one in portal.told("GET", "/calling/v1/dispositions")}
    assert {"Connected", "Left voicemail", "No answer"} <= labels


def test_campaigns_count_what_became_of_their_emails(portal: Client) -> None:
    portal.create(email="a@example.com")
    for event in ("sent", "opened", "opened"):
        happen(portal, "a@example.com", event)
    happen(portal, "a@example.com", "sent", "February")
    told = portal.told("GET", f"{EMAIL}/campaigns?limit=1")
    (campaign,) = told["campaigns"]
    assert (campaign["lastUpdatedTime"], told["hasMore"]) == (1767600002000, True)
    url = f"{EMAIL}/campaigns/by-id?offset={told['offset']}"
    (other,) = portal.told("GET", url)["campaigns"]
    one = portal.told("GET", f"{EMAIL}/campaigns/{campaign['id']}")
    assert (one["name"], one["counters"]) == ("January", {"sent": 1, "open": 2})
    assert portal.told("GET", f"{EMAIL}/campaigns/{other['id']}")["name"] == "February"
    portal.told("GET", f"{EMAIL}/campaigns/404", status=404)


def test_marketing_emails_tell_their_statistics(portal: Client) -> None:
    portal.create(email="a@example.com")
    happen(portal, "a@example.com", "sent")
    told = portal.told("GET", "/marketing-emails/v1/emails/with-statistics?limit=250")
    (one,) = told["objects"]
    assert (told["total"], one["name"], one["stats"]["counters"]) == (1, "January", {"sent": 1})
    url = f"/marketing-emails/v1/emails/with-statistics/{one['id']}"
    assert portal.told("GET", url) == one
    (plain,) = portal.told("GET", "/marketing-emails/v1/emails")["objects"]
    assert "stats" not in plain
    assert portal.told("GET", f"/marketing-emails/v1/emails/{one['id']}") == plain
    portal.told("GET", "/marketing-emails/v1/emails/404", status=404)


def test_email_events_come_newest_first_within_their_bounds(portal: Client) -> None:
    for mail in ("a@example.com", "b@example.com"):
        portal.create(email=mail)
        for event in ("sent", "opened"):
            happen(portal, mail, event)
    url = f"{EMAIL}/events"
    first = portal.told("GET", f"{url}?limit=3")
    assert [one["type"] for one in first["events"]] == ["OPEN", "SENT", "OPEN"]
    rest = portal.told("GET", f"{url}?limit=3&offset={first['offset']}")
    assert ([one["type"] for one in rest["events"]], rest["hasMore"]) == (["SENT"], False)
    mine = portal.told("GET", f"{url}?recipient=A@example.com&eventType=OPEN")["events"]
    assert [(one["recipient"], one["created"]) for one in mine] == [
        ("a@example.com", 1767600001000)
    ]
    bounds = f"{url}?startTimestamp=1767600001000&endTimestamp=1767600003000"
    assert len(portal.told("GET", bounds)["events"]) == 2
    campaign = first["events"][0]["emailCampaignId"]
    assert len(portal.told("GET", f"{url}?campaignId={campaign}")["events"]) == 4
    assert len({one["id"] for one in (*first["events"], *rest["events"])}) == 4


def test_an_unsubscription_is_a_change_in_time(portal: Client) -> None:
    portal.create(email="a@example.com")
    (kind,) = portal.told("GET", f"{EMAIL}/subscriptions")["subscriptionDefinitions"]
    assert (kind["active"], kind["channel"]) == (True, "Email")
    assert portal.told("GET", f"{EMAIL}/subscriptions/a@example.com")["subscribed"] is True
    happen(portal, "a@example.com", "sent")
    happen(portal, "a@example.com", "unsubscribed")
    assert portal.told("GET", f"{EMAIL}/subscriptions/a@example.com")["subscribed"] is False
    (told,) = portal.told("GET", f"{EMAIL}/subscriptions/timeline")["timeline"]
    assert (told["recipient"], told["timestamp"]) == ("a@example.com", 1767600001000)
    assert told["changes"][0]["change"] == "UNSUBSCRIBED"
    assert told["changes"][0]["causedByEvent"]["created"] == 1767600001000


def test_a_reset_forgets_campaigns_and_events(portal: Client) -> None:
    portal.create(email="a@example.com")
    happen(portal, "a@example.com", "sent")
    portal.hubspot.reset()
    assert portal.told("GET", f"{EMAIL}/campaigns")["campaigns"] == []
    assert portal.told("GET", f"{EMAIL}/events")["events"] == []


def test_forms_are_told_with_their_fields(portal: Client) -> None:
    (form,) = portal.told("GET", "/forms/v2/forms")
    assert (form["guid"], form["updatedAt"]) == (FIRST, 1672531200000)
    names = [one["name"] for group in form["formFieldGroups"] for one in group["fields"]]
    assert names == ["email", "firstname", "lastname"]
    assert portal.told("GET", f"/forms/v2/forms/{FIRST}") == form
    fields = portal.told("GET", f"/forms/v2/fields/{FIRST}")
    assert [(one["name"], one["required"]) for one in fields][:2] == [
        ("email", True),
        ("firstname", False),
    ]
    assert portal.told("GET", "/forms/v2/forms?offset=1") == []
    portal.told("GET", "/forms/v2/forms/none", status=404)
