"""The API's versions: which there are, and where their resources lie."""

import re
from collections.abc import Callable
from typing import Any

from include.sandbox.salesforce.errors import missing, refusal
from include.sandbox.salesforce.org import Visit
from include.sandbox.wire import Answer

OLDEST, NEWEST = 42, 68
RESOURCES = (
    "tooling",
    "search",
    "parameterizedSearch",
    "composite",
    "query",
    "queryAll",
    "limits",
    "sobjects",
)
_SPELLING = re.compile(r"v(\d{1,3})\.0")
_SEASONS = ("Spring", "Summer", "Winter")
_FIRST_SPRING = 42
"""Spring '18; a season later the number is one higher."""


class Versions:
    """The list of versions and the list of a version's resources."""

    def __init__(self, organization_id: Callable[[], str]) -> None:
        self._organization_id = organization_id

    def every(self, visit: Visit) -> Answer:  # noqa: ARG002  every handler takes the visit
        return Answer(body=[_shown(number) for number in range(OLDEST, NEWEST + 1)])

    def resources(self, visit: Visit) -> Answer:
        base = visit.base
        listed: dict[str, Any] = {name: f"{base}/{name}" for name in RESOURCES}
        identity = f"{visit.request.origin}/id/{self._organization_id()}/{visit.user_id}"
        return Answer(body=listed | {"jobs": f"{base}/jobs", "identity": identity})


def check_version(text: str) -> None:
    """Raise Refusal unless this version is served."""
    found = _SPELLING.fullmatch(text)
    if found is None or int(found[1]) > NEWEST:
        raise missing()
    if int(found[1]) < OLDEST:
        raise refusal(
            "UNSUPPORTED_API_VERSION",
            f"The requested API version {text.removeprefix('v')} has been retired.",
            status=410,
        )


def _shown(number: int) -> dict[str, str]:
    seasons, place = divmod(number - _FIRST_SPRING, len(_SEASONS))
    year = 18 + seasons + (_SEASONS[place] == "Winter")
    return {
        "label": f"{_SEASONS[place]} '{year}",
        "url": f"/services/data/v{number}.0",
        "version": f"{number}.0",
    }
