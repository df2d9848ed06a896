"""The pages over a state of their own, through FastAPI's test client, without Airflow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import HTTPException
from fastapi.testclient import TestClient

from include.crmsync.model.card import Answer, Now
from include.crmsync.model.record import System
from include.crmsync.pipeline.card import Key
from include.crmsync.pipeline.card_find import Found
from include.crmsync.pipeline.cards import Cards
from include.crmsync.pipeline.settings import Settings
from include.crmsync.pipeline.workshop import Workshop
from sync_status.access import Access, Schedule
from sync_status.app import create
from sync_status.desk import Desk

NOW = datetime(2026, 11, 24, 9, 20, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script>\"'&{{7*7}}"
"""What anybody may write into a field of a CRM."""


class Silent(Cards):
    """CRMs that nobody reaches: what the state remembers is all there is."""

    def now(self, object_type: str, key: Key) -> Now:  # noqa: ARG002
        return Now({one: Answer(trouble="Not asked.") for one in System}, trouble="Not asked.")

    def find(self, text: str, key: Key | None, object_types: Sequence[str]) -> Found:  # noqa: ARG002
        return Found((), (), asked=False)


@dataclass
class Visit:
    """Whoever looks at the pages, and what is behind them."""

    desk: Desk
    schedule: Schedule = field(default_factory=lambda: Schedule(known=True, next_at=NOW))
    user: str | None = "somebody"
    """None: nobody is signed in."""
    triggers: frozenset[str] = frozenset()
    """The DAGs that the user may trigger."""

    @classmethod
    def over(cls, folder: Path) -> "Visit":
        """The pages over an empty state."""
        settings = Settings(f"sqlite:///{folder / 'state.db'}", folder / "artifacts", None)
        desk = Desk(settings, now=lambda: NOW)
        desk.cards = Silent(lambda: Workshop(settings, {}, lambda: NOW), dict)
        return cls(desk)

    @property
    def client(self) -> TestClient:
        access = Access(
            self._see,
            lambda _, dag: dag in self.triggers,
            lambda: self.schedule,
            dag_of=lambda run: "crm_sync" if run.startswith("scheduled__") else None,
        )
        return TestClient(create(access, self.desk), follow_redirects=False)

    def _see(self) -> Any:
        if self.user is None:
            raise HTTPException(401, "Not authenticated")
        return self.user
