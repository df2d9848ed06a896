"""Forms, what people told them, and what marketing e-mail leaves on a contact."""

import json
from typing import Any

import pytest

from include.sandbox.hubspot.forms import FIRST
from include.sandbox.wire import Answer, Request
from tests.sandbox.hubspot.client import BEARER, Client

SUBMIT = f"/submissions/v3/integration/submit/4242/{FIRST}"
READ = f"/form-integrations/v1/submissions/forms/{FIRST}"


def fields(**values: str) -> dict[str, Any]:
    told = [{"objectTypeId": "0-1", "name": name, "value": value} for name, value in values.items()]
    return {"fields": told, "context": {"pageUri": "https://example.com/contact"}}


def verb(portal: Client, pattern: str, body: Any, **names: str) -> Answer:
    """Call a control route of HubSpot's own."""
    (route,) = (one for one in portal.hubspot.verbs if one.pattern == pattern)
    return route.handler(Request("POST", "/", (), BEARER, json.dumps(body).encode()), **names)


def test_forms_are_listed_with_their_fields(portal: Client) -> None:
    (form,) = portal.told("GET", "/marketing/v3/forms")["results"]
    assert (form["id"], form["name"], form["formType"]) == (FIRST, "Contact us", "hubspot")
    names = [one["name"] for group in form["fieldGroups"] for one in group["fields"]]
    assert names == ["email", "firstname", "lastname"]
    assert portal.told("GET", f"/marketing/v3/forms/{FIRST}") == form
    assert portal.told("GET", "/marketing/forms/2026-03")["results"] == [form]


def test_submissions_come_newest_first_in_pages(portal: Client) -> None:
    for name in "abc":
        portal.told("POST", SUBMIT, fields(email=f"{name}@example.com"))
        portal.world.clock.advance(1)
    first = portal.told("GET", f"{READ}?limit=2")
    rest = portal.told("GET", f"{READ}?limit=2&after={first['paging']['next']['after']}")
    mails = [one["values"][0]["value"] for one in (*first["results"], *rest["results"])]
    assert mails == ["c@example.com", "b@example.com", "a@example.com"]
    assert first["results"][0]["submittedAt"] == 1767600002000
    assert first["results"][0]["pageUrl"] == "https://example.com/contact"
    assert "paging" not in rest


def test_a_page_of_submissions_holds_fifty(portal: Client) -> None:
    portal.told("GET", f"{READ}?limit=51", status=400)
    portal.told("GET", "/form-integrations/v1/submissions/forms/none", status=404)


def test_a_submission_makes_a_contact_or_changes_the_one_there_is(portal: Client) -> None:
    portal.told("POST", SUBMIT, fields(email="a@example.com", firstname="A"))
    portal.told("POST", SUBMIT, fields(email="A@example.com", firstname="B"))
    url = "/crm/v3/objects/contacts/a@example.com?idProperty=email&propertiesWithHistory=firstname"
    (new, old) = portal.told("GET", url)["propertiesWithHistory"]["firstname"]
    assert [one["value"] for one in (new, old)] == ["B", "A"]
    assert {one["sourceType"] for one in (new, old)} == {"FORM"}


def test_anybody_may_fill_in_a_form(portal: Client) -> None:
    assert portal.ask("POST", SUBMIT, fields(email="a@example.com"), headers={}).status == 200
    secure = SUBMIT.replace("/submit/", "/secure/submit/")
    assert portal.ask("POST", secure, fields(email="a@example.com"), headers={}).status == 401
    portal.told("POST", secure, fields(email="a@example.com"))


def test_a_person_makes_a_form_and_fills_it_in(portal: Client) -> None:
    made = verb(portal, "/_sandbox/forms", {"name": "Newsletter", "fields": ["email"]})
    id_ = made.body["id"]
    told = {"values": {"email": "a@example.com"}, "pageUrl": "https://example.com"}
    answer = verb(portal, "/_sandbox/forms/{form_id}/submissions", told, form_id=id_)
    assert (made.status, answer.status) == (201, 201)
    url = f"/form-integrations/v1/submissions/forms/{id_}"
    assert len(portal.told("GET", url)["results"]) == 1


@pytest.mark.parametrize("body", [{}, {"values": 1}, {"values": {"email": "no mail"}}])
def test_a_submission_that_makes_no_sense_is_refused(portal: Client, body: Any) -> None:
    pattern = "/_sandbox/forms/{form_id}/submissions"
    assert verb(portal, pattern, body, form_id=FIRST).status == 400


def test_what_marketing_mail_did_is_counted_dated_and_kept_in_history(portal: Client) -> None:
    id_ = portal.create(email="a@example.com")
    events = [("sent", "January"), ("opened", "January"), ("opened", "February")]
    for event, name in events:
        told = {"email": "a@example.com", "event": event, "name": name}
        assert verb(portal, "/_sandbox/marketing-emails", told).status == 200
        portal.world.clock.advance(1)
    names = "hs_email_open,hs_email_last_open_date,hs_email_last_email_name"
    url = f"/crm/v3/objects/contacts/{id_}?propertiesWithHistory={names}"
    told = portal.told("GET", url)
    assert told["properties"]["hs_email_last_open_date"] == "2026-01-05T08:00:02Z"
    past = told["propertiesWithHistory"]
    assert [one["value"] for one in past["hs_email_open"]] == ["2", "1"]
    assert [one["value"] for one in past["hs_email_last_email_name"]] == ["February", "January"]
    assert past["hs_email_open"][0]["sourceType"] == "EMAIL"


@pytest.mark.parametrize(
    ("told", "status"),
    [([], 400), ({"event": "lost"}, 400), ({"event": "sent", "email": "x@example.com"}, 404)],
)
def test_marketing_mail_to_nobody_is_refused(portal: Client, told: Any, status: int) -> None:
    assert verb(portal, "/_sandbox/marketing-emails", told).status == status


def test_marketing_emails_are_told_with_how_they_did(portal: Client) -> None:
    portal.create(email="a@example.com")
    for event, name in (("sent", "January"), ("opened", "January"), ("sent", "February")):
        told = {"email": "a@example.com", "event": event, "name": name}
        assert verb(portal, "/_sandbox/marketing-emails", told).status == 200
    first = portal.told("GET", "/marketing/v3/emails?limit=1&includeStats=true")
    (one,) = first["results"]
    assert (one["name"], first["total"]) == ("January", 2)
    assert one["stats"]["counters"] == {"sent": 1, "open": 1}
    after = first["paging"]["next"]["after"]
    (other,) = portal.told("GET", f"/marketing/emails/2026-03?after={after}")["results"]
    assert portal.told("GET", f"/marketing/v3/emails/{other['id']}") == other
    portal.told("GET", "/marketing/v3/emails/404", status=404)


def test_a_subscription_ends_with_an_unsubscription(portal: Client) -> None:
    portal.create(email="a@example.com")
    base = "/communication-preferences"
    (kind,) = portal.told("GET", f"{base}/v3/definitions")["subscriptionDefinitions"]
    assert portal.told("GET", f"{base}/v4/definitions")["results"] == [kind]
    assert portal.told("GET", f"{base}/2026-03/definitions")["status"] == "COMPLETE"

    def statuses() -> tuple[str, str]:
        old = portal.told("GET", f"{base}/v3/status/email/a@example.com")
        new = portal.told("GET", f"{base}/v4/statuses/a@example.com?channel=EMAIL")
        return old["subscriptionStatuses"][0]["status"], new["results"][0]["status"]

    assert statuses() == ("SUBSCRIBED", "SUBSCRIBED")
    told = {"email": "a@example.com", "event": "unsubscribed"}
    assert verb(portal, "/_sandbox/marketing-emails", told).status == 200
    assert statuses() == ("NOT_SUBSCRIBED", "UNSUBSCRIBED")


def test_marketing_mail_shows_on_the_contact_and_cannot_be_written(portal: Client) -> None:
    told = portal.told("GET", "/crm/v3/properties/contacts")["results"]
    known = {one["name"]: one["modificationMetadata"]["readOnlyValue"] for one in told}
    names = {"hs_email_open", "hs_email_click", "hs_email_bounce", "hs_email_last_open_date"}
    assert names <= {name for name, fixed in known.items() if fixed}
