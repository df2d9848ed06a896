"""Finding a record from the page."""

from pathlib import Path

import pytest

from include.crmsync.model.record import System
from include.crmsync.model.record_id import whole_id
from sync_status.views.find import ids_in, title
from tests.plugins.pages import HOSTILE, Visit
from tests.plugins.records import SALESFORCE_ID, SHORT, remember

ADA = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    return Visit.over(tmp_path)


def test_the_form_says_what_may_be_looked_for(visit: Visit) -> None:
    page = visit.client.get("/find").text
    assert 'method="post"' in page
    assert "E-mail, name, domain, or id in either CRM" in page


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("101", (System.HUBSPOT, "101")),
        (SHORT, (System.SALESFORCE, SALESFORCE_ID)),
        (SALESFORCE_ID, (System.SALESFORCE, SALESFORCE_ID)),
        ("ada@example.com", None),
        ("Internationally", None),  # fifteen letters, and a word
        ("1" * 20, None),
        ("١٢٣", None),
    ],
)
def test_what_is_an_id_and_what_is_a_word(text: str, key: object) -> None:
    assert ids_in(text) == key


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("101", "/card/contacts/hubspot/101"),
        (SHORT, f"/card/contacts/salesforce/{SALESFORCE_ID}"),
        (f" {SALESFORCE_ID} ", f"/card/contacts/salesforce/{SALESFORCE_ID}"),
    ],
)
def test_an_id_leads_straight_to_the_card(visit: Visit, text: str, path: str) -> None:
    remember(visit, ADA)
    answer = visit.client.post("/find", data={"text": text})
    assert (answer.status_code, answer.headers["location"]) == (303, path)


def test_words_lead_to_a_list_and_never_into_an_address(visit: Visit) -> None:
    remember(visit, ADA)
    answer = visit.client.post("/find", data={"text": "lovelace ada"})
    assert answer.status_code == 200
    assert "Ada Lovelace, ada@example.com" in answer.text
    assert 'href="/card/contacts/hubspot/101"' in answer.text
    links = [part.split('"')[0] for part in answer.text.split('href="')[1:]]
    assert not [link for link in links if "ada" in link.lower()]


def test_an_object_type_narrows_the_search(visit: Visit) -> None:
    remember(visit, ADA)
    told = {"text": "lovelace", "object_type": "companies"}
    assert "Nothing found" in visit.client.post("/find", data=told).text
    assert visit.client.post("/find", data=told | {"object_type": "x"}).status_code == 422


def test_a_search_shows_fifty_and_says_that_there_are_more(visit: Visit) -> None:
    for number in range(60):
        remember(visit, ADA, number)
    page = visit.client.post("/find", data={"text": "lovelace"}).text
    assert page.count('href="/card/contacts/hubspot/') == 50
    assert "Only the first 50 are shown" in page


def test_what_came_from_a_crm_or_a_person_is_shown_as_text(visit: Visit) -> None:
    remember(visit, {"email": "ada@example.com", "last_name": HOSTILE})
    page = visit.client.post("/find", data={"text": "<script>alert('x')</script>"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("text", ["", " ", "a"])
def test_too_little_is_asked_back(visit: Visit, text: str) -> None:
    answer = visit.client.post("/find", data={"text": text})
    assert answer.status_code == 200
    assert "Type" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
    ],
)
def test_a_form_that_another_site_sends_is_refused(visit: Visit, headers: dict[str, str]) -> None:
    remember(visit, ADA)
    answer = visit.client.post("/find", data={"text": "101"}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}, {}]
)
def test_a_form_of_the_page_itself_is_taken(visit: Visit, headers: dict[str, str]) -> None:
    answer = visit.client.post("/find", data={"text": "ada"}, headers=headers)
    assert answer.status_code == 200


def test_nobody_who_is_not_signed_in_searches(visit: Visit) -> None:
    visit.user = None
    assert visit.client.post("/find", data={"text": "101"}).status_code == 401


def test_a_person_is_called_by_the_name_and_a_company_by_its_own() -> None:
    assert title({"first_name": "Ada", "last_name": "L", "email": "a@b.c"}) == "Ada L, a@b.c"
    assert title({"name": "Orbital", "website": "orbital.example"}) == "Orbital, orbital.example"
    assert title({"name": None}) == ""


def test_fifteen_characters_of_an_id_are_completed() -> None:
    assert whole_id(SHORT) == SALESFORCE_ID
