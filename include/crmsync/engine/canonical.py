"""One spelling per value: from a system's wire to canonical, and back.

Two values mean the same exactly when their canonical strings are equal. What counts as
the same: outer white space never matters, an e-mail's case does not, `1200.0` is
`1200`, a moment is a moment in any zone, the order of a multi-picklist is no order. What is
lost on the way is stated in `lossy`: fractions of a second, the time of day of a date, digits
that a system does not keep, the difference between an unset and an unticked checkbox.

What is not of its field's type is no blank: it stays as it stands, marked, equal to nothing else.
Owners and parents are ids that mean something in one system only; `directory` turns them.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from include.crmsync.engine import conversions
from include.crmsync.engine.days import day_of, start_of
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System, Value

_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_STRICT = frozenset({FieldType.NUMBER, FieldType.BOOLEAN, FieldType.DATE, FieldType.DATETIME})
"""Types that not every text is a value of."""


class Unreadable(ValueError):
    """A wire value that its field's type cannot spell; carries the type, never the value."""

    def __init__(self, type_: FieldType) -> None:
        super().__init__(f"not a {type_}")


def as_it_stands(raw: Any) -> str:
    """A value that its type cannot spell: seen and journalled, equal to no other, never sent."""
    return f"{_UNREADABLE}{str(raw).strip()}"


def is_readable(value: Value, field: FieldMapping) -> bool:
    """Whether a canonical value is of its field's type."""
    return value is None or field.type not in _STRICT or not value.startswith(_UNREADABLE)


def is_too_large(value: Value, field: FieldMapping) -> bool:
    """Whether a value is unreadable for its digits alone: a number, but of too many."""
    if value is None or field.type is not FieldType.NUMBER or is_readable(value, field):
        return False
    try:
        _number(value.removeprefix(_UNREADABLE))
    except InvalidOperation:
        return False
    return True


def canonical(raw: Any, field: FieldMapping, system: System) -> Value:
    """The one spelling of a wire value; raises Unreadable."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return _blank(field, system)
    try:
        spelled = _spelled(raw, field, system)
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        raise Unreadable(field.type) from None
    return _translated(spelled, field, system)


def wire(value: Value, field: FieldMapping, system: System) -> Any:
    """A canonical value as `system` spells it: HubSpot takes text, Salesforce typed JSON."""
    if value is not None and not is_readable(value, field):
        return value.removeprefix(_UNREADABLE)
    if value is None:
        return False if field.type is FieldType.BOOLEAN and system is System.SALESFORCE else None
    if system is System.HUBSPOT:
        return _to_hubspot(value, field)
    if field.type is FieldType.DATE:
        return _day_to_salesforce(value, field)
    return _TO_SALESFORCE.get(field.type, str)(value)


def is_known(value: Value, field: FieldMapping) -> bool:
    """Whether both systems can say the value: a mapped picklist knows only its own values."""
    if value is None or not field.values:
        return True
    known = set(field.values.values())
    parts = value.split(";") if field.type is FieldType.MULTIPICKLIST else [value]
    return all(part in known for part in parts)


def _spelled(raw: Any, field: FieldMapping, system: System) -> str:
    if field.type is FieldType.DATE:
        return day_of(_moment(raw), field, system).isoformat()
    spelled = conversions.read(_READ[field.type](raw), field, system)
    if field.type is FieldType.NUMBER and field.scale is not None:
        return conversions.plain(
            Decimal(spelled).quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP)
        )
    return spelled


def _blank(field: FieldMapping, system: System) -> Value:
    """An owner's blank under a rule that never fills it counts as the default, ever again."""
    if field.default is not None and field.rule.owner is system:
        return field.default if not field.rule.yields_when_blank else None
    return _BLANK.get(field.type)


def _text(raw: Any) -> str:
    return str(raw).replace("\r\n", "\n").replace("\r", "\n").strip()


def _email(raw: Any) -> str:
    return str(raw).strip().lower()


def _number(raw: Any) -> str:
    spelled = str(raw).strip()
    number = Decimal(spelled)
    if not number.is_finite() or "_" in spelled:  # 1_000 is a number to Python alone
        raise InvalidOperation
    return conversions.plain(number)


def _boolean(raw: Any) -> str:
    word = str(raw).strip().lower()
    if word not in ("true", "false"):
        raise ValueError
    return word


def _moment(raw: Any) -> datetime:
    text = str(raw).strip()
    if text.lstrip("-").isdigit() and len(text) > 8:  # noqa: PLR2004  HubSpot also says epoch milliseconds
        return datetime.fromtimestamp(int(text) // 1000, UTC)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _datetime(raw: Any) -> str:
    return _moment(raw).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _multipicklist(raw: Any) -> str:
    return ";".join(sorted({part.strip() for part in str(raw).split(";") if part.strip()}))


_READ: Mapping[FieldType, Callable[[Any], str]] = {
    FieldType.STRING: _text,
    FieldType.TEXT: _text,
    FieldType.PHONE: _text,
    FieldType.EMAIL: _email,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATETIME: _datetime,
    FieldType.PICKLIST: _text,
    FieldType.MULTIPICKLIST: _multipicklist,
    FieldType.OWNER: _text,
    FieldType.PARENT: _text,
    FieldType.ROLES: _text,
    FieldType.STAGE: _text,
}
_BLANK: Mapping[FieldType, Value] = {FieldType.BOOLEAN: "false"}
"""Salesforce has no unset checkbox, so an unset one in HubSpot is canonically unticked."""


def _translated(spelled: str, field: FieldMapping, system: System) -> Value:
    if not spelled:
        return None
    said = field.aliases if system is System.SALESFORCE else field.values
    if not said:
        return spelled
    if field.type is not FieldType.MULTIPICKLIST:
        return said.get(spelled, spelled)
    return ";".join(sorted({said.get(part, part) for part in spelled.split(";")}))


def _to_hubspot(value: str, field: FieldMapping) -> str:
    back = {theirs: ours for ours, theirs in reversed([*field.values.items()])}
    if field.type is FieldType.MULTIPICKLIST:
        # Never with a leading `;`, which would have HubSpot add to what is there.
        return ";".join(back.get(part, part) for part in value.split(";"))
    if field.type is FieldType.DATE:
        day = date.fromisoformat(value)
        moment = start_of(day, field, System.HUBSPOT)
        return _stamp(moment) if moment else f"{day.isoformat()}T00:00:00Z"
    return back.get(value) or conversions.write(value, field, System.HUBSPOT)


def _day_to_salesforce(value: str, field: FieldMapping) -> str:
    moment = start_of(date.fromisoformat(value), field, System.SALESFORCE)
    return _stamp(moment) if moment else value


def _stamp(moment: datetime) -> str:
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _json_number(value: str) -> int | float:
    return int(value) if "." not in value else float(value)


_TO_SALESFORCE: Mapping[FieldType, Callable[[str], Any]] = {
    FieldType.NUMBER: _json_number,
    FieldType.BOOLEAN: "true".__eq__,
}
