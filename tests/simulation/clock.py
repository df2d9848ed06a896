"""Time that moves only when told to, and each CRM's own idea of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class Clock:
    """The world's time; a CRM's and the workers' clocks are off by their skew."""

    at: datetime = datetime(2026, 1, 5, 8, tzinfo=UTC)

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Watch:
    """Somebody's clock."""

    clock: Clock
    skew: float = 0
    whole_seconds: bool = False

    def __call__(self) -> datetime:
        told = self.clock.at + timedelta(seconds=self.skew)
        return told.replace(microsecond=0) if self.whole_seconds else told
