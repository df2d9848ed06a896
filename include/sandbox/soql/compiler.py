"""From a tree to a statement: names bound, types checked, values as parameters.

Rows in the Recycle Bin are left out unless all rows are asked for. Every query has a stable
order: what ORDER BY leaves open is settled by the id, so that pages never overlap.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any

from include.sandbox.soql.catalogue import Catalogue, Table
from include.sandbox.soql.conditions import Conditions
from include.sandbox.soql.errors import SoqlError, invalid_field, malformed
from include.sandbox.soql.functions import bind_call
from include.sandbox.soql.grouping import aggregates, groupable, grouped, key_of
from include.sandbox.soql.scope import ADVICE, Bound, Scope, known
from include.sandbox.soql.statement import (
    Cell,
    Compound,
    Offspring,
    Parent,
    Statement,
    Value,
)
from include.sandbox.soql.tree import (
    Call,
    Children,
    Macro,
    Operand,
    Order,
    Path,
    Query,
    Selected,
)

FARTHEST_OFFSET = 2000
MACRO_LIMIT = 200
"""Rows a query with FIELDS(ALL) or FIELDS(CUSTOM) may give."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a query is compiled against."""

    catalogue: Catalogue
    now: datetime
    all_rows: bool = False
    """Whether deleted records count, too."""


def compile_query(query: Query, context: Context) -> Statement:
    """A statement for a query; raises SoqlError."""
    table = known(context.catalogue, query.source, query.position)
    return _Compiler(query, table, context, (f"t{number}" for number in count())).statement()


class _Compiler:
    """Compiles one query, or one of its sub-queries."""

    def __init__(
        self, query: Query, table: Table, context: Context, aliases: Iterator[str]
    ) -> None:
        self.query = query
        self.context = context
        self.scope = Scope(context.catalogue, table, aliases, query.alias)
        self.params: list[Any] = []
        self._columns: list[str] = []
        self._unnamed = count()
        self._conditions = Conditions(
            self.bind, self._semi_join, context.catalogue.id_of, context.now.date(), self.params
        )

    def statement(self) -> Statement:
        _check_limits(self.query)
        if self.query.counts_only:
            return self._assemble([], [], counts_only=True)
        if self.query.group_by or aggregates(self.query):
            return self._grouped()
        return self._plain(self.scope.root.column("Id"))

    def below(self, column: str) -> Statement:
        """The statement of a sub-query, whose rows hang below a parent by `column`."""
        if aggregates(self.query) or self.query.group_by:
            raise malformed("aggregate queries are not allowed here", self.query.position)
        reference = self.scope.root.column(column)
        statement = self._plain(reference)
        statement.child_column = reference
        return statement

    def bind(self, operand: Operand) -> Bound:
        """The value of an operand in a row."""
        match operand:
            case Path():
                return self.scope.bind(operand)
            case Call(_, argument):
                return bind_call(operand, self.bind(argument) if argument else None)

    # Rows that are records

    def _plain(self, first: str) -> Statement:
        self._column(first)
        identity = self.scope.root.column("Id")
        own_id = 0 if first == identity else self._column(identity)
        cells: list[Cell] = []
        parents: dict[tuple[str, ...], Parent] = {}
        for operand, alias in self._selected():
            if isinstance(operand, Children):
                cells.append(self._offspring(operand.query))
                continue
            bound = self.bind(operand)
            bound = replace(bound, keys=(alias,)) if alias else bound
            if not bound.keys:
                raise malformed(
                    f"Field must be grouped or aggregated: {bound.name}", operand.position
                )
            place = self._place(bound.keys[:-1], cells, parents)
            if any(cell.key == bound.keys[-1] for cell in place):
                raise invalid_field(f"duplicate field selected: {bound.name}", operand.position)
            place.append(self._cell(bound))
        order = self._order(identity)
        return self._assemble(cells, order, identity=identity, id_index=own_id)

    def _selected(self) -> Iterator[tuple[Operand | Children, str | None]]:
        for item in self.query.items:
            match item:
                case Selected(Path() as path, alias) if alias:
                    raise malformed("only aggregate expressions use field aliasing", path.position)
                case Selected(operand, alias):
                    yield operand, alias
                case Macro():
                    yield from ((path, None) for path in self._expanded(item))
                case Children():
                    yield item, None

    def _expanded(self, macro: Macro) -> Iterator[Path]:
        if macro.kind not in ("ALL", "STANDARD", "CUSTOM"):
            raise malformed(f"unexpected token: '{macro.kind}'", macro.position)
        unbounded = self.query.limit is None or self.query.limit > MACRO_LIMIT
        if macro.kind != "STANDARD" and unbounded:
            raise malformed(
                f"The SOQL FIELDS function must have a LIMIT of at most {MACRO_LIMIT}",
                macro.position,
            )
        for column in self.scope.root.table.fields:
            if macro.kind == "ALL" or column.custom == (macro.kind == "CUSTOM"):
                yield Path((column.name,), macro.position)

    def _place(
        self,
        keys: tuple[str, ...],
        cells: list[Cell],
        parents: dict[tuple[str, ...], Parent],
    ) -> list[Cell]:
        """The cells a value belongs to: the record's own, or those of a parent."""
        if not keys:
            return cells
        if keys not in parents:
            above = self._place(keys[:-1], cells, parents)
            branches = self.scope.branches(keys)
            parents[keys] = Parent(
                keys[-1],
                self._column(self.scope.id_of(keys)),
                self._column(self.scope.type_of(branches)),
                polymorphic=len(branches) > 1,
            )
            above.append(parents[keys])
        return parents[keys].cells

    def _cell(self, bound: Bound) -> Cell:
        if bound.type == "address" and bound.column is not None:
            parts = self.scope.compound(bound.keys, bound.column)
            shown = [(_part_name(name, bound.name), self._column(sql)) for name, sql in parts]
            return Compound(bound.keys[-1], tuple(sorted(shown)))
        return Value(bound.keys[-1], self._column(bound.sql), bound.type)

    def _offspring(self, query: Query) -> Offspring:
        child = self.scope.root.table.child(query.source)
        if child is None:
            raise SoqlError(
                "INVALID_TYPE",
                f"Didn't understand relationship '{query.source}' in FROM part of query call."
                + ADVICE.format("relationship", "r", "custom relationship"),
                query.position,
            )
        table = known(self.context.catalogue, child.sobject, query.position)
        compiler = _Compiler(query, table, self.context, self.scope.aliases)
        return Offspring(child.name, compiler.below(child.field))

    # Rows that are groups

    def _grouped(self) -> Statement:
        groups = [groupable(self.bind(one), one) for one in self.query.group_by]
        cells: list[Cell] = []
        for item in self.query.items:
            if not isinstance(item, Selected):
                raise malformed("Grouped query cannot use child relationships or FIELDS()")
            bound = grouped(self.bind(item.operand), item, groups)
            index = self._column(bound.sql)
            cells.append(Value(key_of(item, bound, self._unnamed), index, bound.type))
        order = [self._order_term(one) for one in self.query.order_by]
        return self._assemble(cells, order, group_by=[group.sql for group in groups])

    # What both have

    def _assemble(
        self,
        cells: list[Cell],
        order: list[str],
        *,
        identity: str = "",
        id_index: int = 0,
        group_by: list[str] | None = None,
        counts_only: bool = False,
    ) -> Statement:
        where = self._where()
        having = self._conditions.sql(self.query.having) if self.query.having else ""
        return Statement(
            sobject=self.scope.root.table.name,
            columns=self._columns,
            cells=cells,
            source=self.scope.source,
            where=where,
            params=self.params,
            identity=identity,
            id_index=id_index,
            group_by=", ".join(group_by or []),
            having=having,
            order_by=", ".join(order),
            limit=self.query.limit,
            offset=self.query.offset,
            counts_only=counts_only,
        )

    def _where(self) -> str:
        parts = [self._conditions.sql(self.query.where)] if self.query.where else []
        if not self.context.all_rows and self.scope.root.table.field("IsDeleted"):
            parts.append(f"{self.scope.root.column('IsDeleted')} = 0")
        return " AND ".join(parts) or "1"

    def _order(self, identity: str) -> list[str]:
        terms = [self._order_term(one) for one in self.query.order_by]
        return terms if identity in terms else [*terms, identity]

    def _order_term(self, order: Order) -> str:
        bound = self.bind(self._meant(order.operand))
        if bound.column is not None and not bound.column.sortable:
            raise invalid_field(
                f"field '{bound.name}' can not be sorted in a query call", order.operand.position
            )
        if order.nulls_last:
            return f"{bound.sql} {'DESC' if order.descending else 'ASC'} NULLS LAST"
        return f"{bound.sql} DESC NULLS FIRST" if order.descending else bound.sql

    def _meant(self, operand: Operand) -> Operand:
        """What stands behind an alias of the SELECT list; anything else is itself."""
        match operand:
            case Path((name,)):
                for item in self.query.items:
                    if isinstance(item, Selected) and (item.alias or "").lower() == name.lower():
                        return item.operand
        return operand

    def _semi_join(self, query: Query) -> str:
        table = known(self.context.catalogue, query.source, query.position)
        compiler = _Compiler(query, table, self.context, self.scope.aliases)
        match query.items:
            case (Selected(Path() as path),):
                bound = compiler.bind(path)
            case _:
                raise malformed("a semi join selects one field", query.position)
        where = compiler._where()
        self.params.extend(compiler.params)
        return f"SELECT {bound.sql} FROM {compiler.scope.source} WHERE {where}"  # noqa: S608  bound

    def _column(self, sql: str) -> int:
        """The index of a column of the rows, added when it is new."""
        if sql not in self._columns:
            self._columns.append(sql)
        return self._columns.index(sql)


def _check_limits(query: Query) -> None:
    if query.offset is not None and query.offset > FARTHEST_OFFSET:
        raise SoqlError(
            "NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {FARTHEST_OFFSET}"
        )


def _part_name(part: str, compound: str) -> str:
    """MailingPostalCode of MailingAddress is postalCode."""
    bare = part.removeprefix(compound.removesuffix("Address"))
    return bare[0].lower() + bare[1:]
