"""One line of a check: what was looked at, whether it is in order, and what to do if not."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Whether what was looked at is in order."""

    OK = "ok"
    WARNING = "warning"
    """The sync runs, but not with everything."""
    WRONG = "wrong"
    """Something does not sync until it is mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: Verdict
    told: str = ""
    """What was found, in words; never a record's value or a secret."""
    remedy: str = ""
    """What a person does about it; empty where nothing is to be done."""
