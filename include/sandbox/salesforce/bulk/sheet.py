"""Tables of text, read and written as bulk jobs do: CSV with a chosen delimiter.

The whole upload is one table with a header. What cannot be read as a table fails the job,
in the words the real API has for it. Answers quote every value.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from include.sandbox.salesforce.bulk.job import DELIMITERS, LINE_ENDINGS

LONGEST_FIELD = 131_072
MOST_FIELDS = 5000
LONGEST_RECORD = 400_000
_UNQUOTED = (
    "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be"
    " within a quote"
)


class Unreadable(ValueError):
    """The upload is no table; the message is the job's."""


def rows(upload: bytes, delimiter: str, line_ending: str) -> Iterator[list[str]]:
    """The header, then the rows, blank lines left out; raises Unreadable."""
    text = upload.decode("utf-8", "replace")
    _check_line_ending(text, line_ending)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[delimiter], strict=True)
    header: list[str] = []
    try:
        for row in reader:
            if not row:
                continue
            header = header or row
            _check_row(row, header)
            yield row
    except csv.Error as error:
        raise Unreadable(f"InvalidBatch : Failed to parse CSV. {error}") from None


def write(table: Iterable[Iterable[str]], delimiter: str, line_ending: str) -> bytes:
    """A table as CSV, every value in quotes."""
    sign, end = DELIMITERS[delimiter], LINE_ENDINGS[line_ending]
    between = f'"{sign}"'
    lines = (
        '"' + between.join(value.replace('"', '""') for value in row) + '"' + end for row in table
    )
    return "".join(lines).encode()


def _check_line_ending(text: str, line_ending: str) -> None:
    first = text.partition("\n")[0]
    if "\n" in text and first.endswith("\r") != (line_ending == "CRLF"):
        raise Unreadable(
            "ClientInputError : LineEnding is invalid on user data."
            f" Current LineEnding setting is {line_ending}"
        )
    if first.startswith('\ufeff"'):
        raise Unreadable(_UNQUOTED)


def _check_row(row: list[str], header: list[str]) -> None:
    if len(row) != len(header):
        raise Unreadable(
            f"InvalidBatch : Failed to parse CSV. Expected {len(header)} columns, found {len(row)}"
        )
    if len(row) > MOST_FIELDS:
        raise Unreadable(f"InvalidBatch : Record has more than {MOST_FIELDS} fields")
    if sum(map(len, row)) > LONGEST_RECORD:
        raise Unreadable(f"InvalidBatch : Record is longer than {LONGEST_RECORD} characters")
