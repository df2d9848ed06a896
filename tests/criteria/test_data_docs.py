"""Data Docs: ids and counts, never a value; one file that needs nothing from anywhere."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from include.crmsync.criteria.data_docs import page
from include.crmsync.criteria.judge import examine
from include.crmsync.criteria.report import SHOWN, Report, report
from include.crmsync.criteria.suites import load
from include.crmsync.model.record import System
from tests.criteria.frames import frame

H = System.HUBSPOT
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
CANARY = "canary-7f3a"


def told(*records: dict[str, Any]) -> Report:
    return report(examine(frame("contacts", H, *records), load("contacts", H)))


def shown(*reports: Report) -> str:
    headings = {f"heading {at}": one for at, one in enumerate(reports)}
    return page("Data Docs: contacts", "run-1", NOON, headings, ["companies", "contacts"])


def test_failing_records_are_counted_and_named_by_id() -> None:
    found = told({"email": None}, {"email": "bad"}, {})
    counts = {line.criterion: (line.judged, line.failing, line.ids) for line in found.failing}
    assert counts == {"has_email": (3, 1, ("1",)), "email_is_valid": (3, 1, ("2",))}
    assert "3</strong> records judged" in shown(found)


def test_no_value_of_a_record_is_in_it() -> None:
    bad = {"email": f"{CANARY}@", "last_name": None, "phone": CANARY, "on_inclusion_list": CANARY}
    text = shown(told(bad, bad))
    assert CANARY not in text
    assert CANARY not in str(told(bad))
    assert "phone_has_seven_digits" in text


def test_it_asks_for_nothing_from_anywhere_and_runs_nothing() -> None:
    text = shown(told({"email": None}))
    assert not re.search(r"https?://|//[a-z]|<script|<link|<img|@import|url\(", text)
    assert "default-src 'none'" in text
    assert "<style>" in text


def test_what_comes_from_outside_is_escaped() -> None:
    found = told({"email": None})
    hostile = "<script>alert(1)</script>"
    line = replace(found.failing[0], reason=hostile, ids=(hostile,), asks=hostile)
    text = page(hostile, hostile, NOON, {hostile: replace(found, lines=(line,))}, ["contacts"])
    assert hostile not in text
    assert text.count("&lt;script&gt;") == 7


def test_of_very_many_failing_records_some_are_named() -> None:
    found = told(*[{"email": None}] * (SHOWN + 5))
    assert len(found.failing[0].ids) == SHOWN
    assert f"and {5} more" in shown(found)


def test_a_run_in_which_nothing_was_judged_says_so() -> None:
    assert "Nothing was judged" in shown()
