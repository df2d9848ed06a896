"""What the compiler asks of a schema, whoever declares it."""

from typing import Protocol


class Column(Protocol):
    """One field."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str:
        """Salesforce's word: string, reference, datetime, double, ..."""
        ...

    @property
    def to(self) -> tuple[str, ...]:
        """The objects a reference may point at."""
        ...

    @property
    def relation(self) -> str | None: ...
    @property
    def custom(self) -> bool: ...
    @property
    def filterable(self) -> bool: ...
    @property
    def sortable(self) -> bool: ...
    @property
    def groupable(self) -> bool: ...
    @property
    def formula(self) -> str | None:
        """What the value is worked out from; None for a stored one."""
        ...

    @property
    def inputs(self) -> tuple[str, ...]:
        """The fields a formula uses, as paths from its own record."""
        ...


class ChildRelation(Protocol):
    """A way from a parent to its children."""

    @property
    def name(self) -> str: ...
    @property
    def sobject(self) -> str: ...
    @property
    def field(self) -> str: ...


class Table(Protocol):
    """One object: its fields are columns of the SQL table `table`."""

    @property
    def name(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def fields(self) -> tuple[Column, ...]: ...
    def field(self, name: str) -> Column | None: ...
    def relation(self, name: str) -> Column | None: ...
    def child(self, name: str) -> ChildRelation | None: ...
    def parts_of(self, compound: str) -> tuple[Column, ...]: ...


class Catalogue(Protocol):
    """Every object there is, looked up without regard to case."""

    def sobject(self, name: str) -> Table | None: ...

    def id_of(self, text: str) -> str | None:
        """The full spelling of a record id, None for what is none."""
        ...
