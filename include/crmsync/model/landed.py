"""A value that reached a record, written by a run that never came to commit it."""

from dataclasses import dataclass
from datetime import datetime

from include.crmsync.model.record import System, Value


@dataclass(frozen=True, slots=True)
class Landed:
    """One field of one record; the other record of the link held the same when it was sent."""

    system: System
    record_id: str
    version: int
    """Of the link, when it was planned."""
    field: str
    sent: Value
    stored: Value
    """As it was read back."""
    modified_at: datetime | None = None
    """The record's stamp after the write."""
