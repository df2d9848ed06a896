"""What a run can be told from outside, and what it does when told nothing.

From the environment, so that the same names work in Airflow, in a shell and in a container.
Credentials are not among them: those come from Airflow connections only.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from include.crmsync.engine.guard import UPDATES_SHARE
from include.crmsync.model.record import System

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Settings:
    """A run's surroundings."""

    state: str
    """SQLAlchemy URL of the state store."""
    artifacts: Path
    inclusion_list: str | None
    """Name of the HubSpot list that gates contacts; None lets every contact sync."""
    overlap: timedelta = field(default=timedelta(minutes=10))
    """How far before the watermark each run reads again: HubSpot's search index is late, and
    Salesforce stamps a record before its transaction is visible. What was already judged is
    dropped again, so an overlap costs pages read, never writes."""
    guard_updates: float = UPDATES_SHARE
    """The guard stops a plan that updates more than this share of the linked records."""
    archive_pages: int = 10
    """How many pages of HubSpot's archive a run reads, where deletions in HubSpot matter."""
    probes: int = 100
    """How many linked HubSpot contacts a run asks after, to see whether they were erased."""
    association_calls: int = 1
    """How many calls a run spends, for each mapped kind of association, on looking in turn whether
    linked HubSpot records are associated otherwise than at the last sync; zero: none."""
    look_back: int = 200
    """Up to so many writes of one step HubSpot is asked afterwards whether they overwrote an edit
    of that very moment, at a call for fifty; zero: never."""
    keep_artifacts: timedelta = field(default=timedelta(days=7))
    """How long a run's artifacts stay: they hold record values, and serve only re-runs."""
    keep_journal: timedelta = field(default=timedelta(days=180))
    """How long journalled runs and audits stay: they hold values, and serve looking back."""
    keep_plans: timedelta = field(default=timedelta(days=14))
    """How long plans stay that were kept to be looked at: they hold values."""
    plan_age: timedelta = field(default=timedelta(hours=72))
    """How old a kept plan may be when it is applied."""
    alert_hours: float = 3.0
    """The same trouble is told again after so many hours."""
    data_docs: Path | None = None
    """Where pages about what each run judged are left; None: none are made."""
    keep_data_docs: int = 200
    """Of how many runs that judged something these pages are kept."""
    read_counterparts: int = 100
    """Up to so many unchanged counterparts of changed records are read; of more, their bases
    are taken for what they hold, and the look before each write proves it."""
    bulk_threshold: int = 2000
    """Records of one kind and verb above which Salesforce writes them by a bulk job."""
    retry_cap: int = 10
    """In how many runs in a row a record may fail for a passing reason before it is given up."""
    calls_share: float = 0.95
    """Of the account's calls in a day: no call is sent that would use more, whoever used them."""
    scheduled_share: float = 0.9
    """Of the calls that may be used: what nobody asked for stops there, and leaves the last ones
    to what a person asks for."""
    retry_share: float = 0.75
    """Of the calls that may be used: above it, what failed before is left to a later run."""
    allocation: Mapping[System, int] = field(default_factory=dict)
    """How many calls in 24 hours the sync may send itself, where it is told a number."""
    hubspot_api_version: str = "v3"
    """The version in HubSpot's paths: v3 (with v4 for associations), or a dated one."""
    lease_wait: timedelta = timedelta(0)
    """How long a run waits for another one that writes the same object type; zero: not at all."""
    schema_age: timedelta = field(default=timedelta(hours=24))
    """How old a remembered schema may be before it is read again; zero: it is read by every run."""


def data_docs_folder() -> Path | None:
    """Where the Data Docs lie; a setting that is there but empty switches them off."""
    stated = os.environ.get("CRMSYNC_DATA_DOCS")
    if stated is None:
        return ROOT / ".local" / "data_docs"
    return Path(stated) if stated.strip() else None


def from_environment() -> Settings:
    """Read CRMSYNC_*; every one has a default that works on the sandbox."""
    local = ROOT / ".local"
    minutes = float(os.environ.get("CRMSYNC_OVERLAP_MINUTES", "10"))
    listed = os.environ.get("CRMSYNC_INCLUSION_LIST", "Salesforce inclusion list")
    return Settings(
        state=os.environ.get("CRMSYNC_STATE") or f"sqlite:///{local / 'state' / 'crmsync.db'}",
        artifacts=Path(os.environ.get("CRMSYNC_ARTIFACTS") or local / "artifacts"),
        inclusion_list=listed.strip() or None,
        overlap=timedelta(minutes=minutes),
        guard_updates=float(os.environ.get("CRMSYNC_GUARD_UPDATES", UPDATES_SHARE)),
        archive_pages=int(os.environ.get("CRMSYNC_ARCHIVE_PAGES", "10")),
        association_calls=int(os.environ.get("CRMSYNC_ASSOCIATION_CALLS", "1")),
        look_back=int(os.environ.get("CRMSYNC_LOOK_BACK", "200")),
        probes=int(os.environ.get("CRMSYNC_PROBES", "100")),
        schema_age=timedelta(hours=float(os.environ.get("CRMSYNC_SCHEMA_HOURS", "24"))),
        keep_artifacts=timedelta(days=float(os.environ.get("CRMSYNC_KEEP_ARTIFACTS_DAYS", "7"))),
        keep_journal=timedelta(days=float(os.environ.get("CRMSYNC_KEEP_JOURNAL_DAYS", "180"))),
        keep_plans=timedelta(days=float(os.environ.get("CRMSYNC_KEEP_PLANS_DAYS", "14"))),
        plan_age=timedelta(hours=float(os.environ.get("CRMSYNC_PLAN_HOURS", "72"))),
        alert_hours=float(os.environ.get("CRMSYNC_ALERT_AGAIN_HOURS", "3")),
        data_docs=data_docs_folder(),
        keep_data_docs=int(os.environ.get("CRMSYNC_KEEP_DATA_DOCS", "200")),
        bulk_threshold=int(os.environ.get("CRMSYNC_BULK_THRESHOLD", "2000")),
        lease_wait=timedelta(minutes=float(os.environ.get("CRMSYNC_WAIT_MINUTES", "10"))),
        retry_cap=int(os.environ.get("CRMSYNC_RETRY_CAP", "10")),
        calls_share=float(os.environ.get("CRMSYNC_CALLS_SHARE", "0.95")),
        scheduled_share=float(os.environ.get("CRMSYNC_SCHEDULED_SHARE", "0.9")),
        retry_share=float(os.environ.get("CRMSYNC_RETRY_SHARE", "0.75")),
        allocation={
            system: int(told)
            for system, told in (
                (System.HUBSPOT, os.environ.get("CRMSYNC_CALLS_HUBSPOT", "").strip()),
                (System.SALESFORCE, os.environ.get("CRMSYNC_CALLS_SALESFORCE", "").strip()),
            )
            if told
        },
        hubspot_api_version=os.environ.get("CRMSYNC_HUBSPOT_API_VERSION", "").strip() or "v3",
    )
