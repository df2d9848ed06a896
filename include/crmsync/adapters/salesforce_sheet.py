"""Writes as the CSV of a bulk job, and a job's results read back.

Pure. An empty cell leaves a field alone and `#N/A` clears it, so a text that is itself
`#N/A`, or empty, cannot be said in a sheet; `sayable` tells. Every write has one key, in one
column, by which its result is found again.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import requests

from include.crmsync.adapters.gateway import Write
from include.crmsync.adapters.salesforce_write import to_body
from include.crmsync.model.mapping import ObjectMapping

CLEARED = "#N/A"

csv.field_size_limit(1_000_000)


def sayable(write: Write) -> bool:
    """Whether a sheet can say every value of a write."""
    return all(
        value is None
        or (isinstance(value, str | bool | int | float) and value not in ("", CLEARED))
        for value in (*write.values.values(), *write.parents.values())
    )


def key_column(mapping: ObjectMapping, write: Write) -> str:
    """The column that names the record: its id, or the key a create is found again by."""
    return mapping.salesforce_key if write.record_id is None else "Id"


def to_sheet(mapping: ObjectMapping, writes: Sequence[Write]) -> bytes:
    """All writes as one sheet; a field that a write does not touch is empty in its row."""
    rows = [_row(mapping, write) for write in writes]
    columns = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO(newline="")
    sheet = csv.DictWriter(text, list(columns), restval="", lineterminator="\n")
    sheet.writeheader()
    sheet.writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def from_sheet(answer: requests.Response) -> Iterator[dict[str, str | None]]:
    """The rows of an answer, a blank value as None."""
    text = io.StringIO(answer.content.decode("utf-8"), newline="")
    for row in csv.DictReader(text):
        yield {name: value or None for name, value in row.items()}


def error_of(row: Mapping[str, str | None]) -> dict[str, Any]:
    """A failed row's `CODE:message:fields --` as a collection would have said it."""
    code, _, rest = (row.get("sf__Error") or "").partition(":")
    message, _, fields = rest.rpartition(":")
    names = [name for name in fields.removesuffix("--").split() if name]
    error = {"statusCode": code, "message": message or rest, "fields": names}
    return {"success": False, "errors": [error]}


def _row(mapping: ObjectMapping, write: Write) -> dict[str, str]:
    body = to_body(mapping, write)
    body.pop("attributes")
    if write.record_id is not None:
        body["Id"] = body.pop("id")
    return {name: _cell(value) for name, value in body.items()}


def _cell(value: Any) -> str:
    if value is None:
        return CLEARED
    return str(value).lower() if isinstance(value, bool) else str(value)
