"""Who may see the pages, and what they may start.

The pages ask these questions and never Airflow itself, so that they can be tested without one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request

OURS = (
    "crm_sync",
    "manual_sync_companies",
    "manual_sync_contacts",
    "manual_sync_deals",
    "manual_sync_list",
    "crm_retry",
    "crm_undo",
    "crm_baseline",
    "crm_import",
    "crm_backfill",
)
"""The DAGs whose runs are sync runs."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """What Airflow says of the DAG that syncs."""

    known: bool = False
    """Whether Airflow has the DAG at all."""
    paused: bool = False
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What the pages ask about the user and the surroundings."""

    see: Callable[..., Any]
    """A FastAPI dependency that lets through who may see the pages; answers with the user."""
    may_trigger: Callable[[Any, str], bool]
    """Whether a user may trigger a DAG."""
    schedule: Callable[[], Schedule]
    dag_of: Callable[[str], str | None] = lambda _: None
    """The DAG whose run goes by an id; None: it was no run of Airflow's."""
    airflow_path: Callable[[Request], str] = lambda _: ""
    """The path below which Airflow's own pages are."""
