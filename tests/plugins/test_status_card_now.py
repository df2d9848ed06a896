"""The sync card with both CRMs behind it, in memory; and finding what nobody remembers."""

import json
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from include.crmsync.errors import Unavailable
from include.crmsync.model.record import System
from include.crmsync.pipeline.cards import Cards
from sync_status.desk import Desk
from tests.pipeline.story_judge import story_judge
from tests.pipeline.two_crms import TwoCrms
from tests.plugins.pages import HOSTILE, Visit

PAGES = {
    System.HUBSPOT: "https://app.hubspot.com/contacts/4242/record/{kind}/{id}",
    System.SALESFORCE: "https://orbital.my.salesforce.com/lightning/r/{kind}/{id}/view",
}
ADA: dict[str, Any] = {"email": "ada@example.com", "firstname": "Ada", "lastname": "Lovelace"}
THEIRS = "003Ws00000AbCdfIAF"
OURS = "101"
CARD = f"/card/contacts/hubspot/{OURS}"


@pytest.fixture
def crms(tmp_path: Path) -> TwoCrms:
    return TwoCrms(tmp_path, judge=story_judge)


@pytest.fixture
def visit(crms: TwoCrms) -> Iterator[Visit]:
    made: list[Any] = []

    def make() -> Any:
        made.append(crms.workshop())
        return made[-1]

    desk = Desk(crms.workshop().settings, now=crms.clock)
    desk.cards = Cards(make, lambda: PAGES)
    yield Visit(desk)
    for shop in made:
        shop.close()
    desk.engine.dispose()


def pair(crms: TwoCrms, **values: Any) -> None:
    """Ada in both systems, linked, with ids as the real ones are spelled."""
    crms.hubspot.put("contacts", {**ADA, **values}, id=OURS)
    crms.hubspot.lists["Salesforce inclusion list"].add(OURS)
    told = {"Email": ADA["email"], "FirstName": "Ada", "LastName": "Lovelace"}
    crms.salesforce.put("Contact", told, id=THEIRS)
    crms.sync("contacts")
    crms.sync("contacts")


def test_a_pair_with_values_of_both_and_links_into_both(crms: TwoCrms, visit: Visit) -> None:
    pair(crms, phone="+44 20 7946 0001")
    page = visit.client.get(CARD).text
    assert f'href="https://app.hubspot.com/contacts/4242/record/0-1/{OURS}"' in page
    salesforce = f"https://orbital.my.salesforce.com/lightning/r/Contact/{THEIRS}/view"
    assert f'href="{salesforce}"' in page
    assert page.count("+44 20 7946 0001") >= 3
    assert "in step" in page
    assert "Nothing would be written." in page


def test_an_edit_is_told_before_a_run_has_seen_it(crms: TwoCrms, visit: Visit) -> None:
    pair(crms)
    crms.hubspot.edit(OURS, phone="+44 20 7946 0999")
    page = visit.client.get(CARD).text
    assert "travels to Salesforce" in page
    assert "Writes to Salesforce: phone." in page
    assert "The next run reads it: it was edited in HubSpot since it was last judged." in page


def test_why_somebody_is_not_in_salesforce(crms: TwoCrms, visit: Visit) -> None:
    pair(crms)
    crms.hubspot.put("contacts", {"email": "eve@example.com", "lastname": "Eve"}, id="102")
    page = visit.client.get("/card/contacts/hubspot/102").text
    assert "Not in Salesforce: it would be held, and below is why." in page
    assert "found just now, no run has held it yet" in page


def test_a_crm_that_is_silent_leaves_the_rest_of_the_card(
    crms: TwoCrms, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair(crms)

    def silent(*_: object) -> Any:
        raise Unavailable("POST /composite: no answer (ReadTimeout)")

    monkeypatch.setattr(crms.salesforce, "read", silent)
    answer = visit.client.get(CARD)
    assert answer.status_code == 200
    assert "Salesforce was asked, and gave no answer" in answer.text
    assert "Lovelace" in answer.text
    assert 'id="history"' in answer.text


def test_a_fault_of_the_code_is_told_without_its_message(
    crms: TwoCrms, visit: Visit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pair(crms)

    def broken(*_: object) -> Any:
        raise KeyError("ada@example.com")

    monkeypatch.setattr(crms.salesforce, "read", broken)
    page = visit.client.get(CARD).text
    assert "KeyError, a fault in the code" in page
    assert "ada@example.com" not in caplog.text


def test_what_comes_from_a_crm_is_shown_as_text(crms: TwoCrms, visit: Visit) -> None:
    hostile = {one.hubspot: HOSTILE for one in visit.desk.mappings["contacts"].fields}
    crms.hubspot.put("contacts", {**hostile, "email": "ada@example.com"}, id=OURS)
    page = visit.client.get(CARD).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    found = visit.client.post("/find", data={"text": "ada@example.com"}).text
    assert "<script>alert" not in found


def buttons(page: str) -> dict[str, tuple[str, dict[str, Any], bool]]:
    """Text of a button -> the DAG, what it sends, and whether it may be pressed."""
    found = {}
    for form in page.split("<form ")[1:]:
        head, _, body = form.partition(">")
        if 'data-trigger="' not in head:
            continue
        for button in body.split("</form>")[0].split("<button ")[1:]:
            own, _, text = button.partition(">")
            told = conf(head) | conf(own)
            dag = head.split('data-trigger="')[1].split('"')[0]
            found[text.split("<")[0]] = dag, told, "disabled" not in own
    return found


def conf(attributes: str) -> dict[str, Any]:
    """What an element sends."""
    _, _, told = attributes.partition('data-conf="')
    return dict(json.loads(unescape(told.split('"')[0]) or "{}"))


def test_buttons_send_ids_alone_to_the_dag_of_the_object_type(crms: TwoCrms, visit: Visit) -> None:
    pair(crms)
    visit.triggers = frozenset({"manual_sync_contacts", "crm_retry"})
    told = buttons(visit.client.get(CARD).text)
    sent = {"system": "hubspot", "ids": [OURS]}
    assert told["Sync now"] == ("manual_sync_contacts", sent, True)
    assert told["Dry run"] == ("manual_sync_contacts", sent | {"dry_run": True}, True)
    assert "Retry what is held" not in told
    theirs = buttons(visit.client.get(f"/card/contacts/salesforce/{THEIRS}").text)
    assert theirs["Sync now"][1] == {"system": "salesforce", "ids": [THEIRS]}


def test_what_is_held_can_be_tried_again(crms: TwoCrms, visit: Visit) -> None:
    crms.hubspot.put("contacts", {"email": "eve@example.com", "lastname": "Eve"}, id="102")
    crms.sync("contacts")
    visit.triggers = frozenset({"crm_retry"})
    told = buttons(visit.client.get("/card/contacts/hubspot/102").text)
    sent = {"object_types": ["contacts"], "ids": ["102"]}
    assert told["Retry what is held"] == ("crm_retry", sent, True)
    assert told["Sync now"][2] is False


def test_who_may_not_trigger_is_told_so(crms: TwoCrms, visit: Visit) -> None:
    pair(crms)
    page = visit.client.get(CARD).text
    assert buttons(page)["Sync now"][2] is False
    assert "You may not trigger manual_sync_contacts in Airflow" in page


def test_a_stranger_is_looked_for_in_both_crms(crms: TwoCrms, visit: Visit) -> None:
    crms.hubspot.put("contacts", {"email": "eve@example.com", "lastname": "Eve"}, id="102")
    page = visit.client.post("/find", data={"text": "Eve@example.com"}).text
    assert 'href="/card/contacts/hubspot/102"' in page
    assert "The sync does not remember this, but a CRM has it" in page
    answer = visit.client.post("/find", data={"text": "102"})
    assert answer.headers["location"] == "/card/contacts/hubspot/102"


def test_a_company_is_found_by_its_domain(crms: TwoCrms, visit: Visit) -> None:
    crms.hubspot.put("companies", {"name": "Orbital", "domain": "orbital.example"}, id="7")
    page = visit.client.post("/find", data={"text": "www.orbital.example"}).text
    assert 'href="/card/companies/hubspot/7"' in page


def test_who_is_nowhere_is_said_to_be_nowhere(visit: Visit) -> None:
    page = visit.client.post("/find", data={"text": "nobody@example.com"}).text
    assert "no CRM that answered has it" in page
    page = visit.client.post("/find", data={"text": "Nobody Atall"}).text
    assert "no CRM that answered has it" in page


def test_a_silent_crm_is_named_by_a_search(
    crms: TwoCrms, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> Any:
        raise Unavailable("POST /search: no answer (ReadTimeout)")

    monkeypatch.setattr(crms.hubspot, "find", silent)
    crms.salesforce.put("Contact", {"Email": "eve@example.com", "LastName": "Eve"}, id=THEIRS)
    page = visit.client.post("/find", data={"text": "eve@example.com"}).text
    assert "HubSpot was asked, and gave no answer" in page
    assert f'href="/card/contacts/salesforce/{THEIRS}"' in page


def test_who_is_held_for_another_reason_is_found_by_name_in_the_crm(
    crms: TwoCrms, visit: Visit
) -> None:
    told = {"email": "hedy@example.com", "firstname": "Hedy", "lastname": "Lamarr"}
    crms.hubspot.put("contacts", told, id="102")
    crms.hubspot.put("contacts", {**told, "email": "x@example.com", "firstname": "Eva"}, id="103")
    crms.sync("contacts")
    page = visit.client.post("/find", data={"text": "hedy LAMARR"}).text
    assert 'href="/card/contacts/hubspot/102"' in page
    assert "held, not linked" in page
    assert ">Hedy Lamarr, hedy@example.com<" in page
    assert "/card/contacts/hubspot/103" not in page


def test_a_deal_is_found_by_its_whole_name(crms: TwoCrms, visit: Visit) -> None:
    crms.hubspot.put("deals", {"dealname": "Orbital - Pilot"}, id="9")
    page = visit.client.post("/find", data={"text": "orbital - pilot"}).text
    assert 'href="/card/deals/hubspot/9"' in page
