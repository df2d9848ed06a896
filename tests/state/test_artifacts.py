"""An artifact is whole or absent, never outside its folder, and comes back as it was saved."""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from include.crmsync.errors import StateError
from include.crmsync.pipeline.documents import Members, People
from include.crmsync.state.artifacts import Artifacts
from include.crmsync.state.naming import file_name
from tests.state.documents import documents, text

AIRFLOWS = "scheduled__2026-01-01T00:00:00+00:00"
ADA = Members(frozenset({"ada"}))
GRACE = Members(frozenset({"grace"}))
HOSTILE = ["", ".", "..", "../../etc/passwd", "/etc/passwd", "a/b", "a\\b", "\x00", "-rf", "~", "%"]


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(tmp_path / "artifacts")


def files(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


@given(document=documents)
def test_every_document_comes_back_as_it_was_saved(document: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        artifacts = Artifacts(Path(folder))
        reference = artifacts.save("run", "contacts", "step", document)
        assert artifacts.load(reference, type(document)) == document


def test_a_reference_is_short_and_known_before_there_is_an_artifact(artifacts: Artifacts) -> None:
    expected = "scheduled__2026-01-01T00%3A00%3A00+00%3A00/contacts/extract.json"
    assert artifacts.reference(AIRFLOWS, "contacts", "extract") == expected
    assert artifacts.save(AIRFLOWS, "contacts", "extract", ADA) == expected


def test_saving_again_overwrites(artifacts: Artifacts, tmp_path: Path) -> None:
    reference = artifacts.save("run", "contacts", "members", ADA)
    assert artifacts.save("run", "contacts", "members", GRACE) == reference
    assert artifacts.load(reference, Members) == GRACE
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize(
    ("where", "call"),
    [pytest.param(os, "fsync", id="fsync"), pytest.param(Path, "replace", id="rename")],
)
def test_a_save_that_dies_leaves_the_last_artifact(
    artifacts: Artifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: object, call: str
) -> None:
    reference = artifacts.save("run", "contacts", "members", ADA)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(where, call, die)
    with pytest.raises(KeyboardInterrupt):
        artifacts.save("run", "contacts", "members", GRACE)
    monkeypatch.undo()
    assert artifacts.load(reference, Members) == ADA
    assert len(files(tmp_path)) == 1


def test_the_content_is_on_disk_before_it_has_its_name(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(file: int) -> None:
        done.append("fsync")
        fsync(file)

    def noted_replace(path: Path, target: Path) -> Path:
        done.append("name")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    artifacts.save("run", "contacts", "members", ADA)
    assert done[-3:] == ["fsync", "name", "fsync"]


def test_files_and_folders_are_the_owners_alone(artifacts: Artifacts, tmp_path: Path) -> None:
    artifacts.save("run", "contacts", "members", ADA)
    found = list(tmp_path.rglob("*"))
    assert {one.stat().st_mode & 0o777 for one in found if one.is_dir()} == {0o700}
    assert {one.stat().st_mode & 0o777 for one in found if one.is_file()} == {0o600}


def test_what_is_missing_is_named_with_what_to_do(artifacts: Artifacts) -> None:
    with pytest.raises(StateError, match=r"'run/contacts/plan.json'.*Clear the run's extract task"):
        artifacts.load("run/contacts/plan.json", Members)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"type": "Members"}'])
def test_what_cannot_be_read_is_named_without_its_content(
    artifacts: Artifacts, tmp_path: Path, content: str
) -> None:
    reference = artifacts.save("run", "contacts", "members", ADA)
    (tmp_path / "artifacts" / reference).write_text(content)
    with pytest.raises(StateError, match=f"{reference}.*holds no Members"):
        artifacts.load(reference, Members)


def test_a_document_of_another_type_is_refused(artifacts: Artifacts) -> None:
    reference = artifacts.save("run", "contacts", "members", ADA)
    with pytest.raises(StateError, match="holds no People") as caught:
        artifacts.load(reference, People)
    assert "ada" not in str(caught.value)


def test_a_document_of_another_version_is_refused_without_its_values(
    artifacts: Artifacts, tmp_path: Path
) -> None:
    reference = artifacts.save("run", "contacts", "members", ADA)
    path = tmp_path / "artifacts" / reference
    path.write_text(path.read_text().replace('["ada"]', '"ada"'))
    with pytest.raises(StateError, match="holds no Members") as caught:
        artifacts.load(reference, Members)
    assert "ada" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_the_folder(artifacts: Artifacts, tmp_path: Path, name: str) -> None:
    reference = artifacts.save(name, name, name, ADA)
    assert artifacts.load(reference, Members) == ADA
    [file] = files(tmp_path)
    assert file.resolve().parents[2] == tmp_path / "artifacts"


@pytest.mark.parametrize(
    "reference",
    ["../../secret.json", "/etc/passwd", "a/../b", "a/b", "a/b/c/d", "a//b", "a/.b/c", "a/b/\x00"],
)
def test_a_reference_that_no_step_gave_is_not_looked_up(
    artifacts: Artifacts, reference: str
) -> None:
    with pytest.raises(StateError, match="is no artifact's reference"):
        artifacts.load(reference, Members)


@given(first=text | st.text(min_size=100), second=text | st.text(min_size=100))
@example(first="x" * 121, second="x" * 122)
@example(first="x" * 120, second="x" * 121)
@example(first="", second="%")
@example(first=".x", second="%2Ex")
def test_two_texts_never_share_a_name(first: str, second: str) -> None:
    assert (file_name(first) == file_name(second)) == (first == second)


@given(name=text | st.text(min_size=100))
def test_every_name_can_be_a_file(name: str) -> None:
    made = file_name(name)
    assert 0 < len(f"{made}.json".encode()) <= 255
    assert not made.startswith(".")
    assert not set("/\\:\x00") & set(made)


def test_forgetting_takes_old_runs_and_leaves_newer_ones(
    artifacts: Artifacts, tmp_path: Path
) -> None:
    old = artifacts.save("old", "contacts", "members", ADA)
    mixed = artifacts.save("mixed", "contacts", "members", ADA)
    late = artifacts.save("mixed", "deals", "members", GRACE)
    for one in (tmp_path / "artifacts").rglob("*"):
        os.utime(one, (1_000, 1_000))
    os.utime(tmp_path / "artifacts" / late, (3_000, 3_000))
    assert artifacts.forget_before(datetime.fromtimestamp(2_000, UTC)) == 1
    assert artifacts.load(mixed, Members) == ADA
    with pytest.raises(StateError):
        artifacts.load(old, Members)


def test_there_may_be_nothing_to_forget(artifacts: Artifacts) -> None:
    assert artifacts.forget_before(datetime.now(UTC)) == 0


def test_steps_that_name_a_record_go_and_what_else_the_run_left_stays(artifacts: Artifacts) -> None:
    named = artifacts.save("run", "contacts", "extract", ADA)
    others = [
        artifacts.save("run", "contacts", "plan", GRACE),
        artifacts.save("run", "contacts", "request", ADA),
        artifacts.save("run", "all", "extract", ADA),
        artifacts.save("other", "contacts", "extract", ADA),
    ]
    assert artifacts.forget_steps("run", "contacts", ("extract", "plan", "load"), ["ada"]) == 1
    assert not artifacts.exists(named)
    assert all(map(artifacts.exists, others))
