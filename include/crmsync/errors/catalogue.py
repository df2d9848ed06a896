"""What every refusal of a CRM means: a category, a plain sentence, a remedy, and who acts.

The words are in `catalogue.yaml`; this reads them once, and refuses a file that is not whole.
A code that nobody wrote down is `other`: its raw text is what a person gets, and it is counted
so that somebody writes it down. Whether a refused record goes again by itself is decided here
too, by code, the same for every step and for the page that shows it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from include.crmsync.errors import ConfigError
from include.crmsync.model.record import System

FILE = Path(__file__).parent / "catalogue.yaml"

OURS = "ours"
"""The words that the sync itself uses where a CRM has none."""


class Category(StrEnum):
    """The eight kinds of refusal."""

    ASSOCIATIONS = "associations"
    CUSTOM_CODE = "custom_code"
    DUPLICATES = "duplicates"
    PERMISSIONS = "permissions"
    PROPERTY_VALUES = "property_values"
    DELETED_OR_CONVERTED = "deleted_or_converted"
    LIMITS = "limits"
    OTHER = "other"


class Who(StrEnum):
    """Who can mend it."""

    SALESFORCE_ADMIN = "salesforce_admin"
    HUBSPOT_ADMIN = "hubspot_admin"
    DATA_OWNER = "data_owner"
    SYNC = "sync"
    """Whoever keeps the sync and its mapping, or nobody at all."""

    @property
    def words(self) -> str:
        """Who it is, as part of a sentence."""
        return _WHO[self]


_WHO = {
    Who.SALESFORCE_ADMIN: "a Salesforce administrator",
    Who.HUBSPOT_ADMIN: "a HubSpot administrator",
    Who.DATA_OWNER: "whoever owns the record",
    Who.SYNC: "whoever keeps the sync",
}


class RetryPolicy(StrEnum):
    """When a refused record, or field, is sent again."""

    NOW = "now"
    """Inside the run, after a pause."""
    NEXT_RUN = "next_run"
    """By each following run, up to the cap."""
    NIGHTLY = "nightly"
    """When it changes, and by the nightly sweep: what stood in its way may be mended unseen."""
    WHEN_CHANGED = "when_changed"
    """When its value, its mapping or the schema changes."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Advice:
    """What one code means and what to do."""

    code: str
    category: Category
    title: str
    cause: str
    remedy: str
    who: Who
    retry: RetryPolicy
    known: bool = True
    """False: nobody has written this code down yet."""

    @property
    def in_words(self) -> str:
        """What it is, what to do, and who does it."""
        return f"{self.title}. {self.remedy} ({self.who.words})"

    @property
    def passes(self) -> bool:
        """Whether it may pass by itself, so that the next run tries again."""
        return self.retry in (RetryPolicy.NOW, RetryPolicy.NEXT_RUN)

    @property
    def swept(self) -> bool:
        """Whether the nightly sweep lets a record that it holds go again."""
        return self.passes or self.retry is RetryPolicy.NIGHTLY


def advice(system: System, code: str | None) -> Advice:
    """What a system's code means; a code that is not in the catalogue is `other`."""
    known = catalogue()
    found = known[system].get(code or "") or known[OURS].get(code or "")
    return found or _unknown(system, code or "")


@cache
def catalogue() -> Mapping[str, Mapping[str, Advice]]:
    """Every code by system; raises ConfigError when the file does not hold what it should."""
    told = yaml.safe_load(FILE.read_text("utf-8"))
    return read_catalogue(told)


def read_catalogue(told: Any) -> Mapping[str, Mapping[str, Advice]]:
    """The catalogue in what its file says; every problem is reported at once."""
    sections = (*map(str, System), OURS)
    found: dict[str, dict[str, Advice]] = {name: {} for name in sections}
    problems = [] if isinstance(told, Mapping) else ["it is no mapping of systems to entries"]
    entries = told if isinstance(told, Mapping) else {}
    problems += [f"{name} is no system" for name in entries if name not in sections]
    for name in sections:
        for entry in entries.get(name) or ():
            for one in _read(name, entry, problems):
                if one.code in found[name]:
                    problems.append(f"{name}: {one.code} is there twice")
                found[name][one.code] = one
    if problems:
        raise ConfigError("the catalogue of refusals cannot be used", tuple(problems))
    return found


def _read(section: str, entry: Any, problems: list[str]) -> Iterator[Advice]:
    codes = entry.get("codes") if isinstance(entry, Mapping) else None
    if not codes:
        problems.append(f"{section}: an entry names no codes")
        return
    try:
        words = _text(entry["title"]), _text(entry["cause"]), _text(entry["remedy"])
        kinds = Category(entry["category"]), Who(entry["who"]), RetryPolicy(entry["retry"])
    except (KeyError, ValueError) as problem:
        problems.append(f"{section}: {codes[0]}: {problem}")
        return
    category, who, retry = kinds
    for code in codes:
        yield Advice(str(code), category, *words, who, retry)


def _text(told: Any) -> str:
    if not isinstance(told, str) or not told.strip():
        raise ValueError("a title, cause or remedy is blank")
    return told.strip()


def _unknown(system: System, code: str) -> Advice:
    return Advice(
        code=code,
        category=Category.OTHER,
        title=f"A refusal that is not in the catalogue: {code or 'without a code'}",
        cause=f"{system.label} answered with a code that nobody has written down yet.",
        remedy=f"Read {system.label}'s own text, and add the code to the catalogue of refusals.",
        who=Who.SYNC,
        retry=RetryPolicy.NIGHTLY,
        known=False,
    )
