"""The sync card as the state alone can tell it."""

from dataclasses import replace
from pathlib import Path

import pytest

from include.crmsync.model.departure import How
from include.crmsync.model.link import Link
from include.crmsync.model.plan import Change, Conflict, Held
from include.crmsync.model.record import System
from include.crmsync.state.commit import Commit
from tests.plugins.pages import HOSTILE, Visit
from tests.plugins.records import SALESFORCE_ID, SHORT, ended, remember, started, wrote

CARD = "/card/contacts/hubspot/101"
ADA = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}
HELD = Held(System.HUBSPOT, "contacts", "101", "has_email", "email", None, "It has no e-mail.")
CONFLICT = Conflict(
    "contacts", "101", SALESFORCE_ID, "city", "London", "Oxford", "Cambridge",
    System.SALESFORCE, "Salesforce was edited last",
)  # fmt: skip


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    return Visit.over(tmp_path)


def test_a_linked_record_with_its_base_and_rules(visit: Visit) -> None:
    remember(visit, ADA)
    page = visit.client.get(CARD).text
    assert "<h1>Ada Lovelace, ada@example.com</h1>" in page
    assert f"Linked to Salesforce record {SALESFORCE_ID}." in page
    assert "10 h ago" in page or "Last synced" in page
    assert "The latest edit travels, blanks included." in page
    assert "linking-0" in page


def test_both_ids_lead_to_the_same_pair(visit: Visit) -> None:
    remember(visit, ADA)
    for id_ in (SALESFORCE_ID, SHORT):
        page = visit.client.get(f"/card/contacts/salesforce/{id_}").text
        assert "Linked to HubSpot record 101." in page


def test_a_record_that_nobody_knows_says_so(visit: Visit) -> None:
    answer = visit.client.get(CARD)
    assert answer.status_code == 200
    assert "Not linked, and nothing more is remembered of it." in answer.text
    assert "No run has done anything with it." in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/card/tickets/hubspot/101",
        "/card/contacts/dynamics/101",
        "/card/contacts/hubspot/abc",
        "/card/contacts/hubspot/12345678901234567890",
        "/card/contacts/salesforce/101",
        "/card/contacts/salesforce/ada@example.com",
        "/card/contacts/hubspot/%3Cscript%3E",
    ],
)
def test_what_can_be_no_record_is_not_found(visit: Visit, path: str) -> None:
    answer = visit.client.get(path)
    assert answer.status_code == 404
    assert "<script>" not in answer.text.replace('<script src="/static/status.js"></script>', "")


def test_what_is_held_has_its_reason_and_a_refusal_its_remedy(visit: Visit) -> None:
    refused = replace(HELD, criterion="accepted_by_salesforce", field="title", value="x" * 200)
    refused = replace(refused, code="STRING_TOO_LONG")
    remember(visit, ADA, held=[HELD, refused])
    page = visit.client.get(CARD).text
    assert "It has no e-mail." in page
    assert "STRING_TOO_LONG" in page
    assert "<strong>" in page.split('id="held"')[1].split('id="fields"')[0]


def test_a_held_record_without_a_link_says_why_it_is_not_there(visit: Visit) -> None:
    run = started(visit, "holding")
    judged = {System.HUBSPOT: frozenset(["101"])}
    visit.desk.store.commit(Commit(ended(run), held=[HELD], judged=judged))
    page = visit.client.get(CARD).text
    assert "Not in Salesforce, as far as the sync knows: it is held" in page
    assert "It has no e-mail." in page


def test_a_tombstone_says_who_is_gone(visit: Visit) -> None:
    run = started(visit, "burying")
    gone = Link(
        "contacts", "101", SALESFORCE_ID, "Contact", base=ADA,
        gone_in=System.SALESFORCE, gone_how=How.DELETED, gone_at=run.started_at,
    )  # fmt: skip
    visit.desk.store.commit(Commit(ended(run), [gone]))
    page = visit.client.get(CARD).text
    assert "the record in Salesforce is gone (deleted)" in page
    assert "nothing is created anew" in page


def test_who_was_erased_is_told_by_a_hash_alone(visit: Visit) -> None:
    remember(visit, ADA)
    [link] = visit.desk.store.links("contacts", System.HUBSPOT, ["101"]).values()
    visit.desk.store.forget("contacts", [link], visit.desk.now())
    page = visit.client.get(f"/card/contacts/salesforce/{SALESFORCE_ID}").text
    assert "erased for privacy" in page
    assert "Lovelace" not in page


def test_history_tells_every_change_with_run_side_values_and_reason(visit: Visit) -> None:
    remember(visit, ADA)
    wrote(visit, 1, Change("phone", "1", "2", "changed in HubSpot"), CONFLICT)
    wrote(visit, 2, Change("title", None, "Chief", "changed in HubSpot"), code="ROW_LOCKED")
    page = visit.client.get(CARD).text
    history = page.split('id="history"')[1]
    assert history.index("run-2") < history.index("run-1")
    for told in ("update, applied", "update, rejected", "Salesforce won", "Oxford", "Cambridge"):
        assert told in history
    assert "base London; Salesforce was edited last" in history
    assert "changed in HubSpot; ROW_LOCKED" in history


def test_a_huge_history_is_paged(visit: Visit) -> None:
    remember(visit, ADA)
    for number in range(60):
        wrote(visit, number, Change("phone", str(number), str(number + 1), "changed in HubSpot"))
    first = visit.client.get(CARD).text
    assert ">run-59<" in first
    assert ">run-9<" not in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = visit.client.get(older.partition("#")[0]).text
    assert ">run-9<" in second
    assert ">run-59<" not in second


def test_a_moment_without_its_zone_is_refused(visit: Visit) -> None:
    assert visit.client.get(f"{CARD}?before=2026-01-01T00:00:00").status_code == 422


def test_what_came_from_a_crm_is_shown_as_text(visit: Visit) -> None:
    fields = [one.name for one in visit.desk.mappings["contacts"].fields]
    held = replace(HELD, value=HOSTILE, reason=HOSTILE, code=HOSTILE)
    held = replace(held, criterion="accepted_by_salesforce")
    remember(visit, dict.fromkeys(fields, HOSTILE), held=[held])
    hostile = replace(CONFLICT, base=HOSTILE, hubspot=HOSTILE, salesforce=HOSTILE, reason=HOSTILE)
    wrote(visit, 1, Change("phone", HOSTILE, HOSTILE, HOSTILE), hostile, code=HOSTILE)
    page = visit.client.get(CARD).text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert") > len(fields)
