"""What links join, and no more: there may be a million, and each may remember much."""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select

from include.crmsync.model.record import System
from include.crmsync.state import schema
from include.crmsync.state.statements import AMONG, found
from include.crmsync.state.transaction import chunks


class Joined(NamedTuple):
    """Both ends of one link."""

    id: int
    hubspot_id: str
    salesforce_id: str
    kind: str
    lives: bool


def read_joined(
    connection: Connection, object_type: str, by: System | None, among: Collection[str | int]
) -> Iterator[Joined]:
    """The links of these records of a system; with no system, the links of these ids."""
    for chunk in chunks(among):
        rows = connection.execute(_among(by), {"object_type": object_type, AMONG: chunk})
        yield from map(_joined, rows)


def read_all_joined(connection: Connection, object_type: str) -> Iterator[Joined]:
    """Every link of an object type."""
    link = schema.link.c
    rows = connection.execute(found(_COLUMNS, link.object_type), {"object_type": object_type})
    yield from map(_joined, rows)


_COLUMNS = (
    schema.link.c.id,
    schema.link.c.hubspot_id,
    schema.link.c.salesforce_id,
    schema.link.c.kind,
    schema.link.c.gone_in,
)


@cache
def _among(by: System | None) -> Select[Any]:
    link = schema.link.c
    return found(_COLUMNS, link.object_type, among=link.id if by is None else link[f"{by}_id"])


def _joined(row: Any) -> Joined:
    id_, hubspot_id, salesforce_id, kind, gone_in = row
    return Joined(id_, hubspot_id, salesforce_id, kind, gone_in is None)
