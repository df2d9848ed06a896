"""The driver's own reading of the mapping files: plain YAML, plain names.

The sync has a loader of its own, with checks; this one trusts the file and reads the little that a
judge needs to know. A mistake of the loader would otherwise agree with itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

UNJUDGED = frozenset({"roles"})
"""Types that this reading does not know: who has a role in a deal is judged elsewhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One line of a mapping file."""

    name: str
    hubspot: str
    salesforce: Mapping[str, str]
    type: str
    rule: str
    values: Mapping[str, str]
    length: int | None
    required: bool
    transform: str | None

    @property
    def travels(self) -> bool:
        return self.rule != "dont_sync"


@dataclass(frozen=True, slots=True)
class Mapped:
    """One mapping file."""

    object_type: str
    kinds: tuple[str, ...]
    match_on: str | None
    creates_in: frozenset[str]
    deletes_in: frozenset[str]
    fields: tuple[Field, ...]

    @property
    def hubspot_names(self) -> list[str]:
        return [one.hubspot for one in self.fields if one.type != "parent"]

    def salesforce_names(self, kind: str) -> list[str]:
        return [one.salesforce[kind] for one in self.fields if kind in one.salesforce]

    def of(self, kind: str) -> list[Field]:
        """The fields that a pair with a record of this kind has."""
        return [one for one in self.fields if kind in one.salesforce]

    def __getitem__(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)


def read(folder: Path, *, multi_currency: bool = False) -> dict[str, Mapped]:
    """Every mapping of a folder by object type, parents first."""
    found = [
        _mapped(yaml.safe_load(path.read_text()), multi_currency) for path in folder.glob("*.yaml")
    ]
    by_name = {one.object_type: one for one in found}
    return {name: by_name[name] for name in ("companies", "contacts", "deals")}


def _mapped(told: dict[str, Any], multi_currency: bool) -> Mapped:
    kinds = tuple(told["salesforce"]["objects"])
    lines = [
        one
        for one in told["fields"]
        if (multi_currency or not one.get("optional")) and one["type"] not in UNJUDGED
    ]
    return Mapped(
        told["object_type"],
        kinds,
        told["match_on"],
        frozenset(told["creates_in"]),
        frozenset(told["deletes_in"]),
        tuple(_field(one, kinds, _stages(told)) for one in lines),
    )


def _stages(told: dict[str, Any]) -> dict[str, str]:
    """HubSpot's stages by Salesforce's, over all pipelines."""
    return {
        here: there for one in told.get("pipelines") or () for here, there in one["stages"].items()
    }


def _field(told: dict[str, Any], kinds: tuple[str, ...], stages: dict[str, str]) -> Field:
    named = told["salesforce"]
    values = stages if told["type"] == "stage" else told.get("values") or {}
    return Field(
        told["name"],
        told["hubspot"],
        named if isinstance(named, dict) else dict.fromkeys(kinds, named),
        told["type"],
        told["rule"],
        {str(here): str(there) for here, there in values.items()},
        told.get("length"),
        bool(told.get("required")),
        told.get("transform"),
    )
