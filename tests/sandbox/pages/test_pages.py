"""The pages for people: side by side, searched, edited, and safe whatever clients stored."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from include.sandbox.assembly import Sandbox, assemble
from include.sandbox.wire import Request
from include.sandbox.world import HUBSPOT_TOKEN, SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET

HOSTILE = '"><script>alert(1)</script>'
BEARER = {"authorization": f"Bearer {HUBSPOT_TOKEN}"}


@pytest.fixture(scope="module")
def assembled() -> Iterator[Sandbox]:
    made = assemble()
    yield made
    made.close()


@pytest.fixture
def box(assembled: Sandbox) -> Sandbox:
    assembled.control.reset("empty", 1)
    return assembled


def page(box: Sandbox, path: str, *, status: int = 200, **query: str) -> str:
    """A page's HTML."""
    request = Request("GET", f"/_sandbox{path}", tuple(query.items()))
    answer = box.front.reply(request).answer
    assert answer is not None
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return str(answer.body.decode())


def sent(box: Sandbox, page: str, /, *, status: int = 303, origin: str = "", **form: str) -> str:
    """What a form comes back with: where to go, or a page."""
    headers = {"origin": origin} if origin else {}
    body = urlencode(form).encode()
    request = Request("POST", f"/_sandbox{page}", headers=headers, body=body)
    answer = box.front.reply(request).answer
    assert answer is not None
    assert answer.status == status, answer.body
    return answer.headers["Location"] if status == 303 else str(answer.body)


def called(box: Sandbox, method: str, path: str, body: Any = None, **headers: str) -> Any:
    raw = b"" if body is None else json.dumps(body).encode()
    answer = box.front.reply(Request(method, path, headers=headers, body=raw)).answer
    assert answer is not None
    assert answer.status < 300, answer.body
    return answer.body


def contact(box: Sandbox, **properties: str) -> str:
    path = "/crm/v3/objects/contacts"
    return str(called(box, "POST", path, {"properties": properties}, **BEARER)["id"])


def lead(box: Sandbox, **fields: str) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": SALESFORCE_CLIENT_ID,
        "client_secret": SALESFORCE_CLIENT_SECRET,
    }
    asked = Request("POST", "/services/oauth2/token", body=urlencode(form).encode())
    answer = box.front.reply(asked).answer
    assert answer is not None
    token = f"Bearer {answer.body['access_token']}"
    body = {"LastName": "Lovelace", "Company": "Acme", **fields}
    path = "/services/data/v62.0/sobjects/Lead"
    return str(called(box, "POST", path, body, authorization=token)["id"])


def links(html: str) -> list[str]:
    return re.findall(r'href="/_sandbox(/records/\w+/\w+/\w+)"', html)


def test_the_first_page_counts_both_systems(box: Sandbox) -> None:
    contact(box, lastname="A")
    html = page(box, "/")
    assert re.search(r">contacts</a>\s*<span class=\"soft\">1<", html)
    contact(box, lastname="B")
    assert re.search(r">contacts</a>\s*<span class=\"soft\">2<", page(box, "/"))


def test_a_record_stands_beside_the_one_with_its_email(box: Sandbox) -> None:
    here, there = contact(box, email="ada@example.com"), lead(box, Email="Ada@Example.com")
    paired = [f"/records/hubspot/contacts/{here}", f"/records/salesforce/Lead/{there}"]
    assert links(page(box, "/records/hubspot/contacts")) == paired
    assert links(page(box, "/records/salesforce/Lead")) == paired


def test_a_key_tells_more_than_an_email(box: Sandbox) -> None:
    here = contact(box, email="ada@example.com")
    lead(box, Email="ada@example.com")
    keyed = lead(box, crmsync_hubspot_id__c=here)
    assert f"/records/salesforce/Lead/{keyed}" in links(page(box, "/records/hubspot/contacts"))


def test_a_record_without_counterpart_says_so(box: Sandbox) -> None:
    here = contact(box, lastname="A")
    assert "not in Salesforce" in page(box, "/records/hubspot/contacts")
    assert "No counterpart" in page(box, f"/records/hubspot/contacts/{here}")


def test_listings_are_paged(box: Sandbox) -> None:
    ids = [contact(box, lastname="A") for _ in range(30)]
    first = page(box, "/records/hubspot/contacts")
    (after,) = re.findall(r'href="\?after=([^"]+)"', first)
    second = page(box, "/records/hubspot/contacts", after=after)
    shown = [link.rpartition("/")[2] for link in links(first) + links(second)]
    assert shown == ids
    assert "?after=" not in second


@pytest.mark.parametrize("text", ["ada@example.com", "Lovelace", "{id}"])
def test_a_record_is_found_by_email_by_name_and_by_id(box: Sandbox, text: str) -> None:
    here = contact(box, email="ada@example.com", lastname="Lovelace")
    found = page(box, "/search", q=text.format(id=here))
    assert links(found) == [f"/records/hubspot/contacts/{here}"]


@pytest.mark.parametrize("text", ["", "nobody", "100%", "a'b", "x\\", "a_b", "x" * 300, HOSTILE])
def test_what_finds_nothing_is_no_error(box: Sandbox, text: str) -> None:
    contact(box, lastname="A")
    lead(box)
    assert "0 found" in page(box, "/search", q=text)


def test_a_large_portal_is_searched_by_index_only(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = contact(box, email="ada@example.com", lastname="Lovelace")
    for module in ("pairing", "site"):
        monkeypatch.setattr(f"include.sandbox.pages.{module}.SMALL", 0)
    assert links(page(box, "/search", q="Lovelace")) == []
    assert links(page(box, "/search", q="ada@example.com")) == [f"/records/hubspot/contacts/{here}"]


def test_a_field_is_edited_through_the_public_api(box: Sandbox) -> None:
    here = contact(box, lastname="A")
    path = f"/records/hubspot/contacts/{here}"
    assert sent(box, path, field="lastname", value="Zuse") == f"/_sandbox{path}"
    html = page(box, path)
    assert "Zuse" in html
    # The history shows what was there before.
    assert re.search(r"<td>lastname</td><td class=\"value\">A</td>", html)
    there = lead(box)
    sent(box, f"/records/salesforce/Lead/{there}", field="DoNotCall", value="true")
    assert "True" in page(box, f"/records/salesforce/Lead/{there}")


@pytest.mark.parametrize(
    ("system", "field", "value", "words"),
    [
        ("hubspot", "email", "no address", "Email address"),
        ("hubspot", "createdate", "2026-01-01", "createdate"),
        ("salesforce", "Email", "no address", "mail"),
        ("salesforce", "LastName", "", "LastName"),
        ("salesforce", "Nonsense__c", "x", "Nonsense__c"),
    ],
)
def test_what_the_api_refuses_is_said_in_its_own_words(
    box: Sandbox, system: str, field: str, value: str, words: str
) -> None:
    path = f"hubspot/contacts/{contact(box, lastname='A')}"
    if system == "salesforce":
        path = f"salesforce/Lead/{lead(box)}"
    html = sent(box, f"/records/{path}", status=400, field=field, value=value)
    (refusal,) = re.findall(r'class="refusal">([^<]+)<', html)
    assert words in refusal


def test_whatever_clients_stored_is_shown_as_text(box: Sandbox) -> None:
    here = contact(box, lastname=HOSTILE, email="ada@example.com")
    there = lead(box, LastName=HOSTILE, Email="ada@example.com")
    box.front.reply(Request("GET", f"/crm/v3/{HOSTILE}", headers=BEARER))
    sent(box, "/controls/add-fault", do="drop_before", path=HOSTILE)
    for path in (
        "/",
        "/controls",
        "/records/hubspot/contacts",
        f"/records/hubspot/contacts/{here}",
        f"/records/salesforce/Lead/{there}",
    ):
        html = page(box, path)
        assert "&lt;script&gt;" in html
        assert "<script" not in html
    assert "<script" not in page(box, f"/records/hubspot/contacts/{here}", edit="lastname")


def test_the_pages_need_nothing_from_anywhere_else(box: Sandbox) -> None:
    for path in ("/", "/controls", "/search"):
        html = page(box, path)
        assert not re.search(r"https?://|<link|<script|url\(", html)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/records/nobody/contacts", 404),
        ("/records/hubspot/nonsense", 400),
        ("/records/hubspot/contacts/404", 404),
        ("/records/salesforce/Nonsense", 404),
        ("/records/salesforce/Lead/00Q000000000000", 404),
    ],
)
def test_what_is_not_there_is_a_page_too(box: Sandbox, path: str, status: int) -> None:
    assert 'class="refusal"' in page(box, path, status=status)


def test_a_form_of_another_site_is_refused(box: Sandbox) -> None:
    sent(box, "/controls/reset", origin="http://evil.example", status=403, seed="empty")
    sent(box, "/controls/reset", origin="http://localhost", seed="empty")


def test_faults_are_added_and_cleared(box: Sandbox) -> None:
    fault = {"do": "status:503", "system": "hubspot", "path": "/crm/"}
    sent(box, "/controls/add-fault", origin="", status=303, method="", times="2", **fault)
    shown = called(box, "GET", "/_sandbox/faults")
    assert (shown[0]["do"], shown[0]["times"], shown[0]["method"]) == ("status:503", 2, None)
    assert "1 fault waiting" in page(box, "/")
    sent(box, "/controls/clear-faults")
    assert called(box, "GET", "/_sandbox/faults") == []


def test_a_switch_is_set_and_all_go_back(box: Sandbox) -> None:
    sent(box, "/controls/setting", name="hubspot.page_sizes.objects", value="7")
    sent(box, "/controls/setting", name="hubspot.rate_limits", value="real")
    told = called(box, "GET", "/_sandbox/settings")["hubspot"]
    assert (told["page_sizes"]["objects"], told["rate_limits"]) == (7, "real")
    assert page(box, "/controls").count('<tr class="changed">') == 2
    sent(box, "/controls/default-settings")
    assert '<tr class="changed">' not in page(box, "/controls")


def test_the_clock_is_advanced_and_everything_started_over(box: Sandbox) -> None:
    before = called(box, "GET", "/_sandbox/clock")["now"]
    sent(box, "/controls/advance-clock", seconds="604800")
    assert called(box, "GET", "/_sandbox/clock")["now"] > before
    sent(box, "/controls/reset", seed="20", random_seed="3")
    assert called(box, "GET", "/_sandbox/health")["random_seed"] == 3


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("setting", {"name": "hubspot.nonsense", "value": "1"}),
        ("setting", {"name": "latency_seconds", "value": "x"}),
        ("add-fault", {"do": "explode"}),
        ("add-fault", {"do": "drop_before", "times": "x"}),
        ("advance-clock", {"seconds": "x"}),
        ("reset", {"seed": "nonsense"}),
        ("explode", {}),
    ],
)
def test_a_form_that_makes_no_sense_is_answered_where_it_was(
    box: Sandbox, form: str, told: dict[str, str]
) -> None:
    html = sent(box, f"/controls/{form}", status=400, **told)
    assert 'class="refusal"' in html
