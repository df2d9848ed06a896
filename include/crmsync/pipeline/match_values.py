"""What records are matched by: their canonical match values, and HubSpot's further ones."""

from collections.abc import Iterable, Iterator
from typing import Any

from include.crmsync.engine.canonical import Unreadable, canonical
from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.record import Record, System


def match_values(mapping: ObjectMapping, records: Iterable[Record]) -> Iterator[str]:
    """Yield every value that may match; what cannot be read matches nothing."""
    for record in records:
        value = match_value(mapping, record)
        if value is not None:
            yield value
        yield from further_values(mapping, record)


def match_value(mapping: ObjectMapping, record: Record) -> str | None:
    """The canonical value that a record is matched by; None: it has none that can be read."""
    if mapping.match_on is None:
        return None
    field = mapping[mapping.match_on]
    name = mapping.wire_name(field.name, record.system, record.kind)
    return _readable(record.raw.get(name or ""), field, record.system)


def further_values(mapping: ObjectMapping, record: Record) -> list[str]:
    """Canonical further values of a HubSpot record's match field."""
    if mapping.match_further is None or mapping.match_on is None:
        return []
    field = mapping[mapping.match_on]
    parts = str(record.raw.get(mapping.match_further) or "").split(";")
    return [value for one in parts if (value := _readable(one, field, record.system))]


def _readable(raw: Any, field: FieldMapping, system: System) -> str | None:
    try:
        return canonical(raw, field, system)
    except Unreadable:
        return None
