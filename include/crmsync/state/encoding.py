"""Documents as JSON, a piece at a time, so that a big one is never in memory twice.

A document is a dataclass of long tuples. Its text is made from a thousand elements at a time
and goes to the file as it is made; reading decodes straight into the document's own types.
Half a surrogate pair, which a CRM may cut a text down to, survives as an escape; a text with
one is read the slow way.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import msgspec

Document = TypeVar("Document")

PIECE = 1000
"""Elements that are turned into text at a time."""


def pieces(document: object) -> Iterator[str]:
    """Yield the text of a document with its type's name, in ASCII."""
    yield f'{{"type":{json.dumps(type(document).__name__)},"document":'
    yield from _pieces(document)
    yield "}"


def decoded(content: bytes, type_: type[Document]) -> Document:
    """The document in a text; raises ValueError, KeyError or TypeError where there is none."""
    try:
        raw = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        if json.loads(bytes(raw["type"])) != type_.__name__:
            raise TypeError("another document")
        return msgspec.json.decode(raw["document"], type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError):
        envelope: dict[str, Any] = json.loads(content)
        return msgspec.convert(envelope["document"], type_, str_keys=True)


def _pieces(value: object) -> Iterator[str]:
    if isinstance(value, list | tuple) and len(value) > PIECE:
        yield from _between("[]", (_inside(value[at : at + PIECE]) for at in _starts(value)))
    elif isinstance(value, Mapping) and len(value) > PIECE:
        items = list(value.items())
        yield from _between("{}", (_inside(dict(items[at : at + PIECE])) for at in _starts(items)))
    elif isinstance(value, Mapping):
        yield from _object({_key(key): one for key, one in value.items()})
    elif is_dataclass(value):
        yield from _object({one.name: getattr(value, one.name) for one in fields(value)})
    else:
        yield _text(value)


def _object(members: Mapping[str, object]) -> Iterator[str]:
    yield "{"
    for number, (name, value) in enumerate(members.items()):
        yield f"{',' if number else ''}{json.dumps(name)}:"
        yield from _pieces(value)
    yield "}"


def _between(brackets: str, texts: Iterator[str]) -> Iterator[str]:
    yield brackets[0]
    for number, text in enumerate(texts):
        yield f",{text}" if number else text
    yield brackets[1]


def _starts(value: Any) -> range:
    return range(0, len(value), PIECE)


def _inside(value: object) -> str:
    return _text(value)[1:-1]


def _key(key: object) -> str:
    told: str = msgspec.to_builtins(key, str_keys=True)
    return str(told)


def _text(value: object) -> str:
    return json.dumps(msgspec.to_builtins(value, str_keys=True), separators=(",", ":"))
