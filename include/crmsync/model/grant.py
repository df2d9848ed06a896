"""What a system lets our user do, as the system itself says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """One thing that a mapping needs our user to be allowed."""

    name: str
    """The system's own word: a scope of HubSpot's, or an object and a right in Salesforce."""
    given: bool | None
    """None: the system does not say."""
    needed: str
    """What for."""


@dataclass(frozen=True, slots=True)
class KeyMade:
    """What became of one key field that was to be made."""

    kind: str
    name: str
    told: str
    """What was done, in words: `made`, `was there`..."""
    done: bool = True
    """Whether it is now as it must be; if not, `told` says why."""
