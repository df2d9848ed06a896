"""Names in a query, bound to columns of SQL tables.

A scope is one FROM: its table and the tables joined for parents. A reference that may point
at several objects (an owner is a user or a queue) is joined to each of them, and a field
below it is taken from whichever is there. Names are compared without regard to case.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from include.sandbox.soql.catalogue import Catalogue, Column, Table
from include.sandbox.soql.errors import SoqlError, invalid_field
from include.sandbox.soql.tree import Path

FARTHEST = 5
"""Relations one path may cross."""
TEXT_TYPES = frozenset(
    {"string", "textarea", "phone", "url", "email", "picklist", "multipicklist", "combobox"}
)
ADVICE = (
    " If you are attempting to use a custom {0}, be sure to append the '__{1}' after the {2}"
    " name. Please reference your WSDL or the describe call for the appropriate names."
)


@dataclass(frozen=True, slots=True)
class Branch:
    """A table at hand: under which alias, and whose records they are."""

    alias: str
    table: Table

    def column(self, name: str) -> str:
        return f'{self.alias}."{name}"'


@dataclass(frozen=True, slots=True)
class Bound:
    """A value of a row: how SQL gets it, and of which type it is."""

    sql: str
    type: str
    name: str
    column: Column | None = None
    outer: bool = False
    """Whether it belongs to a parent, which a row may not have."""
    keys: tuple[str, ...] = ()
    """Its place in a record: names of relations, then of the field, as declared."""

    @property
    def is_text(self) -> bool:
        return self.type in TEXT_TYPES


class Scope:
    """One FROM clause and what is joined to it."""

    def __init__(
        self, catalogue: Catalogue, table: Table, aliases: Iterator[str], alias: str | None = None
    ) -> None:
        self.catalogue = catalogue
        self.aliases = aliases
        self.root = Branch(next(aliases), table)
        self._own_names = {table.name.lower(), (alias or table.name).lower()}
        self._joined: dict[tuple[str, ...], list[Branch]] = {(): [self.root]}
        self._joins: list[str] = []
        self._depth = 0

    @property
    def source(self) -> str:
        """The FROM clause; complete once every path has been bound."""
        return " ".join([f'"{self.root.table.table}" AS {self.root.alias}', *self._joins])

    def bind(self, path: Path) -> Bound:
        """The value a path stands for; raises SoqlError when it leads nowhere."""
        relations, name = self._split(path)
        branches, keys = self.follow(relations, path)
        if len(branches) > 1 and name.lower() == "type":
            sql = self.type_of(branches, queues=True)
            return Bound(sql, "string", "Type", None, outer=True, keys=(*keys, "Type"))
        found = [(branch, branch.table.field(name)) for branch in branches]
        columns = [(branch, column) for branch, column in found if column is not None]
        if not columns:
            raise invalid_field(_no_column(name, branches[0].table), path.position)
        column = columns[0][1]
        if column.formula is not None:
            sql = self._formula(relations, column.formula, column.inputs, path)
        else:
            sql = _first(branch.column(one.name) for branch, one in columns)
        if len(columns) > 1 and column.type in TEXT_TYPES:
            sql += " COLLATE NOCASE"
        return Bound(
            sql, column.type, column.name, column, bool(relations), keys=(*keys, column.name)
        )

    def _formula(
        self, relations: tuple[str, ...], text: str, inputs: tuple[str, ...], path: Path
    ) -> str:
        """SQL of a formula: a call with the values it uses, formulas themselves perhaps."""
        if self._depth >= FARTHEST:
            raise invalid_field("Formulas refer to each other too deeply", path.position)
        self._depth += 1
        paths = (Path((*relations, *name.split(".")), path.position) for name in inputs)
        values = [self.bind(one).sql for one in paths]
        self._depth -= 1
        quoted = "'" + text.replace("'", "''") + "'"
        return f"sf_formula({', '.join([quoted, *values])})"

    def follow(
        self, relations: tuple[str, ...], path: Path
    ) -> tuple[list[Branch], tuple[str, ...]]:
        """The tables at the end of some relations, joined as needed, and the relations' names."""
        if len(relations) > FARTHEST:
            raise invalid_field("A relationship path may cross at most 5 relations", path.position)
        keys: tuple[str, ...] = ()
        for name in relations:
            keys = self._step(keys, name, path)
        return self._joined[keys], keys

    def compound(self, keys: tuple[str, ...], column: Column) -> list[tuple[str, str]]:
        """The parts of a compound column as (name, SQL)."""
        branch = self._joined[keys[:-1]][0]
        parts = branch.table.parts_of(column.name)
        return [(one.name, branch.column(one.name)) for one in parts]

    def id_of(self, keys: tuple[str, ...]) -> str:
        """SQL for the id of the record at the end of some relations."""
        return _first(branch.column("Id") for branch in self._joined[keys])

    def type_of(self, branches: list[Branch], *, queues: bool = False) -> str:
        """SQL for the name of the object a reference found; a group's own type with `queues`."""
        if len(branches) == 1:
            return f"'{branches[0].table.name}'"
        cases = " ".join(
            f"WHEN {one.column('Id')} IS NOT NULL THEN {_type(one, queues=queues)}"
            for one in branches
        )
        return f"CASE {cases} END"

    def branches(self, keys: tuple[str, ...]) -> list[Branch]:
        return self._joined[keys]

    def _split(self, path: Path) -> tuple[tuple[str, ...], str]:
        parts = path.parts
        own = parts[0].lower() in self._own_names and not self.root.table.relation(parts[0])
        if len(parts) > 1 and own:
            parts = parts[1:]
        return parts[:-1], parts[-1]

    def _step(self, keys: tuple[str, ...], name: str, path: Path) -> tuple[str, ...]:
        here = self._joined[keys]
        found = [(branch, branch.table.relation(name)) for branch in here]
        columns = [(branch, column) for branch, column in found if column is not None]
        if not columns:
            raise invalid_field(
                f"Didn't understand relationship '{name}' in field path."
                + ADVICE.format("relationship", "r", "custom relationship"),
                path.position,
            )
        column = columns[0][1]
        longer = (*keys, str(column.relation))
        if longer not in self._joined:
            value = _first(branch.column(one.name) for branch, one in columns)
            self._joined[longer] = [self._join(target, value) for target in column.to]
        return longer

    def _join(self, target: str, value: str) -> Branch:
        table = known(self.catalogue, target)
        branch = Branch(next(self.aliases), table)
        self._joins.append(
            f'LEFT JOIN "{table.table}" AS {branch.alias} ON {branch.column("Id")} = {value}'
        )
        return branch


def _type(branch: Branch, *, queues: bool) -> str:
    """A queue owns records as type Queue, though it is a Group."""
    if queues and branch.table.name == "Group":
        return branch.column("Type")
    return f"'{branch.table.name}'"


def known(catalogue: Catalogue, name: str, position: int | None = None) -> Table:
    """An object by name; raises SoqlError when there is none."""
    table = catalogue.sobject(name)
    if table is None:
        raise SoqlError(
            "INVALID_TYPE",
            f"sObject type '{name}' is not supported." + ADVICE.format("object", "c", "entity"),
            position,
        )
    return table


def _no_column(name: str, table: Table) -> str:
    return f"No such column '{name}' on entity '{table.name}'." + ADVICE.format(
        "field", "c", "custom field"
    )


def _first(values: Iterator[str]) -> str:
    listed = list(values)
    return listed[0] if len(listed) == 1 else f"COALESCE({', '.join(listed)})"
