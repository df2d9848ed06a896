"""Statements that are built once and executed often.

SQLAlchemy takes four times as long to build a small statement, and to see that it has compiled it
before, as to execute it. A run of a few records is some hundred statements, so the frequent ones
are kept: values come in as parameters, named like their columns.
"""

from functools import cache
from typing import Any

from sqlalchemy import Column, Delete, Insert, Select, Table, bindparam, delete, select

AMONG = "among"
"""The name of the parameter that a column is one of."""

What = Table | tuple[Column[Any], ...]


@cache
def found(
    what: What,
    *equal: Column[Any],
    among: Column[Any] | None = None,
    filled: Column[Any] | None = None,
    order: tuple[Column[Any], ...] = (),
) -> Select[Any]:
    """The rows in which these columns equal their parameters, and one is among several values.

    Of these the ones in which a column is `filled`; in an order.
    """
    query = select(what) if isinstance(what, Table) else select(*what)
    query = query.where(*(column == _parameter(column) for column in equal)).order_by(*order)
    if among is not None:
        query = query.where(among.in_(bindparam(AMONG, expanding=True)))
    return query if filled is None else query.where(filled.is_not(None))


@cache
def removed(table: Table, *equal: Column[Any], among: Column[Any] | None = None) -> Delete:
    """The same rows, deleted."""
    statement = delete(table).where(*(column == _parameter(column) for column in equal))
    if among is None:
        return statement
    return statement.where(among.in_(bindparam(AMONG, expanding=True)))


@cache
def inserted(table: Table) -> Insert:
    """Rows of a table, inserted."""
    return table.insert()


def _parameter(column: Column[Any]) -> Any:
    return bindparam(column.name, type_=column.type)
