"""One set of handlers, many spellings of the path.

HubSpot's API has numbered versions (`/crm/v3/objects`, `/crm/v4/associations`) and dated ones
that stand one step further in (`/crm/objects/2026-09`). All are brought to one path without
a version; the version travels beside it, for the few things that differ.
"""

import re
from dataclasses import dataclass

STRICT_SINCE = "2026-09"
"""From here on what administrators require also holds for the API."""
DATES = ("2025-09", "2026-03", "2026-09", "2027-03")
"""The dated versions that are served; the last one is a beta."""

_AREAS = (
    "crm-object-schemas|account-info|communication-preferences|oauth|form-integrations|marketing"
    "|settings|submissions"
)
_LEGACY = re.compile(
    r"/(automation|calling|companies|contacts|crm-associations|crm-objects|crm-pipelines|deals"
    r"|email/public|engagements|events|forms|integrations|marketing-emails|owners|properties)/(v[1-4])(/.*)?"
)
"""Of the APIs before version 3 each version is an API of its own: their paths stay as they are."""
_NUMBERED = re.compile(rf"/(crm/associations|crm|{_AREAS})/(v[1-4])(/.*)?")
_DATED = re.compile(
    rf"/(crm/[\w-]+|(?:marketing|settings)/\w+|{_AREAS})/(\d{{4}}-\d{{2}})(?:-beta)?(/.*)?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A path without its version, and the version."""

    path: str
    version: str
    prefix: str
    """What stands before the version: /crm or /crm/objects; empty where the path keeps it."""

    @property
    def dated(self) -> bool:
        return self.version[:2] == "20"

    def since(self, date: str) -> bool:
        """Whether the version is a dated one, this or a later."""
        return self.dated and self.version >= date

    def spelled(self, pattern: str) -> str:
        """A pattern without a version, with this request's version put back."""
        if not self.prefix:
            return pattern
        return f"{self.prefix}/{self.version}{pattern.removeprefix(self.prefix)}"


def place_of(path: str) -> Place:
    """The place a path means; a trailing slash does not matter."""
    tidy = path.rstrip("/") or "/"
    if found := _LEGACY.fullmatch(tidy):
        return Place(tidy, found[2], "")
    found = _NUMBERED.fullmatch(tidy)
    if found is None:
        found = _DATED.fullmatch(tidy)
        if found is None or found[2] not in DATES:
            return Place(tidy, "", "")
    prefix = f"/{found[1]}"
    return Place(f"{prefix}{found[3] or ''}", found[2], prefix)
