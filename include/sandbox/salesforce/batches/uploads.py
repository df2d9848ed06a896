"""The records of a batch as a table, whatever they came as.

JSON is a list of objects, XML a list of sObject elements; a parent is an object inside with
one external id. Absent and empty values leave a field alone, as in CSV; null clears it.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from include.sandbox.salesforce.batches.wording import local, parsed
from include.sandbox.salesforce.bulk.columns import CLEARED
from include.sandbox.salesforce.bulk.sheet import Unreadable, write
from include.sandbox.salesforce.errors import Refusal

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_OF_NO_FIELD = ("attributes", "type")

Row = dict[str, str]


def table(content_type: str, sent: bytes) -> bytes:
    """The records of a batch as CSV; raises Unreadable."""
    if content_type == "CSV":
        return sent
    rows = list(_of_json(sent) if content_type == "JSON" else _of_xml(sent))
    header = list(dict.fromkeys(name for row in rows for name in row))
    lines = ([row.get(name, "") for name in header] for row in rows)
    return write([header, *lines], "COMMA", "LF") if header else b""


def line_ending(upload: bytes) -> str:
    """What ends the lines of a table, told by its first."""
    return "CRLF" if upload.partition(b"\n")[0].endswith(b"\r") else "LF"


def _of_json(sent: bytes) -> Iterator[Row]:
    try:
        told = json.loads(sent or b"[]")
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"InvalidBatch : Failed to parse JSON. {error}") from None
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise Unreadable("InvalidBatch : A batch of JSON is a list of records")
    for one in told:
        yield dict(_flat(one, ""))


def _flat(record: Mapping[str, Any], way: str) -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, Mapping):
            yield from _flat(value, f"{way}{name}.")
        else:
            yield f"{way}{name}", _text(value)


def _text(value: Any) -> str:
    if value is None:
        return CLEARED
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_xml(sent: bytes) -> Iterator[Row]:
    try:
        root = parsed(sent)
    except Refusal:
        raise Unreadable("InvalidBatch : Failed to parse XML") from None
    return (dict(_below(record, "")) for record in root)


def _below(record: Element, way: str) -> Iterator[tuple[str, str]]:
    for one in record:
        name = local(one.tag)
        if name in _OF_NO_FIELD and (way or not len(one)):
            continue
        if len(one):
            inner = one[0] if local(one[0].tag) == "sObject" else one
            yield from _below(inner, f"{way}{name}.")
        else:
            nil = one.get(_NIL) in ("true", "1")
            yield f"{way}{name}", CLEARED if nil else (one.text or "")
