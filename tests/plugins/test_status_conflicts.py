"""The pages of conflicts, and of the mapping and criteria."""

from dataclasses import replace
from pathlib import Path

import pytest

from include.crmsync.model.plan import Conflict
from include.crmsync.model.record import System
from include.crmsync.model.run import RunState, SyncRun, Trigger
from include.crmsync.model.schema import FieldSchema, Issue, Schema
from include.crmsync.state.commit import Commit
from include.crmsync.state.live import Kept
from tests.plugins.pages import HOSTILE, NOW, Visit

CONFLICT = Conflict(
    "contacts", "101", "003A", "title", "Base", "Chief", "Boss", System.SALESFORCE, "stands"
)
RUN = SyncRun("run-1", "contacts", Trigger.SCHEDULED, NOW)


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    return Visit.over(tmp_path)


def settle(visit: Visit, *conflicts: Conflict) -> None:
    run = replace(RUN, object_type=conflicts[0].object_type)
    visit.desk.journal.start(run)
    done = replace(run, state=RunState.DONE, finished_at=NOW)
    visit.desk.store.commit(Commit(run=done, conflicts=conflicts))


def test_no_conflict_yet(visit: Visit) -> None:
    assert "No conflict yet." in visit.client.get("/conflicts").text


def test_both_values_the_base_the_winner_and_why(visit: Visit) -> None:
    settle(visit, replace(CONFLICT, base=None, hubspot=HOSTILE))
    page = visit.client.get("/conflicts").text
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert '<td class="value won">Boss</td>' in page
    assert '<td class="value quiet">blank</td>' in page
    assert "contacts title: 1" in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("record=003A", True), ("record=101", True), ("record=7", False), ("field=name", False)],
)
def test_conflicts_by_record_and_field(visit: Visit, asked: str, *, shown: bool) -> None:
    settle(visit, CONFLICT)
    assert ("Boss" in visit.client.get(f"/conflicts?{asked}").text) is shown


def test_conflicts_are_paged(visit: Visit) -> None:
    settle(visit, *(replace(CONFLICT, hubspot_id=str(at)) for at in range(70)))
    first = visit.client.get("/conflicts").text
    older = first.split('rel="next" href="')[1].split('"')[0]
    second = visit.client.get(older).text
    assert first.count("/card/contacts/hubspot/") == 50
    assert second.count("/card/contacts/hubspot/") == 20


def test_the_mapping_in_words(visit: Visit) -> None:
    page = visit.client.get("/mapping/contacts").text
    assert "Contact.MailingCity" in page
    assert "Salesforce stands; HubSpot fills it only while it is blank." in page
    assert "It has no e-mail address" in page
    assert "No run has read the schemas yet." in page
    assert visit.client.get("/mapping").status_code == 200
    assert visit.client.get("/mapping/unknown").status_code == 404


def test_what_the_schemas_say(visit: Visit) -> None:
    title = FieldSchema("string/text", length=128, writable=False)
    schema = Schema({"contacts": {"jobtitle": title}})
    visit.desk.live.keep("contacts", System.HUBSPOT, Kept(schema, "x", NOW))
    issue = Issue("title", "hubspot", "read_only", "one_way", f"It is read-only {HOSTILE}")
    visit.desk.live.find(("contacts", "run-1"), [issue], NOW, None)
    page = visit.client.get("/mapping/contacts").text
    assert "contacts.jobtitle: string/text, up to 128, read-only" in page
    assert "It is read-only &lt;script&gt;" in page
