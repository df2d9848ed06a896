"""Reading from a Salesforce that answers oddly, in part, or too late."""

import re
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.adapters.salesforce_records import (
    MODIFIED_BY,
    by_whom,
    is_alive,
    to_record,
)
from include.crmsync.adapters.soql import STAMP
from include.crmsync.errors import (
    Unavailable,
)
from include.crmsync.model.record_id import is_id
from tests.adapters.mappings import COMPANIES, CONTACTS
from tests.adapters.salesforce_script import (
    CUSTOM,
    LATE,
    MORNING,
    answering,
    gateway,
    page,
    queries,
    row,
    soql,
)
from tests.adapters.scripted import Answer, body_of


def test_each_kind_is_one_query_from_the_moment_on() -> None:
    crm, adapter = answering(lambda _: page())
    assert list(crm.changed_since(CONTACTS, MORNING)) == []
    contacts, leads = queries(adapter)
    condition = "SystemModstamp >= 2026-01-31T09:00:00.000Z"
    assert contacts.endswith(f" FROM Contact WHERE {condition} ORDER BY SystemModstamp, Id")
    assert leads.endswith(f" FROM Lead WHERE {condition} ORDER BY SystemModstamp, Id")


def test_changes_are_asked_of_the_living_and_the_dead_and_everything_of_the_living() -> None:
    crm, adapter = answering(lambda _: page())
    list(crm.changed_since(CONTACTS, MORNING))
    assert all("/queryAll" in str(one.url) for one in adapter.sent if "q=" in str(one.url))
    adapter.sent.clear()
    list(crm.changed_since(CONTACTS, None))
    _, leads = queries(adapter)
    assert " FROM Lead WHERE IsConverted = false " in leads
    assert not any("/queryAll" in str(one.url) for one in adapter.sent)


def test_pages_are_followed_to_their_end_and_kinds_merged_by_time() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        if "/query/01g-5" in (request.url or ""):
            return page(row("003B", "2026-01-31T09:00:03.000+0000"))
        if "FROM Lead" in soql(request):
            return page(row("00QA", "2026-01-31T09:00:01.000+0000"), row("00QB", LATE))
        return page(row("003A"), more="/services/data/v62.0/query/01g-5")

    crm, _ = answering(script)
    found = [one.id for one in crm.changed_since(CONTACTS, MORNING)]
    assert found == ["003A", "00QA", "003B", "00QB"]


def test_an_empty_page_that_is_not_done_is_followed() -> None:
    crm, _ = gateway(page(more="/services/data/v62.0/query/01g-5"), page(row("001A")))
    assert [one.id for one in crm.changed_since(COMPANIES, MORNING)] == ["001A"]


@pytest.mark.parametrize("answer", [{}, {"records": None}, [], [{"records": []}]])
def test_an_answer_of_another_shape_is_never_an_empty_one(answer: Any) -> None:
    crm, _ = answering(lambda _: (200, answer))
    with pytest.raises(Unavailable):
        list(crm.changed_since(COMPANIES, MORNING))
    with pytest.raises(Unavailable):
        list(crm.read(COMPANIES, ["001000000000001"]))


def test_what_could_be_no_id_or_another_kinds_is_not_asked_for() -> None:
    good, lead = "003000000000001", "00Q000000000001"
    crm, adapter = answering(lambda _: (200, [None]))
    asked = [good, good, lead, "001000000000001", "x", "", "003", f"{good}ZZZ", "003'00000000001"]
    assert list(crm.read(CONTACTS, asked)) == []
    assert [body_of(sent)["ids"] for sent in adapter.sent[1:]] == [[good], [lead]]


def test_what_was_deleted_or_converted_is_left_out() -> None:
    assert is_alive({"Id": "x"})
    assert not any(map(is_alive, [None, {}, {"IsDeleted": True}, {"IsConverted": True}]))


def test_an_orgs_own_object_is_known_by_its_prefix_and_asked_about_once() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        if (request.url or "").endswith("/describe"):
            return 200, {"keyPrefix": "a01"}
        return 200, [row("a01000000000001")]

    crm, adapter = answering(script)
    for _ in range(2):
        assert [one.id for one in crm.read(CUSTOM, ["a01000000000001"])] == ["a01000000000001"]
    assert sum((sent.url or "").endswith("/describe") for sent in adapter.sent) == 1


REAL_IDS = ["001Sb0000000001IAA", "005Sd000000000BIAQ", "00GSd0000000001MAA"]


@pytest.mark.parametrize("id_", REAL_IDS)
def test_an_id_is_an_id_with_and_without_its_check_letters(id_: str) -> None:
    assert is_id(id_)
    assert is_id(id_[:15])
    assert not is_id(id_.lower())
    assert not is_id(id_[:16])
    assert not is_id(id_ + "A")


@given(text=st.text(max_size=20))
def test_no_other_text_is_an_id(text: str) -> None:
    assert not is_id(text) or re.fullmatch(r"[A-Za-z0-9]{15}([A-Z0-5]{3})?", text)


def test_blanks_are_not_looked_for() -> None:
    crm, adapter = answering(lambda _: page())
    assert list(crm.find(CONTACTS, ["", " "])) == []
    assert crm.find_by_key(CONTACTS, [""]) == {}
    assert len(adapter.sent) == 1


def test_a_value_cannot_leave_its_literal() -> None:
    crm, adapter = answering(lambda _: page())
    assert list(crm.find(CONTACTS, ["x') OR Id != null --"])) == []
    assert r"Email IN ('x\') OR Id != null --') " in queries(adapter)[0]


def test_a_query_fits_its_address_however_many_values() -> None:
    crm, adapter = answering(lambda _: page())
    assert list(crm.find(CONTACTS, [f"{n}é@x.example.com" for n in range(2000)])) == []
    assert all(len(sent.url or "") < 15_000 for sent in adapter.sent)


@pytest.mark.parametrize(
    ("user", "ours"), [("0055g00000USERS", True), ("0055g00000OTHER", False), (None, None)]
)
def test_who_modified_a_record_last_is_told_from_the_logged_in_user(
    user: str | None, ours: bool | None
) -> None:
    row = {"Id": "0035g00000ABCDE", STAMP: LATE, MODIFIED_BY: user}
    record = by_whom(to_record(CONTACTS, "Contact", row), "0055g00000USERS")
    assert record.modified_by_us is ours
    assert MODIFIED_BY not in record.raw
