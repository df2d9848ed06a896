"""JSON values as the org stores them, or the reason why not.

Two kinds of refusal leave here. JSON of the wrong kind (a number for a text) is refused
while the request is being read, and takes the whole request with it; a value that is too
long, out of range or no e-mail address is a fault of its record alone. Text is trimmed,
blank text is null.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import isfinite
from typing import Any

from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.ids import canonical
from include.sandbox.salesforce.schema import TEXT_TYPES, Field

_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
)
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?"
)
EARLIEST, LATEST = date(1700, 1, 1), date(4000, 12, 31)
_WHOLE = 2.0**53
"""From here on a number has no digits behind the point."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class WrongKind(ValueError):
    """JSON of a kind the field's type cannot be read from."""


def stored(field: Field, value: Any) -> Any:
    """A JSON value as the column holds it; raises WrongKind.

    References stay as they were spelled: whether they are ids is a matter of the record.
    """
    if value is None:
        return 0 if field.type == "boolean" else None
    read: Callable[[Any], Any] = _READERS.get(field.type, _text)
    return read(value)


@lru_cache(maxsize=64)
def wire_time(moment: datetime) -> str:
    """A moment as the wire shows it, cut to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def kind_of(value: Any) -> str:
    """What a JSON reader calls a value of the wrong kind."""
    match value:
        case bool():
            return f"VALUE_{str(value).upper()} value {str(value).lower()}"
        case int():
            return f"VALUE_NUMBER_INT value {value}"
        case float():
            return f"VALUE_NUMBER_FLOAT value {value}"
        case str():
            return f"VALUE_STRING value {value}"
        case list():
            return "START_ARRAY value ["
    return "START_OBJECT value {"


def check(field: Field, value: Any) -> Any:
    """A stored value fit for its field; raises Refusal with the fault of this record."""
    if value is None:
        return None
    if field.type in TEXT_TYPES:
        _check_text(field, value)
    elif field.type in ("int", "double", "currency", "percent"):
        return _in_range(field, value)
    elif field.type == "reference":
        return _identity(field, value)
    return value


def _check_text(field: Field, value: str) -> None:
    if field.length and len(value) > field.length:
        raise _fault(
            field,
            "STRING_TOO_LONG",
            f"data value too large: {value} (max length={field.length})",
        )
    if field.type == "email" and not _EMAIL.fullmatch(value):
        raise _fault(field, "INVALID_EMAIL_ADDRESS", f"invalid email address: {value}")
    if field.restricted and not _chosen(field, value) <= {one.lower() for one in field.values}:
        raise _fault(
            field,
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"bad value for restricted picklist field: {value}",
        )


def _chosen(field: Field, value: str) -> set[str]:
    """The values a picklist's text names: several, where the field takes several."""
    parts = value.split(";") if field.type == "multipicklist" else [value]
    return {part.strip().lower() for part in parts if part.strip() or len(parts) == 1}


def _in_range(field: Field, value: float) -> float:
    places = field.digits if field.type == "int" else field.precision - field.scale
    if places and abs(value) >= 10**places:
        shown = f"{float(value):.15G}".replace("E+", "E")
        raise _fault(
            field,
            "NUMBER_OUTSIDE_VALID_RANGE",
            f"value outside of valid range on numeric field: {shown}",
        )
    return value if field.type == "int" else _rounded(value, field.scale)


def _rounded(value: float, scale: int) -> float:
    """Half away from zero, of the digits as they were written: 1.005 is 1.01."""
    if abs(value) >= _WHOLE:
        return float(value)
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP))


def _identity(field: Field, value: str) -> str:
    full = canonical(value)
    if full is None:
        raise _fault(field, "MALFORMED_ID", f"id value of incorrect type: {value}")
    return full


def _fault(field: Field, code: str, message: str) -> Refusal:
    return refusal(code, f"{field.label}: {message}", [field.name])


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        raise WrongKind
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value).strip() or None


def _boolean(value: Any) -> int:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return int(value.lower() == "true")
    raise WrongKind


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise WrongKind
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise WrongKind from None
    if not isfinite(number):
        raise WrongKind
    return number


def _integer(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise WrongKind
    return int(number)


def _date(value: Any) -> str:
    return _moment(value).date().isoformat()


def _datetime(value: Any) -> str:
    return wire_time(_moment(value))


def _moment(value: Any) -> datetime:
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise WrongKind
    day, time, offset = found[1], found[2] or "00:00", found[3] or "Z"
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{offset}")
        in_range = EARLIEST <= moment.date() <= LATEST
    except (ValueError, OverflowError):
        raise WrongKind from None
    if not in_range:
        raise WrongKind
    return moment


_READERS: dict[str, Callable[[Any], Any]] = {
    "boolean": _boolean,
    "int": _integer,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "date": _date,
    "datetime": _datetime,
}
