"""Finding a record in what is remembered: by an id of either system, or by words of its names.

Names are looked for in the bases of links and in held values. The database picks rows whose text
may have the words, in a pattern that no spelling of JSON can break; whether they are in the fields
that were asked for is decided here, so that one odd value never stops a search.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Text, select, type_coerce

from include.crmsync.model.record import System, Value
from include.crmsync.state import schema
from include.crmsync.state.persons import is_known
from include.crmsync.state.transaction import reading

STREAMED = 500
"""Rows fetched at a time: a search ends with the page it fills."""

ESCAPE = "!"
PLAIN = frozenset("@.-+_%' ,:;()&#*=~$")
"""Characters that JSON and SQL patterns leave as they are, letters and digits apart."""


@dataclass(frozen=True, slots=True)
class Find:
    """A record that is remembered."""

    object_type: str
    system: System
    record_id: str
    counterpart: str | None = None
    """The id of its record in the other system, where it is linked."""
    gone_in: System | None = None
    """Where it is linked and a record of the pair is gone."""
    held: bool = False
    values: Mapping[str, Value] = field(default_factory=dict)
    """What is remembered of the fields that were looked through."""


class Finds:
    """Reads for whoever looks for a record."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def by_id(
        self, object_types: Sequence[str], system: System, record_id: str, names: Sequence[str] = ()
    ) -> list[Find]:
        """Records of this id: in HubSpot a company and a contact may share one."""
        found: list[Find] = []
        with reading(self._engine) as connection:
            for object_type in object_types:
                link = _link_of(connection, object_type, system, record_id)
                if link is not None:
                    found.append(_linked(link, object_type, system, names))
                elif is_known(connection, object_type, system, record_id):
                    found.append(Find(object_type, system, record_id))
        return found

    def by_words(
        self, object_type: str, names: Sequence[str], words: Sequence[str], most: int
    ) -> list[Find]:
        """Records with all of these words in the named fields, linked ones first; up to so many."""
        asked = [word.casefold() for word in words if word]
        if not asked or not names or most < 1:
            return []
        with reading(self._engine) as connection:
            found: dict[tuple[System, str], Find] = {}
            for one in _by_base(connection, object_type, names, asked):
                found[one.system, one.record_id] = one
                if len(found) >= most:
                    return list(found.values())
            linked = {one.counterpart for one in found.values()}
            for one in _by_held(connection, object_type, names, asked):
                if one.record_id not in linked:
                    found.setdefault((one.system, one.record_id), one)
                if len(found) >= most:
                    break
        return list(found.values())


def _by_base(
    connection: Connection, object_type: str, names: Sequence[str], words: Sequence[str]
) -> Iterator[Find]:
    table = schema.link.c
    query = select(schema.link).where(
        table.object_type == object_type,
        *_may_have(connection, type_coerce(table.base, Text), words),
    )
    for row in connection.execution_options(yield_per=STREAMED).execute(query).mappings():
        values = {name: (row["base"] or {}).get(name) for name in names}
        if _has(values.values(), words):
            yield _linked(row, object_type, System.HUBSPOT, names)


def _by_held(
    connection: Connection, object_type: str, names: Sequence[str], words: Sequence[str]
) -> Iterator[Find]:
    table = schema.held.c
    query = select(table.system, table.record_id, table.field, table.value).where(
        table.object_type == object_type,
        table.field.in_(names),
        *_may_have(connection, type_coerce(table.value, Text), words),
    )
    rows = connection.execution_options(yield_per=STREAMED).execute(query)
    for system, record_id, name, value in rows:
        if _has([value], words):
            yield Find(object_type, System(system), record_id, held=True, values={name: value})


def _link_of(
    connection: Connection, object_type: str, system: System, record_id: str
) -> Mapping[Any, Any] | None:
    table = schema.link
    query = select(table).where(
        table.c.object_type == object_type, table.c[f"{system}_id"] == record_id
    )
    return connection.execute(query).mappings().first()


def _linked(row: Mapping[Any, Any], object_type: str, system: System, names: Sequence[str]) -> Find:
    gone_in = row["gone_in"]
    return Find(
        object_type,
        system,
        row[f"{system}_id"],
        row[f"{system.other}_id"],
        None if gone_in is None else System(gone_in),
        values={name: value for name in names if (value := (row["base"] or {}).get(name))},
    )


def _may_have(
    connection: Connection, text: ColumnElement[str], words: Sequence[str]
) -> Iterator[ColumnElement[bool]]:
    """Conditions that let through every row with the words in it, and perhaps some others."""
    for word in words:
        pattern = f"%{''.join(map(_sign, word))}%"
        if connection.dialect.name == "postgresql":
            yield text.ilike(pattern, escape=ESCAPE)
        else:  # SQLite's own LIKE is blind to the case of ASCII letters, and quicker so
            yield text.like(pattern, escape=ESCAPE)


def _sign(letter: str) -> str:
    """What stands for one letter in a pattern: itself, or anything where spellings differ."""
    if letter in "%_":
        return f"{ESCAPE}{letter}"
    if letter in PLAIN or (letter.isascii() and letter.isalnum()):
        return letter
    if letter.isascii() or letter.lower() != letter.upper() or "\ud800" <= letter <= "\udfff":
        return "%"
    return letter


def _has(values: Any, words: Sequence[str]) -> bool:
    text = "\n".join(value for value in values if value).casefold()
    return all(word in text for word in words)
