"""Artifacts in memory: the documents themselves, which are values and never change.

Turning them into text and back costs more than a small run. It is done only where somebody looks
for something in them, by the code that would write the files.
"""

import json
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from include.crmsync.errors import StateError
from include.crmsync.state.artifacts import Artifacts
from include.crmsync.state.encoding import pieces
from include.crmsync.state.naming import file_name

Document = TypeVar("Document")


class MemoryArtifacts(Artifacts):
    """What the steps of every run have left."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"))
        self.documents: dict[str, Any] = {}
        self.forgotten: set[str] = set()
        """Runs whose artifacts went with somebody who was erased."""
        self.passing: Callable[[], AbstractContextManager[None]] = nullcontext

    def save(self, sync_run: str, object_type: str, step: str, document: object) -> str:
        reference = self.reference(sync_run, object_type, step)
        with self.passing():
            self.documents[reference] = document
        return reference

    def exists(self, reference: str) -> bool:
        return reference in self.documents

    def load(self, reference: str, type_: type[Document]) -> Document:
        found = self.documents.get(reference)
        if not isinstance(found, type_):
            raise StateError(f"there is no artifact {reference!r}")
        return found

    def forget_before(self, moment: datetime) -> int:  # noqa: ARG002  histories are short
        return 0

    def forget(self, ids: Collection[str], *, keep: str = "") -> int:
        named = [json.dumps(id_) for id_ in ids]
        kept = file_name(keep) if keep else ""
        runs = {
            reference.split("/", 1)[0]
            for reference in self.documents
            if any(name in self.text(reference) for name in named)
        } - {kept}
        for reference in [one for one in self.documents if one.split("/", 1)[0] in runs]:
            del self.documents[reference]
        self.forgotten |= runs
        return len(runs)

    def forget_steps(
        self, sync_run: str, object_type: str, steps: Collection[str], ids: Collection[str]
    ) -> int:
        named = [json.dumps(id_) for id_ in ids]
        known = (self.reference(sync_run, object_type, one) for one in steps)
        there = [one for one in known if one in self.documents]
        gone = [one for one in there if any(name in self.text(one) for name in named)]
        for reference in gone:
            del self.documents[reference]
        return len(gone)

    def text(self, reference: str) -> str:
        """An artifact as its file would hold it."""
        return "".join(pieces(self.documents[reference]))
