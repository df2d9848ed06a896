"""A query's text cut into tokens, each with its position.

Names, keywords among them, keep their spelling; the parser compares them without regard to
case. A character that begins no token is refused here, and so is an escape that a string
may not hold.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from include.sandbox.soql.errors import malformed

LONGEST = 100_000
"""Characters a query may have."""

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    | (?P<day>\d{4}-\d\d-\d\d(?!\d))
    | (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w]))
    | (?P<name>[A-Za-z_]\w*)
    | (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<sign><=|>=|!=|<>|[=<>(),.:])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_BAD_ESCAPE = re.compile(r"\\(?!u[0-9A-Fa-f]{4}|[nNrRtTbBfF\"'\\_%])(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, literal or sign; `kind` end stands behind the last one."""

    kind: str
    text: str
    position: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, in capitals."""
        return self.kind == "name" and self.text.upper() in words


def tokens(query: str) -> Iterator[Token]:
    """Every token of a query, and one that marks its end."""
    if len(query) > LONGEST:
        raise malformed(f"SOQL statements cannot be longer than {LONGEST} characters.")
    position = 0
    while position < len(query):
        found = _TOKEN.match(query, position)
        if found is None:
            raise _unreadable(query, position)
        kind = str(found.lastgroup)
        if kind == "string":
            _check_escapes(found[0], position)
        if kind != "space":
            yield Token(kind, found[0], position)
        position = found.end()
    yield Token("end", "<EOF>", len(query))


def _check_escapes(literal: str, position: int) -> None:
    stripped = literal[1:-1].replace("\\\\", "  ")
    if bad := _BAD_ESCAPE.search(stripped):
        raise malformed(
            f"Invalid string literal {literal}. Illegal character sequence '\\{bad[1]}'"
            " in string literal.",
            position,
        )


def _unreadable(query: str, position: int) -> Exception:
    row = query.count("\n", 0, position) + 1
    column = position - query.rfind("\n", 0, position) - 1
    if query[position] == "'":
        return malformed("line breaks not allowed in string literals", position)
    return malformed(f"line {row}:{column} no viable alternative at character '{query[position]}'")
