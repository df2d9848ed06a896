"""Pages of runs: found by name alone, the newest kept, gone with whom they name."""

import os
from pathlib import Path

import pytest

from include.crmsync.state.naming import file_name
from include.crmsync.state.pages import Pages

RUN = "scheduled__2026-11-24T09:15:00+00:00"


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    return Pages(tmp_path / "pages")


def test_a_page_is_found_by_its_runs_file_name(pages: Pages) -> None:
    path = pages.save(RUN, "contacts", "first")
    assert pages.save(RUN, "contacts", "second") == path
    assert pages.find(file_name(RUN), "contacts") == path
    assert path.read_text("utf-8") == "second"
    assert pages.names(RUN) == ["contacts"]
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["../secret", "..", ".hidden", "a/b", "", "no-such-run", "%2e%2e/x"]
)
def test_no_name_leads_out_of_the_folder(pages: Pages, name: str) -> None:
    pages.save(RUN, "contacts", "x")
    assert pages.find(name, "contacts") is None
    assert pages.find(file_name(RUN), name) is None


def test_the_newest_runs_are_kept(pages: Pages) -> None:
    for at in range(5):
        path = pages.save(f"run-{at}", "contacts", "x")
        os.utime(path.parent, (at, at))
    assert pages.keep_newest(2) == 3
    assert [bool(pages.names(f"run-{at}")) for at in range(5)] == [False] * 3 + [True] * 2


def test_pages_that_name_somebody_are_removed_and_no_others(pages: Pages) -> None:
    pages.save("a", "contacts", "<span>101 102</span>")
    pages.save("b", "contacts", "<span>1012</span>")
    assert pages.forget(["101", ""]) == 1
    assert (pages.names("a"), pages.names("b")) == ([], ["contacts"])


def test_half_a_character_is_written_as_a_sign_for_one(pages: Pages) -> None:
    assert pages.save("a", "contacts", "\ud800").read_text("utf-8") == "?"
