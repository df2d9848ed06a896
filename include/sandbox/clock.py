"""The sandbox's own clock: real time plus whatever a test moved it by."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the time both CRMs stamp records with."""

    def __init__(self) -> None:
        self._offset = timedelta()

    @property
    def offset_seconds(self) -> float:
        """How far it is ahead of real time."""
        return self._offset.total_seconds()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> None:
        self._offset += timedelta(seconds=seconds)

    def set(self, now: datetime) -> None:
        self._offset = now - datetime.now(UTC)

    def reset(self) -> None:
        self._offset = timedelta()
