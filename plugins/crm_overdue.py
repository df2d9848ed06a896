"""What Airflow calls when a run of `crm_sync` has missed its deadline.

It stands here because Airflow looks a deadline's callback up by name while it parses the DAG: this
module costs nothing to import, and takes the rest with it only when it is called.
"""

from typing import Any


def overdue(minutes: float, context: dict[str, Any] | None = None) -> None:
    """Tell people that a run is late."""
    from include.crmsync.pipeline import notify

    notify.overdue(context or {}, minutes)
