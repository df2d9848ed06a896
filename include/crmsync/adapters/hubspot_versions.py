"""How the version of HubSpot's API is spelled into a path, in one place.

The numbered versions stand in front of what they version (`/crm/v3/objects`), the dated ones,
which replace them, behind it (`/crm/objects/2026-09`). Paths are written down in the numbered
form, each with the number it has there, and respelled when a dated version is set. What the
versions do differently shows in answers only, and answers are read by shape.
"""

import re

from include.crmsync.errors import ConfigError

NUMBERED = "v3"
"""The setting that leaves paths as they are: v3, and v4 for associations."""

_DATED = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_VERSIONED = re.compile(r"/(?P<api>crm|account-info)/v\d(?P<rest>/.*)")
_SUBJECT = re.compile(r"(?P<subject>/\w+)(?P<rest>/.*)?")


def checked(version: str) -> str:
    """A version that paths can be spelled for; raises ConfigError for any other."""
    if version != NUMBERED and _DATED.fullmatch(version) is None:
        raise ConfigError(
            f"CRMSYNC_HUBSPOT_API_VERSION is {version!r}. It is {NUMBERED}, or one of HubSpot's"
            " dated versions, such as 2026-09."
        )
    return version


def spelled(path: str, version: str) -> str:
    """A path of the numbered form, as `version` has it."""
    found = _VERSIONED.fullmatch(path)
    if version == NUMBERED or found is None:
        return path
    if found["api"] != "crm":
        return f"/{found['api']}/{version}{found['rest']}"
    parts = _SUBJECT.fullmatch(found["rest"])
    if parts is None:
        return path
    return f"/crm{parts['subject']}/{version}{parts['rest'] or ''}"
