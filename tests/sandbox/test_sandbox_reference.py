"""The page about the sandbox: its generated parts say what settings and tests say."""

from pathlib import Path

import pytest

from scripts.sandbox_reference import behaviours_part, filled, main, settings_part


def test_the_page_is_what_would_be_written_now() -> None:
    assert main(["--check"]) == 0, "run python scripts/sandbox_reference.py"


def test_a_test_is_a_claim_of_its_modules_area(tmp_path: Path) -> None:
    module = tmp_path / "test_x.py"
    module.write_text('"""Doors: how they\nopen."""\n\ndef test_a_door_opens() -> None: ...\n')
    told = behaviours_part(tmp_path).splitlines()
    assert told[-1] == "| Doors: how they open | A door opens |"


def test_every_setting_is_listed_with_its_default() -> None:
    told = settings_part()
    assert "| `latency_seconds` | `0.0` |" in told
    assert "| `hubspot.page_sizes.search` | `200` |" in told
    assert "| `salesforce.page_size` | `2000` |" in told


def test_only_what_stands_between_the_markers_is_replaced() -> None:
    page = "a <!-- x: generated -->old<!-- x: end --> b"
    assert filled(page, {"x": "new"}) == "a <!-- x: generated -->\n\nnew\n\n<!-- x: end --> b"


@pytest.mark.parametrize("page", ["", "<!-- x: generated -->", "<!-- x: end -->" * 2])
def test_a_page_without_its_markers_is_no_page(page: str) -> None:
    with pytest.raises(ValueError, match="needs"):
        filled(page, {"x": "new"})
