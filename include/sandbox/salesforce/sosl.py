"""SOSL, the language of the search resource, as far as ordinary clients speak it.

`FIND {word} IN EMAIL FIELDS RETURNING Contact(Id, Name LIMIT 5), Lead` becomes the request
that a parameterized search makes. Conditions and orders inside RETURNING are refused.
"""

import re
from typing import Any

from include.sandbox.salesforce.errors import Refusal, refusal

_FIND = re.compile(
    r"""\s*FIND\s*\{(?P<word>(?:[^{}\\]|\\.)*)\}
        (?:\s+IN\s+(?P<scope>ALL|NAME|EMAIL|PHONE|SIDEBAR)\s+FIELDS)?
        (?:\s+RETURNING\s+(?P<returning>.+?))?
        (?:\s+LIMIT\s+(?P<limit>\d{1,4}))?\s*""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_OBJECT = re.compile(
    r"\s*(?P<name>\w+)\s*(?:\(\s*(?P<fields>\w[\w.,\s]*?)(?:\s+LIMIT\s+(?P<limit>\d{1,4}))?\s*\))?\s*",
    re.IGNORECASE,
)
_COMMA = re.compile(r",(?![^(]*\))")
_CLAUSE = re.compile(r"\s(WHERE|ORDER|OFFSET|USING)\s", re.IGNORECASE)


def asked_by(text: str) -> dict[str, Any]:
    """A parameterized search that asks the same; raises Refusal."""
    found = _FIND.fullmatch(text)
    if found is None or _CLAUSE.search(found["returning"] or ""):
        raise _malformed(text)
    asked: dict[str, Any] = {
        "q": re.sub(r"\\(.)", r"\1", found["word"]),
        "in": (found["scope"] or "ALL").upper(),
        "overallLimit": int(found["limit"]) if found["limit"] else None,
    }
    if found["returning"]:
        asked["sobjects"] = [_object(one, text) for one in _COMMA.split(found["returning"])]
    return asked


def _object(text: str, whole: str) -> dict[str, Any]:
    found = _OBJECT.fullmatch(text)
    if found is None:
        raise _malformed(whole)
    fields = [one.strip() for one in (found["fields"] or "Id").split(",")]
    limit = int(found["limit"]) if found["limit"] else None
    return {"name": found["name"], "fields": fields, "limit": limit}


def _malformed(text: str) -> Refusal:
    return refusal("MALFORMED_SEARCH", f"unexpected token in SOSL: {text[:80]}")
