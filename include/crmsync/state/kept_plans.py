"""Plans that are kept: a folder for each, with what applying it takes and files for people.

A plan that is made again replaces the one of the same id, which has the very same actions. Files
hold values of records: they are the owner's alone, go when they are old, and a plan that names
somebody who is forgotten goes as a whole.
"""

import json
import re
import shutil
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from include.crmsync.errors import StateError
from include.crmsync.model.kept_plan import About, Applied, KeptPlan, about
from include.crmsync.state.encoding import decoded, pieces
from include.crmsync.state.files import write_whole

Document = TypeVar("Document")

PLAN, ABOUT, APPLIED = "kept.json", "about.json", "applied.json"
_ID = re.compile(r"[0-9a-f]{16}")


class KeptPlans:
    """Every plan that is kept, below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folder(self, plan: str) -> Path:
        """Where the files of a plan lie, whether or not it is kept."""
        if _ID.fullmatch(plan) is None:
            raise StateError(f"{plan[:40]!r} is no plan's id: an id is 16 of 0-9 and a-f")
        return self._folder / plan

    def save(self, kept: KeptPlan, files: Mapping[str, Iterable[str]]) -> Path:
        """Keep a plan with its files; the folder that they lie in."""
        folder = self.folder(kept.id)
        (folder / APPLIED).unlink(missing_ok=True)  # made anew, it may be applied anew
        write_whole(folder / PLAN, pieces(kept))
        for name, text in files.items():
            write_whole(folder / name, text)
        write_whole(folder / ABOUT, pieces(about(kept)))
        return folder

    def load(self, plan: str) -> KeptPlan | None:
        """A plan in full; None: there is none of this id."""
        return self._read(self.folder(plan) / PLAN, KeptPlan)

    def has(self, plan: str) -> bool:
        """Whether a plan of this id is kept."""
        return (self.folder(plan) / ABOUT).is_file()

    def about(self, plan: str) -> About | None:
        """What is said of a plan; None: there is none of this id."""
        return self._read(self.folder(plan) / ABOUT, About)

    def applied(self, plan: str) -> Applied | None:
        """How a plan was applied; None: it was not yet."""
        return self._read(self.folder(plan) / APPLIED, Applied)

    def settle(self, plan: str, applied: Applied) -> None:
        """Say that a plan was applied; one that is kept no more is left alone."""
        if self.has(plan):
            write_whole(self.folder(plan) / APPLIED, pieces(applied))

    def all(self) -> list[About]:
        """Every plan that is kept and that this version can read, the newest first."""
        found = [self._known(one) for one in self._folders()]
        known = [one for one in found if one is not None]
        return sorted(known, key=lambda one: (one.made_at, one.id), reverse=True)

    def forget_before(self, moment: datetime) -> int:
        """Remove plans that were made before; how many."""
        return self._remove(one for one in self._folders() if self._made_at(one) < moment)

    def forget_doubted(self, object_type: str, keep: int) -> int:
        """Remove plans that the guard stopped, but for so many of the newest; how many."""
        doubted = [one for one in self.all() if one.doubts and one.object_type == object_type]
        return self._remove(self.folder(one.id) for one in doubted[keep:])

    def forget(self, ids: Collection[str]) -> int:
        """Remove plans that name a record; how many."""
        named = [json.dumps(id_).encode("ascii") for id_ in ids]
        return self._remove(one for one in self._folders() if _names(one, named))

    def _folders(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [one for one in self._folder.iterdir() if one.is_dir() and _ID.fullmatch(one.name)]

    def _made_at(self, folder: Path) -> datetime:
        known = self._known(folder)
        if known is not None:
            return known.made_at
        # Whoever was to keep it died before it was whole, or was of another version.
        return datetime.fromtimestamp(folder.lstat().st_mtime).astimezone()

    def _known(self, folder: Path) -> About | None:
        with suppress(StateError):
            return self._read(folder / ABOUT, About)
        return None

    def _remove(self, folders: Iterable[Path]) -> int:
        gone = list(folders)
        for one in gone:
            shutil.rmtree(one)
        return len(gone)

    def _read(self, path: Path, type_: type[Document]) -> Document | None:
        try:
            return decoded(path.read_bytes(), type_)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise StateError(
                f"the plan {path.parent.name} was kept by another version: {path.name} cannot be"
                " read. Make it anew with a dry run."
            ) from None


def _names(folder: Path, named: Collection[bytes]) -> bool:
    contents = (file.read_bytes() for file in folder.glob("*.json"))
    return any(one in content for content in contents for one in named)
