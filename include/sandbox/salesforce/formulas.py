"""Formula fields: worked out whenever a record is read, by queries and by id alike.

In SQL a formula is a call with the values it needs, so that a query can filter and sort by
it, and a formula may use fields of parents and other formulas. Nothing is stored, so a value
that changes moves no stamp.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from include.sandbox.clock import Clock
from include.sandbox.database import Database
from include.sandbox.salesforce.declaring import BadDeclaration
from include.sandbox.salesforce.formula import Evaluate, compile_formula, inputs_of
from include.sandbox.salesforce.formula_functions import NOW, TODAY, FormulaError
from include.sandbox.salesforce.schema import Schema, SObject
from include.sandbox.salesforce.store import Row, Store
from include.sandbox.salesforce.values import wire_time
from include.sandbox.soql.errors import SoqlError
from include.sandbox.soql.scope import Scope
from include.sandbox.soql.tree import Path


class Formulas:
    """Teaches the database formulas, and reads those of records."""

    def __init__(self, database: Database, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        with database.transaction() as connection:
            connection.create_function("sf_formula", -1, self._value)

    def filled(self, kind: SObject, schema: Schema, rows: Sequence[Row]) -> list[Row]:
        """Rows with the values of their formula fields."""
        if not kind.formulas or not rows:
            return list(rows)
        scope = Scope(schema, kind, (f"t{number}" for number in count()))
        values = [scope.bind(Path((one.name,))).sql for one in kind.formulas]
        marks = ", ".join("?" * len(rows))
        identity = scope.root.column("Id")
        sql = (
            f"SELECT {identity}, {', '.join(values)} FROM {scope.source}"  # noqa: S608  bound
            f" WHERE {identity} IN ({marks})"
        )
        found = {row[0]: row[1:] for row in self._store.select(sql, [row["Id"] for row in rows])}
        names = [one.name for one in kind.formulas]
        return [row | dict(zip(names, found[row["Id"]], strict=True)) for row in rows]

    def _value(self, text: str, *values: Any) -> Any:
        evaluate, names = _compiled(text)
        now = self._clock.now()
        row = dict(zip(names, values, strict=True))
        row |= {NOW: wire_time(now), TODAY: now.date().isoformat()}
        try:
            value = evaluate(row)
        except (FormulaError, ArithmeticError, TypeError, ValueError):
            return None
        if isinstance(value, bool):
            return int(value)
        return value if isinstance(value, int | float) else (value or None)


def check_formulas(schema: Schema) -> None:
    """Raise BadDeclaration for a formula that cannot be read or names what is not there."""
    for kind in schema:
        for one in kind.formulas:
            try:
                _compiled(one.formula or "")
                Scope(schema, kind, (f"t{number}" for number in count())).bind(Path((one.name,)))
            except (FormulaError, SoqlError) as error:
                raise BadDeclaration(f"{kind.name}.{one.name}: {error}") from None


@lru_cache(maxsize=256)
def _compiled(text: str) -> tuple[Evaluate, tuple[str, ...]]:
    names = inputs_of(text)
    return compile_formula(text, {name.lower(): name for name in names}), names
