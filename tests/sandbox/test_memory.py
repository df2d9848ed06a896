"""A database in a file: whose it is, what it remembers, when it is refused."""

import sqlite3
from pathlib import Path

import pytest

from include.sandbox.assembly import assemble
from include.sandbox.memory import Unusable, open_file, recall, remember


def test_what_is_remembered_is_recalled_from_the_file(tmp_path: Path) -> None:
    database = open_file(tmp_path / "a.db", "one")
    remember(database, "clock", 5)
    remember(database, "clock", 6)
    database.close()
    again = open_file(tmp_path / "a.db", "one")
    assert (recall(again, "clock"), recall(again, "other")) == (6, None)
    again.close()


def test_a_file_of_another_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    open_file(path, "older").close()
    with pytest.raises(Unusable, match="another version of the sandbox"):
        assemble(str(path))
    open_file(path, "older").close()


def test_a_database_that_is_no_sandbox_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (name TEXT)")
    connection.close()
    with pytest.raises(Unusable, match="another version"):
        assemble(str(path))


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, whatever it is called" * 40)
    with pytest.raises(Unusable, match=r"notes\.txt"):
        assemble(str(path))
    assert path.read_text().startswith("not a database")


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    path.touch()
    box = assemble(str(path))
    box.fill("empty", 1)
    assert box.seed == "empty"
    box.close()
