"""Storing the links of one commit, inside the caller's transaction.

A link is stored only if it is still what the plan was made on: the same version, and both ids
nobody else's, or given up by another link of the same commit. One that has moved is returned as
stale, and everything else goes on. Of two new links in one commit that share an id the first is
stored. Versions are counted by object type,
so that a run can tell what others changed since it began.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, func, select, update

from include.crmsync.model.link import Link
from include.crmsync.model.record import System
from include.crmsync.state import schema
from include.crmsync.state.commit import Commit
from include.crmsync.state.rows import link_row
from include.crmsync.state.statements import AMONG, found
from include.crmsync.state.transaction import chunks, insert, upsert

Key = tuple[System, str]

ASIDE = "~"
"""Begins no record's id in either system."""


def store_links(connection: Connection, commit: Commit) -> tuple[Link, ...]:
    """Insert new links, update stored ones; return the stale ones."""
    stored = _Stored(connection, commit.run.object_type, commit.links)
    fresh = stored.admitted(commit.links)
    kept = {id(link) for link in fresh}
    stale = [link for link in commit.links if id(link) not in kept]
    _set_aside(connection, stored.exchanged(fresh))
    version = newest(connection, commit.run.object_type) + 1
    rows = [(link.id, link_row(link, commit.run, commit.at, version)) for link in fresh]
    old = [{"id": id_} | row for id_, row in rows if id_ is not None]
    new = [row for id_, row in rows if id_ is None]
    upsert(connection, schema.link, old, keys=["id"], keep=["linked_at"])
    insert(connection, schema.link, new)
    return tuple(stale)


def newest(connection: Connection, object_type: str) -> int:
    """The version of the link of an object type that was changed last; 0 without any."""
    return int(connection.execute(_newest(), {"object_type": object_type}).scalar_one())


def changed_since(
    connection: Connection, object_type: str, version: int
) -> dict[System, frozenset[str]]:
    """Records of links that are newer than a version, those they have left included."""
    values = {"object_type": object_type, "version": version}
    rows = [
        *connection.execute(_newer(), values),
        *connection.execute(_left_by_newer(), values),
    ]
    return {
        System.HUBSPOT: frozenset(hubspot_id for hubspot_id, _ in rows),
        System.SALESFORCE: frozenset(salesforce_id for _, salesforce_id in rows),
    }


@cache
def _newest() -> Select[Any]:
    table = schema.link.c
    mine = table.object_type == bindparam("object_type")
    return select(func.coalesce(func.max(table.version), 0)).where(mine)


@cache
def _newer() -> Select[Any]:
    table = schema.link.c
    named = table.hubspot_id, table.salesforce_id
    return found(named, table.object_type).where(table.version > bindparam("version"))


@cache
def _left_by_newer() -> Select[Any]:
    table, turn = schema.link.c, schema.turn.c
    return (
        found((turn.hubspot_id, turn.salesforce_id), table.object_type)
        .join(schema.link, table.id == turn.link_id)
        .where(table.version > bindparam("version"))
    )


def _keys(link: Link) -> list[Key]:
    return [(system, link.id_in(system)) for system in System]


def _set_aside(connection: Connection, links: Sequence[tuple[System, int]]) -> None:
    """Give links a name of their own in place of a record, until they get another one."""
    for system, id_ in links:
        table = schema.link
        aside = update(table).where(table.c.id == id_)
        connection.execute(aside.values({f"{system}_id": f"{ASIDE}{id_}"}))


class _Stored:
    """What the store holds of the links and ids that a commit touches."""

    def __init__(self, connection: Connection, object_type: str, links: Sequence[Link]) -> None:
        self._versions: dict[int, int] = {}
        self._owners: dict[Key, int | None] = {}
        """The link that has an id: its own id, or None for one that this commit adds."""
        columns = schema.link.c
        known = [link.id for link in links if link.id is not None]
        self._read(connection, object_type, columns.id, known)
        self._read(connection, object_type, columns.hubspot_id, [one.hubspot_id for one in links])
        self._read(
            connection, object_type, columns.salesforce_id, [one.salesforce_id for one in links]
        )

    def admitted(self, links: Sequence[Link]) -> list[Link]:
        """Those of these links that may be stored, all of them together."""
        asked: list[Link] = [one for one in links if one.id is None or self._is_current(one)]
        while True:
            found = self._without_shared(asked)
            if len(found) == len(asked):
                return found
            asked = found  # who was counted on to leave its record may be among the others

    def exchanged(self, links: Sequence[Link]) -> list[tuple[System, int]]:
        """Links to be set aside first, since another one is to have their record."""
        owners = {key: link.id for link in links for key in _keys(link)}
        return [
            (system, id_)
            for (system, record_id), id_ in self._owners.items()
            if id_ is not None and owners.get((system, record_id), id_) != id_
        ]

    def _is_current(self, link: Link) -> bool:
        return self._versions.get(link.id or 0) == link.version

    def _without_shared(self, links: Sequence[Link]) -> list[Link]:
        """Of links that would have one record the one that has it, or the first."""
        known = {link.id: link for link in links if link.id is not None}
        owners = {
            (system, record_id): id_
            for (system, record_id), id_ in self._owners.items()
            if id_ not in known or known[id_].id_in(system) == record_id
        }
        found: list[Link] = []
        for link in links:
            mine = link.id if link.id is not None else -1
            if all(owners.get(key, mine) == mine for key in _keys(link)):
                found.append(link)
                owners |= dict.fromkeys(_keys(link), link.id)
        return found

    def _read(
        self, connection: Connection, object_type: str, column: Column[Any], values: Sequence[Any]
    ) -> None:
        table = schema.link.c
        named = table.id, table.version, table.hubspot_id, table.salesforce_id
        query = found(named, table.object_type, among=column)
        for chunk in chunks(values):
            rows = connection.execute(query, {"object_type": object_type, AMONG: chunk})
            for id_, version, hubspot_id, salesforce_id in rows:
                self._versions[id_] = version
                self._owners[System.HUBSPOT, hubspot_id] = id_
                self._owners[System.SALESFORCE, salesforce_id] = id_
