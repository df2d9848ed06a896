"""Pages that runs leave for people: a folder per run, the newest so many of them.

Files are the owner's alone and are replaced whole. Names are made from ids of runs by the same
rule as the artifacts', so that neither can choose where a file lies. A page may name records; what
names a forgotten one is removed.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path

from include.crmsync.state.naming import file_name, is_file_name


class Pages:
    """The pages of every run, below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, sync_run: str, name: str, text: str) -> Path:
        """Write one page over its last version; where it lies."""
        path = self._folder / file_name(sync_run) / f"{file_name(name)}.html"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".partial")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return path

    def names(self, sync_run: str) -> list[str]:
        """The pages of one run."""
        folder = self._folder / file_name(sync_run)
        return sorted(path.stem for path in folder.glob("*.html")) if folder.is_dir() else []

    def find(self, run: str, name: str) -> Path | None:
        """A page by the names of its folder and file, None where there is none."""
        if not (is_file_name(run) and is_file_name(name)):
            return None
        path = self._folder / run / f"{name}.html"
        return path if path.is_file() else None

    def keep_newest(self, runs: int) -> int:
        """Remove the pages of all but the newest runs; of how many."""
        old = sorted(self._runs(), key=lambda one: one.stat().st_mtime, reverse=True)[runs:]
        for one in old:
            shutil.rmtree(one)
        return len(old)

    def forget(self, ids: Collection[str]) -> int:
        """Remove the pages of runs that name a record; of how many runs."""
        wanted = [re.compile(rb"(?<!\w)%b(?!\w)" % re.escape(id_.encode())) for id_ in ids if id_]
        named = [
            run
            for run in self._runs()
            if any(one.search(page.read_bytes()) for page in run.glob("*.html") for one in wanted)
        ]
        for run in named:
            shutil.rmtree(run)
        return len(named)

    def _runs(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [one for one in self._folder.iterdir() if one.is_dir()]
