"""The store: links with their bases, watermarks, held records and retries, as they stand.

Steps read it freely; a run writes it once, one object type in one transaction, at its end, so
that nothing of a run is remembered or everything. A commit that finds itself done changes
nothing. `exclusive` is the lock under which a run writes: two runs never hold it at once.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, bindparam, distinct, func, or_, select

from include.crmsync.model.departure import How
from include.crmsync.model.link import Link
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System
from include.crmsync.model.run import SyncRun
from include.crmsync.state import lock, schema
from include.crmsync.state.commit import Commit, Committed, Retry
from include.crmsync.state.forget import earlier_records, forget, forgotten_among
from include.crmsync.state.hear import hear
from include.crmsync.state.joined import Joined, read_all_joined, read_joined
from include.crmsync.state.lease import UNNAMED, Lease, Leases
from include.crmsync.state.let_go import let_go
from include.crmsync.state.links import changed_since, newest, store_links
from include.crmsync.state.persons import Matches, is_known, records_of
from include.crmsync.state.plans import store_history
from include.crmsync.state.remember import (
    store_held,
    store_places,
    store_retries,
    store_watermarks,
)
from include.crmsync.state.retention import forget_journal
from include.crmsync.state.rows import to_held, to_link
from include.crmsync.state.runs import commit_run
from include.crmsync.state.statements import AMONG, found
from include.crmsync.state.transaction import chunks, reading, upsert, writing


class Store:
    """What we know now."""

    def __init__(self, engine: Engine, leases: Leases | None = None) -> None:
        self._engine = engine
        self.leases = leases or Leases(engine)

    def account(self, system: System) -> tuple[str, str] | None:
        """The account whose records are remembered, and by which connection it was reached."""
        table = schema.account.c
        query = found((table.account_id, table.connection), table.system)
        with reading(self._engine) as connection:
            row = connection.execute(query, {"system": str(system)}).first()
        return None if row is None else (row[0], row[1])

    def bind(self, system: System, account_id: str, by: str) -> None:
        """Say whose records are remembered from now on, and by which connection."""
        row = {"system": str(system), "account_id": account_id, "connection": by}
        with writing(self._engine) as connection:
            upsert(connection, schema.account, [row], keys=["system"])

    def watermarks(self, object_type: str) -> dict[System, datetime]:
        """Up to where each system has been read and committed; none before the first run."""
        table = schema.watermark.c
        query = found((table.system, table.at), table.object_type)
        with reading(self._engine) as connection:
            rows = connection.execute(query, {"object_type": object_type})
            return {System(system): at for system, at in rows}

    def seen(self, object_type: str, system: System, ids: Collection[str]) -> dict[str, datetime]:
        """Of these records, the stamp of the newest version already judged, linked or held."""
        newest: dict[str, datetime] = {}
        if not ids:
            return newest
        whose = {"object_type": object_type, "system": str(system)}
        with reading(self._engine) as connection:
            for chunk in chunks(ids):
                for query in (_linked_stamps(system), _held_stamps()):
                    for id_, stamp in connection.execute(query, {**whose, AMONG: chunk}):
                        newest[id_] = max(stamp, newest.get(id_, stamp))
        return newest

    def retries(self, object_type: str) -> dict[System, set[str]]:
        """Records to read again, changed or not."""
        wanted: dict[System, set[str]] = {}
        for one in self.due(object_type):
            wanted.setdefault(one.system, set()).add(one.record_id)
        return wanted

    def due(self, object_type: str) -> list[Retry]:
        """What is to be read again, and why, the longest waiting first."""
        table = schema.retry.c
        oldest = table.since, table.record_id
        query = found(schema.retry, table.object_type, order=oldest)
        with reading(self._engine) as connection:
            rows = connection.execute(query, {"object_type": object_type}).mappings()
            return [
                Retry(
                    System(row["system"]),
                    row["record_id"],
                    row["reason"],
                    code=row["code"],
                    failed=row["attempts"] > 0,
                    waits=row["waits"],
                    asked=row["asked"],
                    since=row["since"],
                )
                for row in rows
            ]

    def attempts(self, object_type: str) -> dict[tuple[System, str], int]:
        """In how many runs each record has failed that is to be read again."""
        table = schema.retry.c
        query = found((table.system, table.record_id, table.attempts), table.object_type)
        with reading(self._engine) as connection:
            rows = connection.execute(query, {"object_type": object_type})
            return {(System(owner), id_): times for owner, id_, times in rows}

    def let_go(self, object_type: str, held: Sequence[Held], at: datetime) -> None:
        """Have records read again, and no longer stop the fields that were refused."""
        with writing(self._engine) as connection:
            lock.take_turn(connection, object_type)
            let_go(connection, object_type, held, at)

    def held(self, object_type: str) -> list[Held]:
        """Everything held at this moment, in order of system, record, criterion and field.

        That may be most of what a CRM has: a run asks for those it needs.
        """
        query = found(schema.held, schema.held.c.object_type)
        with reading(self._engine) as connection:
            rows = connection.execute(query, {"object_type": object_type}).mappings()
            return _in_order(map(to_held, rows))

    def held_of(self, object_type: str, system: System, ids: Collection[str]) -> list[Held]:
        """What is held of these records, in the same order."""
        table = schema.held.c
        query = found(schema.held, table.object_type, table.system, among=table.record_id)
        values = {"object_type": object_type, "system": str(system)}
        return _in_order(map(to_held, self._rows(query, ids, values)))

    def held_for(self, object_type: str, criteria: Collection[str]) -> list[Held]:
        """What is held for one of these criteria, in the same order."""
        table = schema.held.c
        query = found(schema.held, table.object_type, among=table.criterion)
        values = {"object_type": object_type}
        return _in_order(map(to_held, self._rows(query, sorted(criteria), values)))

    def held_in(self, object_type: str, fields: Collection[str]) -> list[Held]:
        """What is held for the sake of one of these fields, in the same order."""
        table = schema.held.c
        query = found(schema.held, table.object_type, among=table.field)
        values = {"object_type": object_type}
        return _in_order(map(to_held, self._rows(query, sorted(fields), values)))

    def refused(self, object_type: str) -> list[Held]:
        """What is held because a CRM refused it, and is not sent again; in the same order."""
        table = schema.held.c
        query = found(schema.held, table.object_type, filled=table.sent)
        with reading(self._engine) as connection:
            rows = connection.execute(query, {"object_type": object_type}).mappings()
            return _in_order(map(to_held, rows))

    def held_ids(self, object_type: str, system: System, criterion: str) -> frozenset[str]:
        """The records of a system that are held for a criterion."""
        table = schema.held.c
        query = found((table.record_id,), table.object_type, table.system, table.criterion)
        values = {"object_type": object_type, "system": str(system), "criterion": criterion}
        with reading(self._engine) as connection:
            return frozenset(connection.scalars(query, values))

    def held_in_turn(self, object_type: str, system: System, after: str, most: int) -> list[str]:
        """Up to so many held records behind one, by id."""
        values = {"object_type": object_type, "system": str(system), "after": after, "most": most}
        with reading(self._engine) as connection:
            return list(connection.scalars(_held_in_turn(), values))

    def held_counts(self, object_type: str) -> dict[System, int]:
        """How many records of each system are held."""
        with reading(self._engine) as connection:
            rows = connection.execute(_held_counts(), {"object_type": object_type})
            return {System(system): count for system, count in rows}

    def links(self, object_type: str, system: System, ids: Collection[str]) -> dict[str, Link]:
        """The links of these records, by record id."""
        table = schema.link.c
        query = found(schema.link, table.object_type, among=table[f"{system}_id"])
        rows = self._rows(query, ids, {"object_type": object_type})
        return {link.id_in(system): link for link in map(to_link, rows)}

    def links_by_id(self, ids: Collection[int]) -> dict[int, Link]:
        """Stored links by the store's own key; what is not stored is left out."""
        rows = self._rows(found(schema.link, among=schema.link.c.id), ids, {})
        return {row["id"]: to_link(row) for row in rows}

    def linked_ids(
        self, object_type: str, system: System, kinds: Collection[str] | None = None
    ) -> dict[str, int]:
        """Every linked record of the system -> the id of its link.

        With `kinds`, only links that live and whose Salesforce record is one of these objects.
        """
        query, values = _linked(system, of_kinds=kinds is not None), {"object_type": object_type}
        with reading(self._engine) as connection:
            return dict(connection.execute(query, {**values, AMONG: sorted(kinds or ())}).all())

    def changes(self, object_type: str) -> int:
        """The newest version of any link: what is changed from now on has a higher one."""
        with reading(self._engine) as connection:
            return newest(connection, object_type)

    def overtaken(self, object_type: str, since: int) -> dict[System, frozenset[str]]:
        """Records whose link is newer than a version, whether they have it still or had it once."""
        with reading(self._engine) as connection:
            return changed_since(connection, object_type, since)

    def living(self, object_type: str) -> int:
        """How many links live."""
        with reading(self._engine) as connection:
            return int(connection.execute(_living(), {"object_type": object_type}).scalar_one())

    def joined(
        self, object_type: str, by: System | None, among: Collection[str | int]
    ) -> list[Joined]:
        """Both ends of the links of these records of a system; without one, of these links."""
        with reading(self._engine) as connection:
            return list(read_joined(connection, object_type, by, among))

    def all_joined(self, object_type: str) -> Iterator[Joined]:
        """Both ends of every link, one after the other."""
        with reading(self._engine) as connection:
            yield from read_all_joined(connection, object_type)

    def in_turn(self, object_type: str, after: int, most: int, *, living: bool) -> list[Link]:
        """Up to so many links behind one, by id: living ones, or tombstones but of the erased."""
        values = {"object_type": object_type, "after": after, "most": most}
        with reading(self._engine) as connection:
            rows = connection.execute(_in_turn(living=living), values).mappings()
            return [to_link(row) for row in rows]

    def place(self, object_type: str, name: str) -> str | None:
        """Where a reading that takes turns goes on; None: from the start."""
        table = schema.place.c
        query = found((table.place,), table.object_type, table.name)
        with reading(self._engine) as connection:
            values = {"object_type": object_type, "name": name}
            return connection.execute(query, values).scalar_one_or_none()

    def forgotten(self, object_type: str, system: System, ids: Iterable[str]) -> frozenset[str]:
        """Of these records, those whose counterpart was erased for privacy."""
        with reading(self._engine) as connection:
            return forgotten_among(connection, object_type, system, ids)

    def forget(
        self,
        object_type: str,
        links: Sequence[Link],
        at: datetime,
        strays: Collection[tuple[System, str]] = (),
    ) -> frozenset[str]:
        """Erase all that is remembered of records but a hash of their ids; the ids.

        Of both records of each link, and of `strays`, which have none.
        """
        with writing(self._engine) as connection:
            lock.take_turn(connection, object_type)
            return forget(connection, object_type, links, at, strays)

    def earlier_records(
        self, object_type: str, links: Sequence[Link]
    ) -> frozenset[tuple[System, str]]:
        """Records that links had before those they have, and that no other link has now."""
        with reading(self._engine) as connection:
            return earlier_records(connection, object_type, links)

    def forget_journal(self, before: datetime) -> dict[str, int]:
        """Delete journalled runs and audits that began before a moment; how many."""
        return forget_journal(self._engine, before)

    def records_of(
        self, object_type: str, field: str, matches: Matches
    ) -> frozenset[tuple[System, str]]:
        """Every record that is, or was, remembered with a matching value in a field."""
        with reading(self._engine) as connection:
            return records_of(connection, object_type, field, matches)

    def knows(self, object_type: str, system: System, record_id: str) -> bool:
        """Whether anything at all is remembered of a record."""
        with reading(self._engine) as connection:
            return is_known(connection, object_type, system, record_id)

    def erased(self, object_type: str) -> list[Link]:
        """Tombstones of records that were erased for privacy, and are still remembered."""
        table = schema.link.c
        query = found(schema.link, table.object_type, table.gone_how)
        values = {"object_type": object_type, "gone_how": str(How.ERASED)}
        with reading(self._engine) as connection:
            return [to_link(row) for row in connection.execute(query, values).mappings()]

    def exclusive(
        self, object_type: str, holder: str = UNNAMED, at: datetime | None = None
    ) -> AbstractContextManager[Lease]:
        """The single writer's lease; raises Busy while another run holds it. Dies with its holder.

        While it is held, commits of the object type are refused once somebody has taken over.
        """
        return self.leases.hold(object_type, holder, at)

    def heard(
        self,
        run: SyncRun,
        echoes: Mapping[System, Mapping[str, datetime]],
        watermarks: Mapping[System, datetime],
        places: Mapping[str, str | None] | None = None,
    ) -> None:
        """Remember a run that had nothing to do: how far it read, and the echoes it heard."""
        with writing(self._engine) as connection:
            lock.take_turn(connection, run.object_type)
            hear(connection, run.object_type, echoes)
            store_watermarks(connection, run, watermarks)
            store_places(connection, run, places or {})

    def commit(self, commit: Commit) -> Committed:
        """Remember one object type of one run, all of it or nothing; once."""
        with writing(self._engine) as connection:
            lock.take_turn(connection, commit.run.object_type)
            self.leases.check(connection, commit.run.object_type)
            attempt = commit_run(connection, commit.run, commit.at)
            if attempt is None:
                return Committed()
            stale = store_links(connection, commit)
            store_held(connection, commit)
            store_retries(connection, commit, stale)
            store_watermarks(connection, commit.run, commit.watermarks)
            store_places(connection, commit.run, commit.places)
            store_history(connection, commit, attempt)
        return Committed(stale)

    def _rows(
        self, query: Select[Any], among: Collection[Any], values: Mapping[str, object]
    ) -> list[RowMapping]:
        """The rows of a query of which a column is among values, however many they are."""
        if not among:
            return []
        with reading(self._engine) as connection:
            return [
                row
                for chunk in chunks(among)
                for row in connection.execute(query, {**values, AMONG: chunk}).mappings()
            ]


@cache
def _linked(system: System, *, of_kinds: bool) -> Select[Any]:
    table = schema.link.c
    named = table[f"{system}_id"], table.id
    if not of_kinds:
        return found(named, table.object_type)
    return found(named, table.object_type, among=table.kind).where(table.gone_in.is_(None))


@cache
def _living() -> Select[Any]:
    table = schema.link.c
    mine = table.object_type == bindparam("object_type"), table.gone_in.is_(None)
    return select(func.count()).where(*mine)


@cache
def _linked_stamps(system: System) -> Select[Any]:
    link = schema.link.c
    record_id, modified_at = link[f"{system}_id"], link[f"{system}_modified_at"]
    return found((record_id, modified_at), link.object_type, among=record_id).where(
        modified_at.is_not(None),
        # One that was gone and is read again is new, whatever its stamp says.
        or_(link.gone_in.is_(None), link.gone_in != bindparam("system")),
    )


def _in_order(held: Iterable[Held]) -> list[Held]:
    return sorted(held, key=lambda one: (one.system, one.record_id, one.criterion, one.field or ""))


@cache
def _held_counts() -> Select[Any]:
    held = schema.held.c
    count = func.count(distinct(held.record_id))
    mine = held.object_type == bindparam("object_type")
    return select(held.system, count).where(mine).group_by(held.system)


@cache
def _held_in_turn() -> Select[Any]:
    held = schema.held.c
    query = found((held.record_id,), held.object_type, held.system)
    some = query.where(held.record_id > bindparam("after")).distinct()
    return some.order_by(held.record_id).limit(bindparam("most"))


@cache
def _held_stamps() -> Select[Any]:
    held = schema.held.c
    newest = func.max(held.modified_at, type_=held.modified_at.type)
    whose = held.object_type == bindparam("object_type"), held.system == bindparam("system")
    among = held.record_id.in_(bindparam(AMONG, expanding=True))
    query = select(held.record_id, newest).where(*whose, among, held.modified_at.is_not(None))
    return query.group_by(held.record_id)


@cache
def _in_turn(*, living: bool) -> Select[Any]:
    table = schema.link.c
    gone = table.gone_in.is_not(None), table.gone_how != str(How.ERASED)
    whose = table.id > bindparam("after"), *((table.gone_in.is_(None),) if living else gone)
    query = found(schema.link, table.object_type).where(*whose)
    return query.order_by(table.id).limit(bindparam("most"))
