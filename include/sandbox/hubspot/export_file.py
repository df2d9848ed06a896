"""An export's file: a line for each record, in the words of people or of the API."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.property import Property
from include.sandbox.hubspot.row import Row
from include.sandbox.hubspot.showing import value


@dataclass(frozen=True, slots=True)
class Columns:
    """What a file tells of each record."""

    properties: tuple[Property, ...]
    associated: tuple[ObjectType, ...] = ()
    by_name: bool = False
    """Whether columns are headed by the properties' names instead of their labels."""
    by_value: bool = False
    """Whether options are told by their values instead of their labels."""


def written(portal: Portal, kind: ObjectType, columns: Columns, rows: Iterable[Row]) -> bytes:
    """The file."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(_head(columns))
    options = {one.name: portal.values.options(kind, one) for one in columns.properties}
    for row in rows:
        cells = (_cell(kind, row, one, columns, options[one.name]) for one in columns.properties)
        writer.writerow([str(row.id), *cells, *_associated(portal, kind, row, columns)])
    return sheet.getvalue().encode("utf-8", "surrogatepass")


def _head(columns: Columns) -> list[str]:
    told = [one.name if columns.by_name else one.label for one in columns.properties]
    names = [f"Associated {one.singular.capitalize()} IDs" for one in columns.associated]
    return ["hs_object_id" if columns.by_name else "Record ID", *told, *names]


def _cell(kind: ObjectType, row: Row, declared: Property, columns: Columns, options: object) -> str:
    told = value(kind, row, declared) or ""
    if columns.by_value or not isinstance(options, dict) or not told:
        return told
    parts = told.split(";") if declared.several else [told]
    return ";".join(str(options.get(one) or one) for one in parts)


def _associated(portal: Portal, kind: ObjectType, row: Row, columns: Columns) -> Iterator[str]:
    for there in columns.associated:
        found = portal.associations.of(kind.name, row.id, there.name)
        yield ";".join(str(one.to_id) for one in found)
