"""How search compares text: folded, and cut into tokens.

The functions are given to SQLite, so that one statement filters, sorts and counts.
"""

import json
import re
import sqlite3
from collections.abc import Sequence

_TOKEN = re.compile(r"\w+")


def register(connection: sqlite3.Connection) -> None:
    """Give SQLite the comparisons of search."""
    connection.create_function("hs_fold", 1, fold, deterministic=True)
    connection.create_function("hs_token", 2, has_token, deterministic=True)
    connection.create_function("hs_words", 2, has_words, deterministic=True)
    connection.create_function("hs_any", 2, has_any, deterministic=True)


def fold(text: str | None) -> str | None:
    """Text without regard to case."""
    return None if text is None else text.casefold()


def has_token(text: str | None, wanted: str) -> bool:
    """Whether a token, or several in a row, occur; `*` stands for any characters."""
    if text is None:
        return False
    folded = text.casefold()
    if "*" in wanted:
        parts = tuple(wanted.casefold().split("*"))
        return any(_fits(one, parts) for one in (folded, *folded.split(), *_tokens(folded)))
    return f" {' '.join(_tokens(wanted.casefold()))} " in f" {' '.join(_tokens(folded))} "


def has_words(text: str | None, query: str) -> bool:
    """Whether every word of a query begins some word of the text."""
    tokens = _tokens((text or "").casefold())
    return all(any(one.startswith(word) for one in tokens) for word in _tokens(query.casefold()))


def words_of(query: str) -> list[str]:
    """The words of a query, folded."""
    return _tokens(query.casefold())


def has_any(text: str | None, wanted: str) -> bool:
    """Whether one of several options (a JSON list) is among those chosen."""
    return text is not None and not set(text.split(";")).isdisjoint(json.loads(wanted))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _fits(text: str, parts: Sequence[str]) -> bool:
    """Whether a text has these parts in their order, the ends at its ends; in linear time."""
    first, *middle, last = parts
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
