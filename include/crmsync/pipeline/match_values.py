"""What records are matched by: their canonical match values, and HubSpot's further ones."""

from collections.abc import Iterable, Iterator

from include.crmsync.engine.canonical import Unreadable, canonical
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record


def match_values(mapping: ObjectMapping, records: Iterable[Record]) -> Iterator[str]:
    """Yield every value that may match; what cannot be read matches nothing."""
    match_field = mapping[mapping.match_on or ""]
    for record in records:
        name = mapping.wire_name(match_field.name, record.system, record.kind)
        try:
            value = canonical(record.raw.get(name or ""), match_field, record.system)
        except Unreadable:
            continue
        if value is not None:
            yield value
        yield from further_values(mapping, record)


def further_values(mapping: ObjectMapping, record: Record) -> list[str]:
    """Canonical further values of a HubSpot record's match field."""
    if mapping.match_further is None or mapping.match_on is None:
        return []
    field, found = mapping[mapping.match_on], list[str]()
    for part in str(record.raw.get(mapping.match_further) or "").split(";"):
        try:
            value = canonical(part, field, record.system)
        except Unreadable:
            continue
        found += [value] if value else []
    return found
