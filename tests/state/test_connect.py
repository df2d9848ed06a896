"""Opening the store brings it to the newest schema, whoever comes first, and never back."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from include.crmsync.errors import ConfigError, StateError, Unreachable
from include.crmsync.state import schema
from include.crmsync.state.connect import open_engine
from include.crmsync.state.transaction import reading, writing
from include.crmsync.state.upgrade import alembic_config
from tests.state.processes import ROOT, process, said, tell


def version(engine: Engine) -> str | None:
    with reading(engine) as connection:
        return schema.stored_version(connection)


def tables(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(inspect(connection).get_table_names())


def set_version(engine: Engine, to: str) -> None:
    with writing(engine) as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = :to"), {"to": to})


def test_an_empty_database_gets_every_table(empty_url: str) -> None:
    engine = open_engine(empty_url)
    assert tables(engine) == {*schema.metadata.tables, schema.VERSION_TABLE}
    assert version(engine) == schema.HEAD
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_expects(engine: Engine) -> None:
    with reading(engine) as connection:
        options = {"version_table": schema.VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []


def test_the_code_knows_the_newest_migration(engine: Engine) -> None:
    with reading(engine) as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
    assert scripts.get_current_head() == schema.HEAD


def test_the_first_migration_can_be_taken_back(engine: Engine) -> None:
    with writing(engine) as connection:
        command.downgrade(alembic_config(connection), "base")
    assert tables(engine) == {schema.VERSION_TABLE}


def test_several_processes_may_open_a_new_store_at_once(empty_url: str) -> None:
    with ExitStack() as stack:
        others = [stack.enter_context(process("open", empty_url)) for _ in range(4)]
        for other in others:
            tell(other)
        assert [said(other) for other in others] == ["opened"] * 4
    engine = open_engine(empty_url)
    assert version(engine) == schema.HEAD
    engine.dispose()


def test_what_is_remembered_survives_opening_again(url: str) -> None:
    for expected in (0, 1):
        engine = open_engine(url)
        with writing(engine) as connection:
            assert len(connection.execute(text("SELECT * FROM sync_run")).all()) == expected
            connection.execute(
                text(
                    "INSERT INTO sync_run (id, object_type, attempt, trigger, dry_run, state,"
                    " started_at, counts, note) VALUES ('r' || :n, 'contacts', 1, 'manual', false,"
                    " 'done', '2026-01-05 08:00:00.000000', '{}', '')"
                ),
                {"n": str(expected)},
            )
        engine.dispose()


def test_a_server_finds_a_store_that_was_put_in_the_place_of_another(tmp_path: Path) -> None:
    here, there = tmp_path / "state.db", tmp_path / "restored.db"
    for path in (here, there):
        open_engine(f"sqlite:///{path}").dispose()
    server = open_engine(f"sqlite:///{here}", lasting=True)
    assert version(server) == schema.HEAD
    restored = open_engine(f"sqlite:///{there}")
    set_version(restored, "9998")
    restored.dispose()
    there.replace(here)
    assert version(server) == "9998"
    server.dispose()


def test_a_step_reads_the_files_schema_once(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'state.db'}")
    opened: list[object] = []
    event.listen(engine, "connect", lambda connection, _: opened.append(connection))
    engine.dispose()
    for _ in range(3):
        assert version(engine) == schema.HEAD
        with writing(engine) as outer, reading(engine) as inner:
            assert outer.connection.dbapi_connection is not inner.connection.dbapi_connection
    assert len(opened) == 1 + 3  # the one that is kept, and a second where one does not do
    engine.dispose()


def test_a_newer_store_is_refused_and_left_alone(url: str) -> None:
    engine = open_engine(url)
    set_version(engine, "9999")
    with pytest.raises(StateError, match=r"schema 9999.*Deploy the version of crmsync") as caught:
        open_engine(url)
    assert not caught.value.retry
    assert version(engine) == "9999"
    engine.dispose()


def test_an_up_to_date_store_opens_without_importing_alembic(url: str) -> None:
    code = (
        "import sys; from include.crmsync.state.connect import open_engine;"
        f"open_engine({url!r}).dispose(); print('alembic' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"


def test_upgrading_says_nothing_even_where_everything_is_logged(empty_url: str) -> None:
    code = (
        "import logging; logging.basicConfig(level=logging.INFO);"
        "from include.crmsync.state.connect import open_engine;"
        f"open_engine({empty_url!r}).dispose()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout + ran.stderr == ""


def begin_and_fail(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = 'half'"))
        connection.execute(text("SELECT * FROM no_such_table"))


def test_a_transaction_that_raises_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(DBAPIError):
        begin_and_fail(engine)
    assert version(engine) == schema.HEAD


def test_the_file_and_its_folder_are_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "store.db"
    open_engine(f"sqlite:///{path}").dispose()
    modes = {one.name: one.stat().st_mode & 0o777 for one in [path.parent, *path.parent.iterdir()]}
    assert modes.pop("new folder") == 0o700
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "mysql://ada:secret@db/crm", "crmsync.db", ""],
)
def test_a_url_of_another_kind_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigError, match="CRMSYNC_STATE") as caught:
        open_engine(url)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database" * 100)
    with pytest.raises(StateError, match="cannot be opened"):
        open_engine(f"sqlite:///{path}")


def test_a_folder_in_the_place_of_a_file_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be made or written"):
        open_engine(f"sqlite:///{tmp_path}")


def test_a_server_that_does_not_answer_may_answer_later() -> None:
    with pytest.raises(Unreachable, match="did not answer") as caught:
        open_engine("postgresql://ada:secret@127.0.0.1:9/crm")
    assert caught.value.retry
    assert "secret" not in str(caught.value)


def test_a_database_error_does_not_repeat_the_values_it_was_given(engine: Engine) -> None:
    row = {"system": "hubspot", "account_id": "canary", "connection": "canary"}
    with pytest.raises(DBAPIError) as caught, writing(engine) as connection:
        connection.execute(schema.account.insert(), [row, row])
    assert "canary" not in str(caught.value)
