"""What a value means, whichever system says it: the driver's own reading of types.

Two wire values mean the same when their meanings are equal. Unreadable stands for what is no value
of its type at all. Owners mean an e-mail address, parents the number of the link of the company.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from tests.end_to_end.driver.mapping import Field

UNREADABLE = "\N{REPLACEMENT CHARACTER} unreadable"
PORTAL = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class Words:
    """What only the accounts can tell: who owns, which companies are linked, what fits."""

    owners: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """System -> owner id -> e-mail."""
    active: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """System -> e-mails of users who can own something there."""
    companies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """System -> company or account id -> number of its link."""
    scales: Mapping[str, int] = field(default_factory=dict)
    """Salesforce field, as Kind.Name -> digits behind the point."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Salesforce field, as Kind.Name -> the characters it stores."""
    digits: Mapping[str, int] = field(default_factory=dict)
    """Salesforce field -> digits before the point."""
    options: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Restricted list, as system.object.name -> its values."""
    moments: frozenset[str] = frozenset()
    """HubSpot properties and Salesforce fields that hold a moment."""


def meaning(raw: Any, one: Field, system: str, kind: str, words: Words) -> str | None:
    """What a wire value says; None for blank."""
    text = "" if raw is None else str(raw).strip()
    if not text:
        return "false" if one.type == "boolean" else None
    try:
        said = _said(raw, text, one, system, kind, words)
    except (ValueError, InvalidOperation, OverflowError):
        return UNREADABLE
    return _translated(said, one, system)


def _said(raw: Any, text: str, one: Field, system: str, kind: str, words: Words) -> str:
    match one.type:
        case "number":
            return _number(text, one, system, kind, words)
        case "date":
            return _day(text, one, system, kind, words)
        case "owner":
            return words.owners[system].get(text, f"{system}:{text}")
        case "parent":
            return words.companies[system].get(text, f"{system}:{text}")
    return _BY_TYPE[one.type](text) if one.type in _BY_TYPE else _lines(raw)


def _lines(raw: Any) -> str:
    return str(raw).replace("\r\n", "\n").replace("\r", "\n").strip()


def _tick(text: str) -> str:
    return text.lower() if text.lower() in ("true", "false") else UNREADABLE


def _several(text: str) -> str:
    return ";".join(sorted({part.strip() for part in text.split(";") if part.strip()}))


def _number(text: str, one: Field, system: str, kind: str, words: Words) -> str:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    if one.transform == "percent" and system == "hubspot":
        number *= 100
    kinds = [kind] if system == "salesforce" else list(one.salesforce)
    scales = [
        words.scales[f"{k}.{one.salesforce[k]}"]
        for k in kinds
        if f"{k}.{one.salesforce[k]}" in words.scales
    ]
    if scales:
        number = number.quantize(Decimal(1).scaleb(-min(scales)), ROUND_HALF_UP)
    plain = format(number, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def _moment(text: str) -> datetime:
    if text.lstrip("-").isdigit() and len(text) > 8:
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _day(text: str, one: Field, system: str, kind: str, words: Words) -> str:
    moment = _moment(text)
    name = one.hubspot if system == "hubspot" else one.salesforce[kind]
    here = f"{kind}.{name}"
    if here not in words.moments:
        return moment.date().isoformat()
    midnight = moment == datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    if system == "hubspot" and midnight:
        return moment.date().isoformat()
    return moment.astimezone(PORTAL).date().isoformat()


def _translated(said: str, one: Field, system: str) -> str:
    if system != "hubspot" or not one.values or said == UNREADABLE:
        return said
    if one.type == "multipicklist":
        return ";".join(sorted({one.values.get(part, part) for part in said.split(";")}))
    return one.values.get(said, said)


_BY_TYPE: dict[str, Callable[[str], str]] = {
    "email": str.lower,
    "boolean": _tick,
    "datetime": lambda text: _moment(text).replace(microsecond=0).isoformat(),
    "multipicklist": _several,
}
