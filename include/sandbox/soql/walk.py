"""A walk over tokens: look at one, take it, insist on it, and never go too deep."""

from collections.abc import Callable
from typing import TypeVar

from include.sandbox.soql.errors import SoqlError, malformed
from include.sandbox.soql.tokens import Token, tokens

T = TypeVar("T")

DEEPEST = 60
"""Levels of parentheses and sub-queries."""


class Walk:
    """The tokens of a query and how far they have been read."""

    def __init__(self, query: str) -> None:
        self._tokens = list(tokens(query))
        self._next = 0
        self._depth = 0

    def end(self) -> None:
        """Insist that everything has been read."""
        if self._now.kind != "end":
            raise self._unexpected()

    @property
    def _now(self) -> Token:
        return self._tokens[self._next]

    def _advance(self) -> Token:
        token = self._now
        if token.kind == "end":
            raise self._unexpected()
        self._next += 1
        return token

    def _list(self, rule: Callable[[], T]) -> list[T]:
        found = [rule()]
        while self._accept_sign(","):
            found.append(rule())
        return found

    def _nested(self, rule: Callable[[], T]) -> T:
        self._deeper()
        found = rule()
        self._expect_sign(")")
        self._depth -= 1
        return found

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise malformed("the query is nested too deeply", self._now.position)

    def _name(self) -> Token:
        if self._now.kind != "name":
            raise self._unexpected()
        return self._advance()

    def _is_sign(self, sign: str) -> bool:
        return self._now.kind == "sign" and self._now.text == sign

    def _accept_sign(self, sign: str) -> bool:
        if self._is_sign(sign):
            self._next += 1
            return True
        return False

    def _expect_sign(self, sign: str) -> None:
        if not self._accept_sign(sign):
            raise self._unexpected()

    def _accept_word(self, *words: str) -> bool:
        if self._now.is_word(*words):
            self._next += 1
            return True
        return False

    def _expect_word(self, *words: str) -> None:
        if not self._accept_word(*words):
            raise self._unexpected()

    def _unexpected(self) -> SoqlError:
        return malformed(f"unexpected token: '{self._now.text}'", self._now.position)
