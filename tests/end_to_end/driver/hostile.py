"""Values that people, imports and attackers put into CRMs: by type, thrown by dice.

Each is something one of the two systems may take. What a CRM declines is no value, and no news.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.end_to_end.driver.mapping import Field

TEXTS = (
    "O'Brien",
    'He said "no"',
    "' OR Name != '",
    "\\' ; DELETE",
    "<b>bold</b> & <script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "+1-555",
    "@SUM(1+1)",
    "a,b;c\td",
    "  leading and trailing  ",
    "\u05e9\u05dc\u05d5\u05dd \u202eabc",
    "zero\u200bwidth\ufeff",
    "caf\u00e9",
    "cafe\u0301",
    "\U0001f469\u200d\U0001f680 rocket",
    "\u00a0no-break\u00a0",
    "\u200b",
    "\x07bell",
    "\x1fseparator\x1f",
    "null",
    "None",
    "NaN",
    "nan",
    "#N/A",
    "true",
    "0",
    "007",
    "1e5",
    "1,000.50",
    "{{contact.name}}",
    "%s %d %00",
    "${jndi:x}",
    "\u0130stanbul \u00df",
    "\N{REPLACEMENT CHARACTER}",
    "12345678901234567890",
    "line\nbreak",
    "nul\x00byte",
    "carriage\r\nreturn",
)
LONG = ("x" * 41, "y" * 81, "z" * 129, "w" * 256, "\U0001f600" * 30, "\u00e9" * 121)
NUMBERS = (
    "0", "-0", "1", "-1", "0.5", "1.005", "2.675", "-2.5", "1e3", "1200.00", "99999999",
    "123456789", "0.1", "12345678.91", "1234567890123456", "0.000001", "3.14159265358979", "-0.004",
    "+7",
)  # fmt: skip
DAYS = (
    "1999-12-31", "2000-02-29", "2024-02-29", "2026-03-08", "2026-11-01", "1970-01-01",
    "2199-12-31",
)  # fmt: skip
MOMENTS = (
    "2026-03-08T06:59:59Z", "2026-03-08T05:00:00Z", "2026-11-01T04:00:00Z", "2026-07-01T00:00:00Z",
    "2026-12-31T23:59:59.999Z", "2026-01-01T00:00:00Z", "2026-06-30T12:30:15Z",
    "2026-01-15T04:59:59Z",
)  # fmt: skip
PHONES = (
    "+44 20 7946 0001", "020 7946 0002", "(555) 010-9999 ext. 7", "5550100", "123", "call me",
    "+49\u00a030 1234567",
)  # fmt: skip
CURRENCIES = ["USD", "EUR", "EUR", "GBP", "CHF"]
"""A picklist without mapped values, and one that Salesforce does not have."""
UNKNOWN = ("Huge", "Needs Analysis", "AIRLINES_AVIATION", "Agriculture", "x", "Customer - Direct")
MAILS = ("j\u00f6rg{}@example.com", "a'b{}@example.com", "x{}@b\u00fccher.example")


@dataclass(frozen=True, slots=True)
class Throw:
    """A field, the system it is in, the dice, and a number that no other value has."""

    field: Field
    system: str
    dice: Random
    serial: int

    def rarely(self, share: float) -> bool:
        return self.dice.random() < share

    @property
    def options(self) -> list[str]:
        values = self.field.values
        return [*(values if self.system == "hubspot" else values.values())]


def value(one: Field, system: str, dice: Random, serial: int) -> str | None:
    """Something to put into a field; None clears it."""
    throw = Throw(one, system, dice, serial)
    if throw.rarely(0.18) and not one.required:
        return None
    return _BY_TYPE.get(one.type, _text)(throw)


def _text(throw: Throw) -> str:
    if throw.rarely(0.4):
        return f"{throw.field.name} {throw.serial}"
    if throw.field.type == "text" and throw.rarely(0.05):
        return "d" * throw.dice.choice((32000, 32001, 40000))
    return throw.dice.choice(LONG if throw.rarely(0.17) else TEXTS)


def _number(throw: Throw) -> str:
    if throw.rarely(0.05):
        return "about 12"
    return throw.dice.choice(NUMBERS) if throw.rarely(0.6) else str(throw.serial)


def _boolean(throw: Throw) -> str:
    return throw.dice.choice(("true", "false"))


def _date(throw: Throw) -> str:
    return throw.dice.choice(DAYS + MOMENTS)


def _datetime(throw: Throw) -> str:
    return throw.dice.choice(MOMENTS)


def _picklist(throw: Throw) -> str:
    if throw.rarely(0.12):
        return throw.dice.choice(UNKNOWN)
    return throw.dice.choice(throw.options or CURRENCIES)


def _stage(throw: Throw) -> str:
    return "Needs Analysis" if throw.rarely(0.05) else throw.dice.choice(throw.options)


def _several(throw: Throw) -> str:
    known = throw.options
    if throw.rarely(0.1):
        known.append("rust" if throw.system == "hubspot" else "Chess")
    return ";".join(throw.dice.sample(known, throw.dice.randint(1, len(known))))


def _phone(throw: Throw) -> str:
    return throw.dice.choice(PHONES) if throw.rarely(0.5) else f"+1 555 {throw.serial:07d}"


def _email(throw: Throw) -> str:
    if throw.rarely(0.1):
        return f"Person.{throw.serial}@Example.COM"
    if throw.rarely(0.1):
        return throw.dice.choice(MAILS).format(throw.serial)
    return f"p{throw.serial}@example.com"


_BY_TYPE: dict[str, Callable[[Throw], str]] = {
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "picklist": _picklist,
    "stage": _stage,
    "multipicklist": _several,
    "phone": _phone,
    "email": _email,
}
