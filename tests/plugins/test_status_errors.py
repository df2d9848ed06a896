"""The page of what is held: categories, kinds, records, filters, and the export."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from include.crmsync.engine.holds import WAITS_FOR_HOLDER
from include.crmsync.errors.catalogue import Category, catalogue
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System
from include.crmsync.model.run import RunState, SyncRun, Trigger
from include.crmsync.state.cells import harmless
from include.crmsync.state.commit import Commit
from sync_status.views.errors import CATEGORIES, LEFT_OUT, category_of
from tests.plugins.pages import HOSTILE, NOW, Visit

HELD = Held(System.HUBSPOT, "contacts", "101", "has_email", "email", None, "It has no e-mail.")
REFUSED = replace(
    HELD,
    record_id="102",
    criterion="accepted_by_salesforce",
    field="title",
    value=HOSTILE,
    reason="Salesforce said no",
    code="STRING_TOO_LONG",
)


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    return Visit.over(tmp_path)


def hold(visit: Visit, held: Sequence[Held], minutes: int = 0) -> None:
    """Have a run hold records that long ago."""
    at = NOW - timedelta(minutes=minutes)
    run = SyncRun(f"run-{minutes}", held[0].object_type, Trigger.SCHEDULED, at)
    visit.desk.journal.start(run)
    done = replace(run, state=RunState.DONE, finished_at=at)
    judged = {one: frozenset(row.record_id for row in held if row.system is one) for one in System}
    visit.desk.store.commit(Commit(run=done, held=held, judged=judged))


def test_nothing_held_is_good_news(visit: Visit) -> None:
    assert "every record that was read has synced" in visit.client.get("/errors").text


def test_every_category_with_its_count_and_remedy(visit: Visit) -> None:
    hold(visit, [HELD, REFUSED])
    page = visit.client.get("/errors").text
    assert 'Property values</strong> <span class="count">2</span>' in page
    assert catalogue()["salesforce"]["STRING_TOO_LONG"].title in page
    assert "It has no e-mail." in page


def test_what_came_from_a_crm_is_shown_as_text(visit: Visit) -> None:
    hold(visit, [replace(REFUSED, reason=HOSTILE, code=HOSTILE, record_id=HOSTILE, field=HOSTILE)])
    page = visit.client.get("/errors").text
    assert HOSTILE not in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", {"101", "102", "001A"}),
        ("?object_type=companies", {"001A"}),
        ("?system=salesforce", {"001A"}),
        ("?record=102", {"102"}),
        ("?category=property_values", {"101", "102"}),
        ("?category=left_out", {"001A"}),
        ("?category=limits", set()),
        ("?kind=accepted_by_salesforce:STRING_TOO_LONG", {"102"}),
        ("?kind=no_such:", set()),
    ],
)
def test_filters(visit: Visit, asked: str, shown: set[str]) -> None:
    hold(visit, [HELD, REFUSED])
    left_out = replace(
        HELD,
        system=System.SALESFORCE,
        object_type="companies",
        record_id="001A",
        criterion="creation_allowed",
    )
    hold(visit, [left_out], minutes=1)
    page = visit.client.get(f"/errors{asked}").text
    assert {id_ for id_ in ("101", "102", "001A") if f'value="{id_}" data-object' in page} == shown
    rows = list(csv.DictReader(io.StringIO(visit.client.get(f"/errors.csv{asked}").text)))
    assert {row["record_id"] for row in rows} == shown


@pytest.mark.parametrize("asked", ["category=nonsense", "system=sap", "after=x", "after=2026~1"])
def test_a_question_without_an_answer_is_refused(visit: Visit, asked: str) -> None:
    assert visit.client.get(f"/errors?{asked}").status_code == 422


def test_pages_follow_time_both_ways_and_lose_nobody(visit: Visit) -> None:
    for minutes in range(3):
        some = [replace(HELD, record_id=f"{minutes}-{one:02}") for one in range(50)]
        hold(visit, some, minutes)
    for asked, first in (("", "0-"), ("&oldest=true", "2-")):
        seen, address = list[str](), f"/errors?x=1{asked}"
        while address:
            page = visit.client.get(address).text
            seen += [part.split('"')[0] for part in page.split('name="ids" value="')[1:]]
            more = page.split('rel="next" href="')[1:]
            address = more[0].split('"')[0].replace("&amp;", "&") if more else ""
        assert len(seen) == len(set(seen)) == 150
        assert seen[0].startswith(first)


def test_an_export_holds_no_formula(visit: Visit) -> None:
    values = ["=1+1", "+1", "-1", "@x", "\t=x", "plain", " =x"]
    hold(visit, [replace(HELD, record_id=str(at), value=one) for at, one in enumerate(values)])
    answer = visit.client.get("/errors.csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    cells = {row["value"] for row in csv.DictReader(io.StringIO(answer.text))}
    assert cells == {"'=1+1", "'+1", "'-1", "'@x", "'\t=x", "plain", "' =x"}
    assert harmless("") == ""


def test_every_criterion_and_code_has_a_category() -> None:
    for system in System:
        for code in catalogue()[system]:
            found = category_of(system.other, f"accepted_by_{system}", code)
            assert found == catalogue()[system][code].category
    assert category_of(System.HUBSPOT, WAITS_FOR_HOLDER, "") == Category.ASSOCIATIONS
    assert category_of(System.HUBSPOT, "on_inclusion_list", "") == LEFT_OUT
    assert category_of(System.HUBSPOT, "of_somebody_else", "") == Category.PROPERTY_VALUES
    assert len(CATEGORIES) == 9


def test_who_may_not_trigger_is_told_so(visit: Visit) -> None:
    hold(visit, [HELD])
    assert "disabled" in visit.client.get("/errors").text
    visit.triggers = frozenset({"crm_retry"})
    assert "disabled" not in visit.client.get("/errors").text
