"""From tokens to a tree, by recursive descent: one method per rule of the grammar.

AND and OR are not mixed without parentheses, as in the real language. Whatever is not
understood is refused at its position; nothing is skipped. Nesting is bounded, so that no
query can exhaust the stack.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from include.sandbox.soql.errors import malformed
from include.sandbox.soql.periods import COUNTED, PLAIN
from include.sandbox.soql.tree import (
    Among,
    Boolean,
    Both,
    Call,
    Children,
    Comparison,
    Condition,
    Day,
    Either,
    Includes,
    Item,
    Literal,
    Macro,
    Moment,
    Not,
    Null,
    Number,
    Operand,
    Order,
    Path,
    Period,
    Query,
    Selected,
    SemiJoin,
    Text,
)
from include.sandbox.soql.walk import Walk

T = TypeVar("T")

_CLAUSES = (
    "FROM WHERE GROUP HAVING ORDER LIMIT OFFSET FOR WITH USING AND OR NOT IN LIKE INCLUDES"
    " EXCLUDES ASC DESC NULLS ALL"
)
RESERVED = frozenset(_CLAUSES.split())
"""Words that end a list or a condition, and so cannot be an alias."""


def parse(query: str) -> Query:
    """Read a query; raises SoqlError."""
    parser = _Parser(query)
    tree = parser.query()
    parser.end()
    return tree


class _Parser(Walk):
    def query(self) -> Query:
        self._expect_word("SELECT")
        items = tuple(self._list(self._item))
        self._expect_word("FROM")
        position = self._now.position
        source = ".".join(self._path().parts)
        return Query(
            items=items,
            source=source,
            alias=self._alias(),
            where=self._condition() if self._accept_word("WHERE") else None,
            group_by=self._by("GROUP", self._operand),
            having=self._condition() if self._accept_word("HAVING") else None,
            order_by=self._by("ORDER", self._order),
            limit=self._count("LIMIT"),
            offset=self._count("OFFSET"),
            purpose=self._purpose(),
            position=position,
        )

    # The SELECT list

    def _item(self) -> Item:
        if self._accept_sign("("):
            return Children(self._nested(self.query))
        if self._now.is_word("FROM"):
            raise self._unexpected()
        operand = self._operand()
        match operand:
            case Call("FIELDS", Path((kind,)), position):
                return Macro(kind.upper(), position)
        return Selected(operand, self._alias())

    def _alias(self) -> str | None:
        self._accept_word("AS")
        if self._now.kind == "name" and self._now.text.upper() not in RESERVED:
            return self._advance().text
        return None

    def _operand(self) -> Operand:
        path = self._path()
        if len(path.parts) > 1 or not self._accept_sign("("):
            return path
        argument = None if self._is_sign(")") else self._nested_operand()
        self._expect_sign(")")
        return Call(path.parts[0].upper(), argument, path.position)

    def _nested_operand(self) -> Operand:
        self._deeper()
        operand = self._operand()
        self._depth -= 1
        return operand

    def _path(self) -> Path:
        first = self._name()
        parts = [first.text]
        while self._accept_sign("."):
            parts.append(self._name().text)
        return Path(tuple(parts), first.position)

    # Conditions

    def _condition(self) -> Condition:
        conditions = [self._factor()]
        joiner = self._now.text.upper() if self._now.is_word("AND", "OR") else ""
        while self._accept_word("AND", "OR"):
            conditions.append(self._factor())
            if self._now.is_word("AND", "OR") and not self._now.is_word(joiner):
                raise self._unexpected()
        if len(conditions) == 1:
            return conditions[0]
        return Both(tuple(conditions)) if joiner == "AND" else Either(tuple(conditions))

    def _factor(self) -> Condition:
        if self._accept_word("NOT"):
            self._deeper()
            condition = Not(self._factor())
            self._depth -= 1
            return condition
        if self._accept_sign("("):
            return self._nested(self._condition)
        return self._leaf()

    def _leaf(self) -> Condition:
        operand = self._operand()
        position = self._now.position
        negated = self._accept_word("NOT")
        if negated or self._now.is_word("IN"):
            self._expect_word("IN")
            return self._membership(operand, negated)
        if self._accept_word("INCLUDES"):
            return Includes(operand, self._texts())
        if self._accept_word("EXCLUDES"):
            return Includes(operand, self._texts(), negated=True)
        return Comparison(operand, self._operator(), self._literal(), position)

    def _membership(self, operand: Operand, negated: bool) -> Condition:  # noqa: FBT001
        self._expect_sign("(")
        if self._now.is_word("SELECT"):
            return SemiJoin(operand, self._nested(self.query), negated)
        literals = tuple(self._list(self._literal))
        self._expect_sign(")")
        return Among(operand, literals, negated)

    def _texts(self) -> tuple[Text, ...]:
        self._expect_sign("(")
        texts = tuple(self._list(self._text))
        self._expect_sign(")")
        return texts

    def _operator(self) -> str:
        if self._accept_word("LIKE"):
            return "LIKE"
        if self._now.text not in ("=", "!=", "<>", "<", "<=", ">", ">="):
            raise self._unexpected()
        sign = self._advance().text
        return "!=" if sign == "<>" else sign

    # Literals

    def _literal(self) -> Literal:
        token = self._now
        match token.kind:
            case "string":
                return self._text()
            case "number":
                return Number(self._advance().text, token.position)
            case "day":
                return Day(self._calendar(date.fromisoformat), token.position)
            case "moment":
                return Moment(self._calendar(datetime.fromisoformat), token.position)
            case "name":
                return self._word()
            case _:
                raise self._unexpected()

    def _text(self) -> Text:
        if self._now.kind != "string":
            raise self._unexpected()
        token = self._advance()
        return Text(token.text[1:-1], token.position)

    def _word(self) -> Literal:
        token = self._advance()
        word = token.text.upper()
        if word in ("TRUE", "FALSE"):
            return Boolean(word == "TRUE", token.position)
        if word == "NULL":
            return Null(token.position)
        if word in PLAIN:
            return Period(word, None, token.position)
        if word in COUNTED:
            self._expect_sign(":")
            return Period(word, self._whole(), token.position)
        raise malformed(f"unexpected token: '{token.text}'", token.position)

    def _calendar(self, read: Callable[[str], T]) -> T:
        token = self._advance()
        try:
            return read(token.text)
        except ValueError:
            raise malformed(f"Invalid date: {token.text}", token.position) from None

    # The rest of the clauses

    def _by(self, word: str, rule: Callable[[], T]) -> tuple[T, ...]:
        if not self._accept_word(word):
            return ()
        self._expect_word("BY")
        return tuple(self._list(rule))

    def _order(self) -> Order:
        operand = self._operand()
        descending = self._now.is_word("DESC")
        self._accept_word("ASC", "DESC")
        nulls_last = None
        if self._accept_word("NULLS"):
            nulls_last = self._now.is_word("LAST")
            self._expect_word("FIRST", "LAST")
        return Order(operand, descending, nulls_last)

    def _count(self, word: str) -> int | None:
        return self._whole() if self._accept_word(word) else None

    def _whole(self) -> int:
        if self._now.kind != "number" or not self._now.text.isdigit() or len(self._now.text) > 9:
            raise self._unexpected()
        return int(self._advance().text)

    def _purpose(self) -> tuple[str, ...]:
        purposes = []
        while self._accept_word("FOR"):
            purposes.append(self._now.text.upper())
            self._expect_word("VIEW", "REFERENCE", "UPDATE")
        return tuple(purposes)
