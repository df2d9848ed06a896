"""When a version of a record counts as judged.

Salesforce stamps whole seconds: a second edit within the second of the first leaves the stamp
as it was, and would look like the version already judged. So a version whose second may not
have been over when it was read is remembered just short of its stamp, and read once more.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from include.crmsync.model.record import System

STILL_MOVING = timedelta(seconds=3)


def judged(stamp: datetime | None, read_at: datetime) -> datetime | None:
    """The stamp to remember for a version read at `read_at`, both by the CRM's own clock."""
    if stamp is None or stamp <= read_at - STILL_MOVING:
        return stamp
    return stamp - timedelta(milliseconds=1)


def read_at(
    watermarks: Mapping[System, datetime],
    started_at: datetime,
    answered_at: Mapping[System, datetime] | None = None,
) -> dict[System, datetime]:
    """When each system was read: by its own clock where it told the time."""
    told = {**(answered_at or {}), **watermarks}
    return {system: told.get(system, started_at) for system in System}
