"""What HubSpot's refusals say: of which record, for which property, in which words.

Pure. HubSpot refuses a batch as a whole or in part, and tells who is to blame in four ways:
a trace id or record ids in an error's context, a list of errors, a property's name, or JSON
inside a sentence. Whatever is told is used; whatever is not is found out by asking again
about fewer records.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from include.crmsync.adapters.failures import Refused, one_word, strings
from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.refused_record import refused
from include.crmsync.adapters.scrub import scrub
from include.crmsync.model.record import System

TRACE = "objectWriteTraceId"
"""Our number for a row of a batch; HubSpot repeats it in the row's answer or error."""

ABOUT_ROWS = frozenset({207, 400, 404, 409, 422})
"""Statuses that a single record may be to blame for; any other is the request's own."""

PROPERTY_CODES = frozenset({"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"})
"""Refusals of a property for whatever value: every row that carries it shares them."""

CODES = ("code", "error", "subCategory", "category")
"""Where an error has its code, the most precise first."""

TAKEN, MAIL = "CONFLICT", "email"

Leaf = tuple[str, str, list[str]]
"""Code, sentence and property names of one thing that is wrong."""

_PROPERTY = re.compile(r"[Pp]roperty \"?(\w+)\"? (?:does not exist|is read.only)")
_EXISTING = re.compile(r"Existing ID: \d+")


def blame(refusal: Refused, rows: Sequence[Write]) -> Sequence[Write]:
    """The rows a refused batch names; a refusal that is not about rows is raised again."""
    if refusal.status not in ABOUT_ROWS:
        raise refusal
    return [row for error in errors_in(refusal.body) for row in named_rows(error, rows)]


def word(refusal: Refused, row: Write) -> Written:
    """The answer of a row that was refused on its own."""
    if refusal.status not in ABOUT_ROWS:
        raise refusal
    return explain(refusal.body, row)


def explain(error: Any, write: Write) -> Written:
    """One record's refusal, in HubSpot's code and in words without its values."""
    told = [(one[0], _words(one, write), _names(one, write)) for one in leaves(error)]
    return refused(write, told, System.HUBSPOT)


def _words(leaf: Leaf, write: Write) -> str:
    code, text, names = leaf
    # An existing record's id could look like one of the values; it must survive.
    found = _EXISTING.search(text)
    about = f" on {', '.join(names)}" if names else ""
    words = scrub(_EXISTING.sub("", text), write.values, names).strip()
    told = " ".join(part for part in (words, found[0] if found else "") if part)
    return f"{code}{about}: {told}" if told else f"{code}{about}"


def _names(leaf: Leaf, write: Write) -> list[str]:
    """The properties to blame; a contact exists already for one thing alone, its address."""
    code, _, names = leaf
    taken = code == TAKEN and write.record_id is not None and bool(write.values.get(MAIL))
    return names or ([MAIL] if taken else [])


def leaves(error: Any) -> list[Leaf]:
    """Every thing that an error says is wrong, in its most precise words."""
    listed = list(errors_in(error)) or _listed(error)
    if listed:
        return [leaf for one in listed for leaf in leaves(_within(one, error))]
    return [_innermost(error)]


def _listed(error: Any) -> list[Any]:
    return _inside(str(error.get("message") or "")) if isinstance(error, Mapping) else []


def _within(inner: Mapping[str, Any], outer: Any) -> Mapping[str, Any]:
    """An inner error; one without any code of its own has the outer one's."""
    if any(inner.get(key) for key in CODES) or not isinstance(outer, Mapping):
        return inner
    return {**inner, **{key: outer[key] for key in CODES if outer.get(key)}}


def named_rows(error: Mapping[str, Any], rows: Sequence[Write]) -> list[Write]:
    """The rows an error's context names, by trace id, record id or external key."""
    context = error.get("context") or {}
    traces = set(strings(context.get(TRACE)))
    ids = {text for key in ("id", "ids", "objectId") for text in strings(context.get(key))}
    return [
        row
        for number, row in enumerate(rows)
        if str(number) in traces or (row.record_id or row.external_key) in ids
    ]


def refused_property(error: Any) -> str | None:
    """The property that is refused whatever its value, if that is what the error says."""
    code, text, names = _innermost(error)
    if code not in PROPERTY_CODES:
        return None
    found = _PROPERTY.search(text)
    return names[0] if names else found[1] if found else None


def errors_in(body: Any) -> Iterator[Mapping[str, Any]]:
    """The errors listed in an answer."""
    if isinstance(body, Mapping):
        yield from (error for error in body.get("errors") or () if isinstance(error, Mapping))


def _innermost(error: Any) -> tuple[str, str, list[str]]:
    """Code, sentence and property names of the most precise error there is."""
    if not isinstance(error, Mapping):
        return "REJECTED", "", []
    words = (one_word(error.get(key)) for key in CODES)
    code = next(filter(None, words), "REJECTED")
    text = str(error.get("message") or "")
    inner = next(errors_in(error), None) or next(iter(_inside(text)), None)
    if inner is not None:
        inner_code, inner_text, names = _innermost(inner)
        return (code if inner_code == "REJECTED" else inner_code), inner_text or text, names
    names = [*strings((error.get("context") or {}).get("propertyName"))]
    return code, text, names or [*strings(error.get("name"))]


def _inside(text: str) -> list[Mapping[str, Any]]:
    """The errors of `Property values were not valid: [{...}]`."""
    try:
        listed = json.loads(text[text.index("[{") :])
    except ValueError:
        return []
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
