"""Associations in SQLite: both directions of each, side by side.

What is true of a pair is true from either end, so a line is always written and removed
together with its mirror. A label brings the plain kind with it; a new primary takes the mark
from the old one, which stays associated. A record is not modified by any of this.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from include.sandbox.database import Database
from include.sandbox.hubspot.association_kinds import AssociationKinds
from include.sandbox.hubspot.association_types import AssociationType
from include.sandbox.hubspot.failures import VALIDATION, Failure

_TABLE = """
CREATE TABLE IF NOT EXISTS hs_association (
    from_type TEXT NOT NULL,
    from_id INTEGER NOT NULL,
    to_type TEXT NOT NULL,
    to_id INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    PRIMARY KEY (from_type, from_id, to_type, to_id, kind)
) WITHOUT ROWID
"""
_INSERT = "INSERT OR IGNORE INTO hs_association VALUES (?, ?, ?, ?, ?)"
_DELETE = (
    "DELETE FROM hs_association WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?"
)

Line = tuple[str, int, str, int, int]
"""From type and id, to type and id, kind."""


@dataclass(frozen=True, slots=True)
class Associated:
    """What a record is associated with: another record and in which ways."""

    to_id: int
    kinds: tuple[AssociationType, ...]


class Associations:
    """The table of associations."""

    def __init__(self, database: Database, kinds: AssociationKinds) -> None:
        self._database = database
        self._kinds = kinds
        with database.transaction() as sql:
            sql.execute(_TABLE)

    def reset(self) -> None:
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_association")

    def load(self, lines: Iterable[Line]) -> None:
        """Add lines with their mirrors, as they are."""
        with self._database.transaction() as sql:
            sql.executemany(_INSERT, self._both_ways(lines))

    def of(
        self, here: str, id_: int, there: str, after: int = 0, limit: int = -1
    ) -> list[Associated]:
        """What a record is associated with, by ascending id."""
        query = (
            "SELECT to_id, group_concat(kind) AS kinds FROM hs_association "
            "WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id > ? "
            "GROUP BY to_id ORDER BY to_id LIMIT ?"
        )
        with self._database.reading() as sql:
            rows = sql.execute(query, (here, id_, there, after, limit)).fetchall()
        return [Associated(row["to_id"], self._named(here, there, row["kinds"])) for row in rows]

    def crowded(self, here: str, there: str, least: float) -> list[tuple[int, int]]:
        """Records associated with so many of another type or more, and with how many."""
        query = (
            "SELECT from_id, count(DISTINCT to_id) AS many FROM hs_association "
            "WHERE from_type = ? AND to_type = ? GROUP BY from_id HAVING many >= ? "
            "ORDER BY many DESC, from_id"
        )
        with self._database.reading() as sql:
            rows = sql.execute(query, (here, there, least)).fetchall()
        return [(row["from_id"], row["many"]) for row in rows]

    def add(self, from_id: int, to_id: int, kinds: Sequence[AssociationType]) -> None:
        """Associate two records in these ways; raises Failure beyond a limit."""
        for kind in self._with_plain(kinds):
            self._check_limit(kind, from_id, to_id)
            if mirror := self._kinds.numbered(kind.to_type, kind.from_type, kind.reverse):
                self._check_limit(mirror, to_id, from_id)
        self._add(from_id, to_id, kinds)

    def remove(self, here: str, from_id: int, there: str, to_id: int) -> None:
        """End every association of two records."""
        with self._database.transaction() as sql:
            sql.execute(_DELETE, (here, from_id, there, to_id))
            sql.execute(_DELETE, (there, to_id, here, from_id))

    def unlabel(self, from_id: int, to_id: int, kinds: Iterable[AssociationType]) -> None:
        """Take labels away; the plain association stays unless it is named itself."""
        with self._database.transaction() as sql:
            for kind in kinds:
                ends = (kind.from_type, from_id, kind.to_type, to_id)
                if kind.plain:
                    self.remove(*ends)
                    continue
                sql.execute(f"{_DELETE} AND kind = ?", (*ends, kind.id))
                sql.execute(f"{_DELETE} AND kind = ?", (*ends[2:], *ends[:2], kind.reverse))

    def part(self, here: str, id_: int) -> None:
        """End every association of a record."""
        with self._database.transaction() as sql:
            rows = sql.execute(
                "SELECT DISTINCT to_type, to_id FROM hs_association "
                "WHERE from_type = ? AND from_id = ?",
                (here, id_),
            ).fetchall()
            for row in rows:
                self.remove(here, id_, row["to_type"], row["to_id"])

    def move(self, here: str, loser: int, winner: int) -> None:
        """Give a record's associations to another one of its type."""
        with self._database.transaction() as sql:
            rows = sql.execute(
                "SELECT to_type, to_id, kind FROM hs_association "
                "WHERE from_type = ? AND from_id = ?",
                (here, loser),
            ).fetchall()
            self.part(here, loser)
            for row in rows:
                kind = self._kinds.numbered(here, row["to_type"], row["kind"])
                if kind and not (row["to_type"] == here and row["to_id"] == winner):
                    kept = [] if kind.primary and self._marked(kind, winner) else [kind]
                    self._add(winner, row["to_id"], kept)

    def forget(self, kind: AssociationType) -> None:
        """End every association of a kind that is about to go."""
        query = "DELETE FROM hs_association WHERE from_type = ? AND to_type = ? AND kind = ?"
        with self._database.transaction() as sql:
            sql.execute(query, (kind.from_type, kind.to_type, kind.id))
            sql.execute(query, (kind.to_type, kind.from_type, kind.reverse))

    def _add(self, from_id: int, to_id: int, kinds: Sequence[AssociationType]) -> None:
        with self._database.transaction():
            for kind in kinds:
                self._take_mark(kind, from_id, to_id)
            self.load(
                (kind.from_type, from_id, kind.to_type, to_id, kind.id)
                for kind in self._with_plain(kinds)
            )

    def _with_plain(self, kinds: Sequence[AssociationType]) -> list[AssociationType]:
        """These kinds, and the plain one that comes with every label."""
        if not kinds:
            return []
        here, there = kinds[0].from_type, kinds[0].to_type
        number = self._kinds.plain_number(here, there)
        plain = None if number is None else self._kinds.numbered(here, there, number)
        return list(dict.fromkeys([*kinds, *([plain] if plain else [])]))

    def _check_limit(self, kind: AssociationType, from_id: int, to_id: int) -> None:
        most = self._kinds.limits().get((kind.from_type, kind.to_type, kind.id))
        if most is None:
            return
        query = (
            "SELECT count(*) FROM hs_association WHERE from_type = ? AND from_id = ? "
            "AND to_type = ? AND kind = ? AND to_id <> ?"
        )
        told = (kind.from_type, from_id, kind.to_type, kind.id, to_id)
        with self._database.reading() as sql:
            count = sql.execute(query, told).fetchone()[0]
        if count >= most:
            raise Failure(
                400,
                VALIDATION,
                f"Association type {kind.id} from {kind.from_type} to {kind.to_type} is limited "
                f"to {most} records, and {from_id} has them already.",
                sub_category="crm.associations.ASSOCIATION_LIMIT_EXCEEDED",
                context={"fromObjectId": [str(from_id)], "limit": [str(most)]},
            )

    def _marked(self, kind: AssociationType, from_id: int) -> bool:
        associated = self.of(kind.from_type, from_id, kind.to_type)
        return any(kind in one.kinds for one in associated)

    def _take_mark(self, kind: AssociationType, from_id: int, to_id: int) -> None:
        """A primary is one: whoever was it before is not any more, seen from either end."""
        mirror = self._kinds.numbered(kind.to_type, kind.from_type, kind.reverse)
        if kind.primary:
            self._unmark(kind, from_id, to_id)
        elif mirror and mirror.primary:
            self._unmark(mirror, to_id, from_id)

    def _unmark(self, kind: AssociationType, from_id: int, keep: int) -> None:
        for one in self.of(kind.from_type, from_id, kind.to_type):
            if one.to_id != keep and kind in one.kinds:
                self.unlabel(from_id, one.to_id, [kind])

    def _named(self, here: str, there: str, numbers: str) -> tuple[AssociationType, ...]:
        known = (self._kinds.numbered(here, there, int(one)) for one in numbers.split(","))
        return tuple(sorted((one for one in known if one), key=lambda one: one.id))

    def _both_ways(self, lines: Iterable[Line]) -> Iterable[Line]:
        for here, from_id, there, to_id, number in lines:
            kind = self._kinds.numbered(here, there, number)
            if kind is None:
                raise ValueError(f"no association type {number} from {here} to {there}")
            yield here, from_id, there, to_id, number
            yield there, to_id, here, from_id, kind.reverse
