"""Suites of a story's own: the shipped ones, and what the story adds to one of them.

They are there to be judged by, so Great Expectations does it.
"""

import json
import shutil
from typing import Any

from include.crmsync.criteria.suites import HERE
from tests.pipeline.two_crms import TwoCrms


def add(crms: TwoCrms, suite: str, *expectations: dict[str, Any]) -> None:
    """Write expectations into a copy of the shipped suites, as a person would."""
    _copy(crms)
    path = _file(crms, suite)
    told = json.loads(path.read_text("utf-8"))
    told["expectations"] += expectations
    path.write_text(json.dumps(told), "utf-8")


def alter(crms: TwoCrms, suite: str, criterion: str, **meta: Any) -> None:
    """Change what a shipped criterion says in `meta`."""
    _copy(crms)
    path = _file(crms, suite)
    told = json.loads(path.read_text("utf-8"))
    for one in told["expectations"]:
        if one["meta"]["criterion"] == criterion:
            one["meta"].update(meta)
    path.write_text(json.dumps(told), "utf-8")


def expectation(type_: str, criterion: str, field: str, **kwargs: Any) -> dict[str, Any]:
    """One expectation about a column of its field's name, for creations and updates."""
    meta = kwargs.pop("meta", {})
    return {
        "type": f"expect_column_{type_}",
        "kwargs": {"column": field, **kwargs},
        "meta": {
            "criterion": criterion,
            "field": field,
            "applies_to": ["create", "update"],
            "reason": f"The {field} is not as we like it. Mend it in HubSpot.",
            **meta,
        },
    }


def _copy(crms: TwoCrms) -> None:
    if crms.suites is None:
        crms.suites = crms.folder / "suites"
        shutil.copytree(HERE, crms.suites)
    crms.judge = None


def _file(crms: TwoCrms, suite: str) -> Any:
    assert crms.suites is not None
    return crms.suites / f"{suite}.json"
