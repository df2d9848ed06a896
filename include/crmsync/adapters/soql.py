"""Building SOQL: pure text, values always escaped.

SOQL has no parameters over REST, so every value passes through `quoted`, the only place
where text becomes a literal. Lists of values are cut so that a query, percent-encoded, stays
well within Salesforce's 16,384 bytes for address and headers together. Blank values are never
asked for: to SOQL `''` means null, and would find every record without a value.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote_plus

STAMP = "SystemModstamp"
"""Moves on every change, the system's own included, and is indexed."""

ADDRESS = 14_000
"""Bytes of a percent-encoded query; leaves room for the path and the headers."""

LIST_BUDGET = 10_000
"""Bytes of a percent-encoded IN list, where the rest of the query is short."""

LONGEST = 4000
"""Characters of a string in a condition; a longer one is refused, and no indexed field holds it."""

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


def containing(field: str, text: str) -> str:
    """A condition: the text is somewhere in the field, whatever its case; no part is a pattern."""
    literal = text.translate(_ESCAPES).replace("%", "\\%").replace("_", "\\_")
    return f"{field} LIKE '%{literal}%'"


def either(conditions: Iterable[str]) -> str:
    """A condition: one of these holds."""
    return f"({' OR '.join(conditions)})"


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


def room_beside(query: str) -> int:
    """Bytes that are left for an IN list beside the rest of a query."""
    return max(1, min(LIST_BUDGET, ADDRESS - len(quote_plus(query))))


def portions(
    values: Iterable[str],
    budget: int = LIST_BUDGET,
    spelled: Callable[[str], str] = quoted,
    between: str = ",",
) -> Iterator[list[str]]:
    """Values, each once, cut into lists that fit an address; without those that find nothing.

    As spelled in an IN list, or otherwise: then with what stands between two of them.
    """
    portion: list[str] = []
    room = budget
    for value in dict.fromkeys(values):
        if not value.strip() or len(value) > LONGEST:
            continue
        cost = len(quote_plus(spelled(value) + between))
        if portion and cost > room:
            yield portion
            portion, room = [], budget
        portion.append(value)
        room -= cost
    if portion:
        yield portion
