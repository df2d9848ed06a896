"""What fits in a property, and how HubSpot keeps it.

A value comes as anything JSON can say and is kept as text, or as nothing when it is blank.
Each type has its own check and its own complaint. Kept moments have one spelling, so that
text compares as time; everything else is kept as it was told.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.failures import Problem
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.pipelines import Pipelines
from include.sandbox.hubspot.property import Property

_SURROGATE = re.compile(r"[\ud800-\udfff]")
"""Half a character: JSON can say it, and no text can store it."""
LONGEST = 65_536
"""Characters in a text."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_MAIL = re.compile(r"[^@\s,;:<>()\[\]\"]+@([\w](?:[\w-]*[\w])?\.)+[\w-]*[^\W\d_][\w-]*")
_MAILS = {"email", "hs_additional_emails", "work_email"}
_EXPECTED_OPTIONS = 30
"""How many options a complaint lists."""


class Invalid(Exception):
    """A value that does not fit."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


class Values:
    """Checks values against the portal they are meant for."""

    def __init__(self, owners: Callable[[], frozenset[str]], pipelines: Pipelines) -> None:
        self._owners = owners
        self._pipelines = pipelines

    def kept(self, kind: ObjectType, declared: Property, told: Any, now: str | None) -> str | None:
        """How a value is kept, None for blank; `now` is what is kept so far. Raises Invalid."""
        text = as_text(declared, told)
        if text is None or text == "" or (declared.type != "string" and not text.strip()):
            return None
        if declared.name in _MAILS:
            return _mails(declared, text)
        if declared.type in ("enumeration", "bool"):
            return self._option(kind, declared, text, now)
        return _BY_TYPE.get(declared.type, _string)(declared, text)

    def options(self, kind: ObjectType, declared: Property) -> Mapping[str, str]:
        """Value -> label of everything an enumeration takes."""
        if declared.name == "hubspot_owner_id":
            return dict.fromkeys(self._owners(), "")
        if declared.external:
            return self._pipelines.options(kind, declared.name)
        return {one.value: one.label for one in declared.options}

    def _option(self, kind: ObjectType, declared: Property, text: str, now: str | None) -> str:
        options = self.options(kind, declared)
        if not declared.several:
            chosen = text.lower() if declared.type == "bool" else text
            if chosen not in options:
                raise _not_an_option(declared, text, options)
            return chosen
        # A leading semicolon adds to what is chosen already.
        parts = [part.strip() for part in text.split(";") if part.strip()]
        if wrong := [part for part in parts if part not in options]:
            raise _not_an_option(declared, wrong[0], options)
        before = now.split(";") if now and text.startswith(";") else []
        return ";".join(dict.fromkeys([*before, *parts]))


def as_text(declared: Property, told: Any) -> str | None:
    """A JSON value as the text HubSpot makes of it."""
    if told is None:
        return None
    if isinstance(told, str):
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", told)
    if isinstance(told, bool):
        return str(told).lower()
    if isinstance(told, int):
        return str(told)
    if isinstance(told, float):
        return str(int(told)) if told.is_integer() and abs(told) < 1e15 else repr(told)
    raise _invalid(declared, "INVALID_STRING", f"{told} is not a valid value")


def _string(declared: Property, text: str) -> str:
    if len(text) > LONGEST:
        message = f"{declared.name} is too long: at most {LONGEST} characters are allowed"
        raise _invalid(declared, "VALUE_TOO_LONG", message)
    return text


def _mails(declared: Property, text: str) -> str:
    several = declared.name == "hs_additional_emails"
    mails = [one.strip().lower() for one in (text.split(";") if several else [text])]
    for mail in mails:
        if len(mail) > 254 or not _MAIL.fullmatch(mail):
            raise _invalid(declared, "INVALID_EMAIL", f"Email address {mail} is invalid")
    return ";".join(dict.fromkeys(mails))


def _number(declared: Property, text: str) -> str:
    number = text.strip()
    if not _NUMBER.fullmatch(number):
        raise _invalid(declared, "INVALID_NUMBER", f"{text} was not a valid number.")
    return number


def _datetime(declared: Property, text: str) -> str:
    return moments.stored(_stamp(declared, text))


def _date(declared: Property, text: str) -> str:
    stamp = _stamp(declared, text)
    if stamp % moments.DAY:
        clock = moments.stored(stamp)[11:-1]
        raise _invalid(declared, "INVALID_DATE", f"{text} is at {clock} UTC, not midnight!")
    return moments.stored(stamp)[:10]


def _stamp(declared: Property, text: str) -> int:
    stamp = moments.read(text)
    if stamp is None:
        raise _invalid(declared, "INVALID_LONG", f"{text} was not a valid long.")
    return stamp


_BY_TYPE: dict[str, Callable[[Property, str], str]] = {
    "number": _number,
    "date": _date,
    "datetime": _datetime,
}


def _not_an_option(declared: Property, text: str, options: Mapping[str, str]) -> Invalid:
    shown = [f'label: "{label}", value: "{value}"' for value, label in options.items()]
    listed = "; ".join(shown[:_EXPECTED_OPTIONS])
    message = f"{text} was not one of the allowed options: [{listed}]"
    return _invalid(declared, "INVALID_OPTION", message)


def _invalid(declared: Property, code: str, message: str) -> Invalid:
    return Invalid(Problem(declared.name, code, message))
