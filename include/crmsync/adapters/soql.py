"""Building SOQL: pure text, values always escaped.

SOQL has no parameters over REST, so every value passes through `quoted`, the only place
where text becomes a literal. Lists of values are cut so that a query, percent-encoded, stays
well within Salesforce's 16,384 bytes for address and headers together.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote_plus

STAMP = "SystemModstamp"
"""Moves on every change, the system's own included, and is indexed."""

LIST_BUDGET = 10_000
"""Bytes of a percent-encoded IN list; leaves room for the fields and the headers."""

_ESCAPES = str.maketrans(
    {
        "\\": "\\\\",
        "'": "\\'",
        '"': '\\"',
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
        "\b": "\\b",
        "\f": "\\f",
    }
)


def quoted(value: str) -> str:
    """A value as a SOQL string literal."""
    return f"'{value.translate(_ESCAPES)}'"


def moment(at: datetime) -> str:
    """A moment as a SOQL datetime literal, which is not quoted."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def within(field: str, values: Sequence[str]) -> str:
    """A condition: the field holds one of the values."""
    return f"{field} IN ({','.join(quoted(value) for value in values)})"


def select(
    fields: Iterable[str],
    kind: str,
    *,
    where: Sequence[str] = (),
    order_by: Sequence[str] = (),
) -> str:
    """A query; the conditions in `where` must all hold."""
    words = ["SELECT", ",".join(fields), "FROM", kind]
    if where:
        words += ["WHERE", " AND ".join(where)]
    if order_by:
        words += ["ORDER BY", ", ".join(order_by)]
    return " ".join(words)


def portions(values: Iterable[str], budget: int = LIST_BUDGET) -> Iterator[list[str]]:
    """Values, each once, cut into IN lists that fit an address."""
    portion: list[str] = []
    room = budget
    for value in dict.fromkeys(values):
        cost = len(quote_plus(quoted(value))) + len("%2C")
        if portion and cost > room:
            yield portion
            portion, room = [], budget
        portion.append(value)
        room -= cost
    if portion:
        yield portion
