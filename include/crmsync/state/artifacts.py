"""What a step leaves for the next: one JSON file per run, object type and step.

A reference is a short relative path; steps pass it on and never the document itself. A file
appears whole or not at all: it is written under another name, forced to disk and renamed, so
that a killed step leaves the last good one. Files hold personal data and are the owner's alone.
What cannot be read back is a StateError that names the reference, never a value inside it.
"""

import json
import shutil
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from include.crmsync.errors import StateError
from include.crmsync.state.encoding import decoded, pieces
from include.crmsync.state.files import write_whole
from include.crmsync.state.naming import file_name, is_file_name

Document = TypeVar("Document")
_DEPTH = 3
"""Parts of a reference: sync run, object type, step."""
PLANS = "@plans"
"""The folder of kept plans, beside those of runs; no run's is called that."""


class Artifacts:
    """The artifacts of every run, below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reference(self, sync_run: str, object_type: str, step: str) -> str:
        """Where the artifact of a step lies, relative to the folder, whether or not it exists."""
        return f"{file_name(sync_run)}/{file_name(object_type)}/{file_name(step)}.json"

    def save(self, sync_run: str, object_type: str, step: str, document: object) -> str:
        """Write one document over its last version; return its reference."""
        reference = self.reference(sync_run, object_type, step)
        write_whole(self._path(reference), pieces(document))
        return reference

    def save_text(self, sync_run: str, object_type: str, name: str, content: Iterable[str]) -> Path:
        """Write a file for people beside the documents of a run; where it lies."""
        parts = [file_name(part) for part in (sync_run, object_type)]
        path = self._folder.joinpath(*parts, name)
        write_whole(path, content)
        return path

    def forget_run(self, sync_run: str) -> None:
        """Remove the artifacts of one run; one that has none is fine."""
        shutil.rmtree(self._folder / file_name(sync_run), ignore_errors=True)

    def exists(self, reference: str) -> bool:
        """Whether a document was ever saved there."""
        return self._path(reference).is_file()

    def load(self, reference: str, type_: type[Document]) -> Document:
        """Read one document; raises StateError when it is missing or is none of this type."""
        try:
            content = self._path(reference).read_bytes()
        except FileNotFoundError:
            raise StateError(
                f"there is no artifact {reference!r}: those of a run that is over go with age, and"
                " with somebody who is forgotten. Clear the run's extract task, so that every step"
                " writes its own again; if workers do not share a disk, point CRMSYNC_ARTIFACTS at"
                " a folder that they do."
            ) from None
        return _decode(content, type_, reference)

    def forget_before(self, moment: datetime) -> int:
        """Remove the artifacts of runs that wrote none since; return how many runs."""
        old = [run for run in _folders(self._folder) if _last_written(run) < moment.timestamp()]
        for run in old:
            shutil.rmtree(run)
        return len(old)

    def forget(self, ids: Collection[str], *, keep: str = "") -> int:
        """Remove the artifacts of runs, but for one, that name a record; return how many runs."""
        named = [json.dumps(id_).encode("ascii") for id_ in ids]
        kept = file_name(keep) if keep else ""
        runs = [run for run in _folders(self._folder) if run.name != kept and _names(run, named)]
        for run in runs:
            shutil.rmtree(run)
        return len(runs)

    def forget_steps(
        self, sync_run: str, object_type: str, steps: Collection[str], ids: Collection[str]
    ) -> int:
        """Remove those of a run's artifacts of these steps that name a record; how many."""
        named = [json.dumps(id_).encode("ascii") for id_ in ids]
        paths = [self._path(self.reference(sync_run, object_type, one)) for one in steps]
        gone = [one for one in paths if one.is_file() and _has(one, named)]
        for path in gone:
            path.unlink()
        return len(gone)

    def _path(self, reference: str) -> Path:
        parts = reference.split("/")
        if len(parts) != _DEPTH or not all(is_file_name(part) for part in parts):
            raise StateError(f"{reference!r} is no artifact's reference: pass on what a step gave")
        return self._folder.joinpath(*parts)


def _decode(content: bytes, type_: type[Document], reference: str) -> Document:
    with suppress(ValueError, KeyError, TypeError):
        return decoded(content, type_)
    raise StateError(
        f"the artifact {reference!r} holds no {type_.__name__} that this version can read. Clear"
        " the run's extract task, so that every step writes its own again."
    )


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [one for one in folder.iterdir() if one.is_dir() and one.name != PLANS]


def _names(run: Path, named: Collection[bytes]) -> bool:
    return any(_has(file, named) for file in run.rglob("*.json"))


def _has(file: Path, named: Collection[bytes]) -> bool:
    content = file.read_bytes()
    return any(one in content for one in named)


def _last_written(run: Path) -> float:
    return max(one.lstat().st_mtime for one in (run, *run.rglob("*")))
