"""One set of handlers, many spellings of the path.

HubSpot's API has numbered versions (`/crm/v3/objects`, `/crm/v4/associations`) and dated ones
that stand one step further in (`/crm/objects/2026-09`). All are brought to one path without
a version; the version travels beside it, for the few things that differ.
"""

import re
from dataclasses import dataclass

_NUMBERED = re.compile(r"/(crm|account-info|oauth|integrations)/(v\d)(/.*)?")
_DATED = re.compile(r"/(crm/\w+|account-info|oauth)/(\d{4}-\d{2})(/.*)?")


@dataclass(frozen=True, slots=True)
class Place:
    """A path without its version, and the version."""

    path: str
    version: str
    prefix: str
    """What stands before the version: /crm or /crm/objects."""

    @property
    def dated(self) -> bool:
        return self.version[:2] == "20"

    def spelled(self, pattern: str) -> str:
        """A pattern without a version, with this request's version put back."""
        return f"{self.prefix}/{self.version}{pattern.removeprefix(self.prefix)}"


def place_of(path: str) -> Place:
    """The place a path means; a trailing slash does not matter."""
    tidy = path.rstrip("/") or "/"
    found = _NUMBERED.fullmatch(tidy) or _DATED.fullmatch(tidy)
    if found is None:
        return Place(tidy, "", "")
    prefix = f"/{found[1]}"
    return Place(f"{prefix}{found[3] or ''}", found[2], prefix)
