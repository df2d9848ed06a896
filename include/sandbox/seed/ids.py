"""Salesforce ids as the real ones are spelled: 15 characters that matter, 3 that check them.

The first three characters name the object, the rest counts in base 62, case-sensitively.
The last three repeat, for each block of five, which of its characters are upper case, so
that software which ignores case can still tell two ids apart. HubSpot's ids need no such
care: they are decimal numbers, unique within one object type.
"""

from functools import lru_cache

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECK_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

PREFIXES = {
    "Account": "001",
    "Contact": "003",
    "Lead": "00Q",
    "Opportunity": "006",
    "User": "005",
    "Group": "00G",
    "Organization": "00D",
    "OpportunityStage": "01J",
}

_POD = "Sd0"
"""The three characters after the prefix that tell one Salesforce instance from another."""


def salesforce_id(sobject: str, number: int) -> str:
    """The 18-character id of the `number`th record of `sobject`."""
    head, checks = _head(sobject, number // 62**5)
    tail = _counted(number % 62**5)
    return f"{head}{tail}{checks}{_check(tail)}"


def checksum(id_15: str) -> str:
    """The three characters that follow a 15-character id."""
    return "".join(_check(id_15[start : start + 5]) for start in (0, 5, 10))


@lru_cache(maxsize=64)
def _head(sobject: str, block: int) -> tuple[str, str]:
    """All but the last five characters, which a million ids share, and their checks."""
    head = PREFIXES[sobject] + _POD + _counted(block)[-4:]
    return head, _check(head[:5]) + _check(head[5:])


def _counted(number: int) -> str:
    text = ""
    for _ in range(5):
        number, digit = divmod(number, 62)
        text = DIGITS[digit] + text
    return text


def _check(block: str) -> str:
    return CHECK_ALPHABET[sum(1 << place for place, char in enumerate(block) if "A" <= char <= "Z")]
