"""Salesforce ids: 15 characters, and 3 more that say which of them are upper case.

An id is always stored and answered with 18 characters. The three check characters let an
18-character id survive software that folds case: `canonical` mends one that was folded,
and refuses one whose check characters fit no spelling.
"""

import re
from functools import lru_cache

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[A-Za-z0-5]{3})?")

POD = "Sb0"
"""The instance's mark in every id made here."""


def checksum(id_15: str) -> str:
    """The three characters that complete a 15-character id."""
    return "".join(_check(id_15[start : start + 5]) for start in (0, 5, 10))


@lru_cache(maxsize=65_536)
def canonical(text: str) -> str | None:
    """The 18 characters of an id, or None when the text is no id."""
    if not _SHAPE.fullmatch(text):
        return None
    if len(text) == 15:
        return text + checksum(text)
    if checksum(text[:15]) == text[15:]:
        return text
    mended = _recased(text[:15], text[15:].upper())
    return mended + text[15:].upper() if checksum(mended) == text[15:].upper() else None


def numbered(prefix: str, number: int) -> str:
    """The id of the `number`th record of the object with this key prefix."""
    front, number = divmod(number, 62**5)
    number, last = divmod(number, 62)
    first, second = _PAIRS[number // 3844], _PAIRS[number % 3844]
    check = _CHECKS[first[1] | second[1] << 2 | ("A" <= _ALPHABET[last] <= "Z") << 4]
    head, checks = _head(prefix, front)
    return f"{head}{first[0]}{second[0]}{_ALPHABET[last]}{checks}{check}"


def number_of(id_18: str, prefix: str) -> int:
    """The number an id was made from."""
    number = 0
    for one in id_18[len(prefix) + len(POD) : 15]:
        number = number * 62 + _ALPHABET.index(one)
    return number


def _recased(id_15: str, checks: str) -> str:
    upper = (
        bool(_CHECKS.index(checks[place // 5]) >> (place % 5) & 1) for place in range(len(id_15))
    )
    return "".join(
        one.upper() if is_upper else one.lower() for one, is_upper in zip(id_15, upper, strict=True)
    )


def _check(block: str) -> str:
    return _CHECKS[
        _UPPER_IN[block[:2]] | _UPPER_IN[block[2:4]] << 2 | ("A" <= block[4] <= "Z") << 4
    ]


@lru_cache(maxsize=256)
def _head(prefix: str, front: int) -> tuple[str, str]:
    """The ten characters that 916 million ids share, and their checks."""
    text = ""
    for _ in range(10 - len(prefix) - len(POD)):
        front, digit = divmod(front, 62)
        text = _ALPHABET[digit] + text
    head = prefix + POD + text
    return head, _check(head[:5]) + _check(head[5:])


def _upper(text: str) -> int:
    return sum(1 << place for place, one in enumerate(text) if "A" <= one <= "Z")


_PAIRS = [(one + other, _upper(one + other)) for one in _ALPHABET for other in _ALPHABET]
"""Every two digits, and which of them are upper case."""
_UPPER_IN = dict(_PAIRS)
