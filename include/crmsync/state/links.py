"""Storing the links of one commit, inside the caller's transaction.

A link is stored only if it is still what the plan was made on: the same version, and both ids
nobody else's. One that has moved is returned as stale, and everything else goes on. Of two
new links in one commit that share an id the first is stored.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, select

from include.crmsync.model.link import Link
from include.crmsync.model.record import System
from include.crmsync.state import schema
from include.crmsync.state.commit import Commit
from include.crmsync.state.rows import link_row
from include.crmsync.state.transaction import chunks, insert, upsert

Key = tuple[System, str]


def store_links(connection: Connection, commit: Commit) -> tuple[Link, ...]:
    """Insert new links, update stored ones; return the stale ones."""
    stored = _Stored(connection, commit.run.object_type, commit.links)
    fresh: list[Link] = []
    stale: list[Link] = []
    for link in commit.links:
        (fresh if stored.admit(link) else stale).append(link)
    old = [
        {"id": link.id} | link_row(link, commit.run, commit.at)
        for link in fresh
        if link.id is not None
    ]
    new = [link_row(link, commit.run, commit.at) for link in fresh if link.id is None]
    upsert(connection, schema.link, old, keys=["id"], keep=["linked_at"])
    insert(connection, schema.link, new)
    return tuple(stale)


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

    def admit(self, link: Link) -> bool:
        """Whether the link may be stored; if so, its ids are taken from now on."""
        if link.id is not None and self._versions.get(link.id) != link.version:
            return False
        keys: list[Key] = [(system, link.id_in(system)) for system in System]
        if any(key in self._owners and not self._owns(link, key) for key in keys):
            return False
        self._owners |= dict.fromkeys(keys, link.id)
        return True

    def _owns(self, link: Link, key: Key) -> bool:
        return link.id is not None and self._owners[key] == link.id

    def _read(
        self, connection: Connection, object_type: str, column: Column[Any], values: Sequence[Any]
    ) -> None:
        table = schema.link.c
        for chunk in chunks(values):
            found = select(table.id, table.version, table.hubspot_id, table.salesforce_id).where(
                table.object_type == object_type, column.in_(chunk)
            )
            for id_, version, hubspot_id, salesforce_id in connection.execute(found):
                self._versions[id_] = version
                self._owners[System.HUBSPOT, hubspot_id] = id_
                self._owners[System.SALESFORCE, salesforce_id] = id_
