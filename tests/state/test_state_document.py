"""docs/state.md describes every column there is, and its queries answer on both databases."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, Table, text

from include.crmsync.model.drift import Audit, Cause, Difference, Tally
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.state import schema
from include.crmsync.state.audits import Audits
from include.crmsync.state.commit import Commit, Retry
from include.crmsync.state.journal import Journal
from include.crmsync.state.store import Store
from include.crmsync.state.transaction import reading
from tests.builders import MORNING
from tests.state.values import (
    CONTACTS,
    HUBSPOT,
    action,
    conflict,
    ended,
    held,
    link,
    plan,
    sync_run,
)

DOCUMENT = (Path(__file__).parents[2] / "docs" / "state.md").read_text("utf-8")
QUERIES = re.findall(
    r"^\*\*([^*\n]+)\*\*[^`]*```sql\n(.*?)```", DOCUMENT, flags=re.DOTALL | re.MULTILINE
)
TABLES = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^##)", DOCUMENT, flags=re.DOTALL | re.MULTILINE))


@pytest.fixture
def busy_store(store: Store, journal: Journal, engine: Engine) -> Engine:
    """A store in which every question has an answer."""
    journal.start(sync_run())
    journal.record_plan("first", plan(action("a1"), action("a2", origin_id="hs2")))
    journal.intend("first", CONTACTS, ["a1", "a2"], MORNING)
    refused = Outcome("a1", Result.REJECTED, "sf1", code="STRING_TOO_LONG", message="too long")
    journal.record("first", CONTACTS, [refused], MORNING)
    store.commit(
        Commit(
            ended(),
            links=[link()],
            held=[held("hs1")],
            retries=[Retry(HUBSPOT, "hs1", "timed out")],
            conflicts=[conflict()],
        )
    )
    seen = Difference(1, "hs1", "sf1", "phone", Cause.DRIFT, "hubspot", "1", "2", "1")
    audits = Audits(engine)
    begun = audits.begin(Audit("audit", CONTACTS, MORNING))
    audits.add(begun, Tally(1, 1, 0, (seen,), {}, {}), MORNING)
    return engine


def test_every_query_is_read() -> None:
    assert len(QUERIES) == DOCUMENT.count("```sql") > 0


def test_every_table_and_no_other_is_described() -> None:
    assert set(TABLES) == {*schema.metadata.tables, schema.VERSION_TABLE}


@pytest.mark.parametrize("table", schema.metadata.tables.values(), ids=lambda table: table.name)
def test_every_column_and_no_other_is_described(table: Table) -> None:
    first_cells = re.findall(r"^\| (`.+?) \|", TABLES[table.name], flags=re.MULTILINE)
    described = [name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(described) == sorted(table.columns.keys())


@pytest.mark.parametrize(("question", "query"), QUERIES, ids=[one[0][:30] for one in QUERIES])
def test_every_query_answers(busy_store: Engine, question: str, query: str) -> None:
    named = {"record_id": "sf1" if "history" in question else "hs1", "since": str(MORNING)[:19]}
    asked = {name: one for name, one in named.items() if f":{name}" in query}
    with reading(busy_store) as connection:
        assert connection.execute(text(query), asked).all(), question


def test_why_a_record_is_missing_is_told_by_every_table_that_knows(busy_store: Engine) -> None:
    [query] = [query for question, query in QUERIES if question.startswith("Why is")]
    with reading(busy_store) as connection:
        told = {row.what for row in connection.execute(text(query), {"record_id": "hs1"})}
    assert told == {"held", "to be retried", "rejected"}
