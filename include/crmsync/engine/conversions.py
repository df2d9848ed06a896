"""What each named transform does to one canonical value; `model.transform` says what they are for.

An invertible one has two halves, one per system written to, and what a half does not know it
leaves as it is: `converts` tells, so that such a value is held and not sent. One that is not
invertible has one half, applied to the value of the system that owns the field. All of
them are idempotent: what has been converted is converted to itself.
"""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from include.crmsync.engine.countries import country_code, country_name
from include.crmsync.model.mapping import FieldMapping
from include.crmsync.model.record import System, Value
from include.crmsync.model.transform import Transform

Half = Callable[[str], str | None]
"""A value in the other system's words; None where there is none."""

LONGEST_PHONE = 15
"""Digits of the longest number there is, by E.164."""
_SHORTEST_PHONE = 7


def read(value: str, field: FieldMapping, system: System) -> str:
    """A value as `system` spells it, in the canonical words: Salesforce's, or the owner's."""
    transform = field.transform
    if transform is None:
        return value
    if transform.invertible:
        return value if system is System.SALESFORCE else _half(System.SALESFORCE, transform, value)
    return _ONE_WAY[transform](value) if field.rule.owner is system else value


def write(value: str, field: FieldMapping, system: System) -> str:
    """A canonical value as `system` is to hold it."""
    transform = field.transform
    if transform is None or not transform.invertible or system is System.SALESFORCE:
        return value
    return _half(system, transform, value)


def converts(value: Value, field: FieldMapping) -> bool:
    """Whether both systems can say the value: a dictionary knows only what is in it."""
    if value is None or field.transform is None or not field.transform.invertible:
        return True
    there = _PAIRS[field.transform][System.HUBSPOT](value)
    return there is not None and _PAIRS[field.transform][System.SALESFORCE](there) == value


def _half(target: System, transform: Transform, value: str) -> str:
    return _PAIRS[transform][target](value) or value


def _title(value: str) -> str:
    """Twice, because a capital may be two letters: a German sharp s becomes SS, and that Ss."""
    return _capitals(_capitals(value))


def _capitals(value: str) -> str:
    """A text all in capitals is no sign of anything but the caps lock."""
    quiet = value.lower() if value.isupper() else value
    return re.sub(r"\S+", lambda found: _capital(found[0]), quiet)


def _capital(word: str) -> str:
    if any(letter.isupper() for letter in word):
        return word
    return word[:1].upper() + word[1:]


def _strip_url(value: str) -> str:
    bare = re.sub(r"^[a-z][a-z0-9+.-]*://", "", value.strip(), flags=re.IGNORECASE)
    host = re.split(r"[/?#]", bare, maxsplit=1)[0].lower()
    return re.sub(r"^(\s*www\.)+", "", host).strip() or value


def _e164(value: str) -> str:
    """Only a number that states its country can be told apart from a local one."""
    plain = re.sub(r"\(0\)", "", value)
    digits = re.sub(r"\D", "", plain)
    stated = plain.strip()
    if stated.startswith("00"):
        digits = digits[2:]
    elif not stated.startswith("+"):
        return value
    whole = re.fullmatch(r"[+0-9 ()./\-]+", stated) is not None
    return f"+{digits}" if whole and _SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE else value


def _cents(value: str) -> str:
    try:
        return plain(Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP))
    except InvalidOperation:
        return value


def _times(factor: str) -> Half:
    def scaled(value: str) -> str | None:
        try:
            return plain(Decimal(value) * Decimal(factor))
        except InvalidOperation:
            return None

    return scaled


def plain(number: Decimal) -> str:
    """The canonical spelling of a number: no exponent, no needless zeros, no minus zero."""
    digits = format(number, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits in ("-0", "") else digits


_PAIRS: Mapping[Transform, Mapping[System, Half]] = {
    Transform.COUNTRY_CODE: {System.SALESFORCE: country_code, System.HUBSPOT: country_name},
    Transform.COUNTRY_NAME: {System.SALESFORCE: country_name, System.HUBSPOT: country_code},
    Transform.PERCENT: {System.SALESFORCE: _times("100"), System.HUBSPOT: _times("0.01")},
}
_ONE_WAY: Mapping[Transform, Callable[[str], str]] = {
    Transform.LOWER: str.lower,
    Transform.UPPER: str.upper,
    Transform.TITLE_CASE: _title,
    Transform.SINGLE_LINE: lambda value: " ".join(value.split()),
    Transform.STRIP_URL: _strip_url,
    Transform.E164_PHONE: _e164,
    Transform.ROUND_TO_CENTS: _cents,
}
