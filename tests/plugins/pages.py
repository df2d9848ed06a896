"""The pages over a state of their own, through FastAPI's test client, without Airflow."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import HTTPException
from fastapi.testclient import TestClient

from include.crmsync.pipeline.settings import Settings
from sync_status.access import Access, Schedule
from sync_status.app import create
from sync_status.desk import Desk

NOW = datetime(2026, 11, 24, 9, 20, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script>\"'&{{7*7}}"
"""What anybody may write into a field of a CRM."""


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
        return cls(Desk(settings, now=lambda: NOW))

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
