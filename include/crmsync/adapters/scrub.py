"""A CRM's refusal in words that carry no record value.

Both CRMs like to quote what they refuse: 'Email address ada@example is invalid', 'bad value
for restricted picklist field: Gold'. Outcomes are logged and shown to people who may not
see the record, so what we sent is taken out of the sentence again, also where it was escaped
or cut short, and so is whatever is shaped like an e-mail address or stands in quotes without
being a field's name. Record ids stay: they are how a person finds the record.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

HIDDEN = "[value]"

_MAIL = re.compile(r"[^\s\"'<>,;:()]+@[^\s\"'<>,;()]+")
_QUOTED = re.compile(r"\"([^\"]*)\"|(?<!\w)'([^']*)'(?!\w)")
_LONGEST = 500
"""Salesforce's flows can answer a page of text; an outcome needs a sentence."""
_START = 24
"""Characters that give a long value away where a message quotes only its beginning."""


def scrub(message: str, values: Mapping[str, Any], names: Iterable[str] = ()) -> str:
    """`message` without the values we sent; `names` may stand in quotes."""
    known = {name.lower() for name in (*values, *names)}
    for spelled in sorted(set(_spellings(values)), key=len, reverse=True):
        message = re.sub(
            rf"(?<!\w){re.escape(spelled)}(?!\w)", HIDDEN, message, flags=re.IGNORECASE
        )
        message = _without_start(message, spelled)
    message = _MAIL.sub(HIDDEN, message)
    message = _QUOTED.sub(lambda quoted: _keep_names(quoted, known), message)
    told = one_line(message)
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 3]}..."


def one_line(text: str) -> str:
    """A CRM's text in one line of what can be seen: no terminal obeys it, no letters turn round."""
    seen = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(seen.split())


def _spellings(values: Mapping[str, Any]) -> Iterator[str]:
    for value in values.values():
        if value in (None, "", True, False):
            continue
        text = str(value)
        # A text of several lines, or with several choices, is quoted in pieces.
        for piece in (text, *re.split(r"[\n;]", text)):
            bare = piece.strip()
            if bare:
                yield from (piece, bare, json.dumps(bare)[1:-1], html.escape(bare))


def _without_start(message: str, spelled: str) -> str:
    """The message without a long value's beginning, however much of it is quoted."""
    start = message.find(spelled[:_START]) if len(spelled) > _START else -1
    if start < 0:
        return message
    pairs = zip(message[start:], spelled, strict=False)
    agreed = next((place for place, (one, two) in enumerate(pairs) if one != two), len(spelled))
    return message[:start] + HIDDEN + message[start + agreed :]


def _keep_names(quoted: re.Match[str], known: set[str]) -> str:
    inside = quoted[1] if quoted[1] is not None else quoted[2]
    return quoted[0] if inside.lower() in known else HIDDEN
