"""The reference pages say what the files say, and are caught when they do not."""

from pathlib import Path

import pytest

from include.crmsync.criteria.suites import load
from include.crmsync.mappings.loader import load_all
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from scripts import docs_reference


def test_the_pages_are_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert docs_reference.main(["--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("page", ["criteria.md", "mappings.md"])
def test_a_stale_page_is_named(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(docs_reference, "ROOT", tmp_path)
    assert docs_reference.main([]) == 0
    assert docs_reference.main(["--check"]) == 0
    path = tmp_path / "docs" / page
    path.write_text(path.read_text(encoding="utf-8") + "x", encoding="utf-8")
    assert docs_reference.main(["--check"]) == 1
    assert capsys.readouterr().out.startswith(f"docs/{page} is stale: run python scripts/")


def test_every_criterion_is_on_the_page_with_its_words() -> None:
    mappings = load_all()
    page = docs_reference.criteria_page(mappings)
    for object_type in mappings:
        for system in System:
            for one in load(object_type, system).expectations:
                assert f"| `{one.criterion}` |" in page
                assert one.reason in page


def test_every_mapped_field_and_rule_is_on_the_page() -> None:
    page = docs_reference.mappings_page(load_all())
    assert all(f"| `{rule}` |" in page for rule in SyncRule)
    for mapping in load_all().values():
        for one in mapping.fields:
            assert f"| {one.name} | `{one.hubspot}` |" in page
