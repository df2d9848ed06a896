"""Which kinds of association a portal has: HubSpot's own and those people made.

People make labels, and with a custom object come plain kinds of its own. A kind can be limited
to so many records of the other side.
"""

from collections.abc import Mapping
from typing import Any

from include.sandbox.database import Database
from include.sandbox.hubspot.association_types import STANDARD, USER, AssociationType
from include.sandbox.hubspot.failures import bad_request
from include.sandbox.hubspot.object_types import ObjectType

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS hs_association_kind (
        id INTEGER PRIMARY KEY,
        from_type TEXT NOT NULL,
        to_type TEXT NOT NULL,
        label TEXT,
        reverse INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS hs_association_limit (
        from_type TEXT NOT NULL, to_type TEXT NOT NULL, id INTEGER NOT NULL, most INTEGER NOT NULL,
        PRIMARY KEY (from_type, to_type, id)
    ) WITHOUT ROWID
    """,
)
FIRST = 1001
"""Low enough to be read by people, above all of HubSpot's own."""

Place = tuple[str, str, int]
"""From type, to type, number: what tells a kind from every other."""


class AssociationKinds:
    """Finds kinds of association, makes labels and limits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            for statement in _TABLES:
                sql.execute(statement)
        self.load()

    def reset(self) -> None:
        """Forget what people made."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_association_kind")
            sql.execute("DELETE FROM hs_association_limit")
        self.load()

    def between(self, here: ObjectType, there: ObjectType) -> list[AssociationType]:
        """Every kind from one object type to another, the plain one first."""
        found = [
            one
            for one in self._kinds.values()
            if (one.from_type, one.to_type) == (here.name, there.name)
        ]
        return sorted(found, key=lambda one: (not one.plain, one.id))

    def from_type(self, here: ObjectType) -> list[AssociationType]:
        """Every kind that starts at an object type."""
        return [one for one in self._kinds.values() if one.from_type == here.name]

    def touching(self, here: ObjectType) -> list[AssociationType]:
        """Every kind an object type is an end of."""
        ends = ((one, (one.from_type, one.to_type)) for one in self._kinds.values())
        return [one for one, names in ends if here.name in names]

    def plain(self, here: ObjectType, there: ObjectType) -> AssociationType:
        """The kind without a label; some object types cannot be associated at all."""
        for one in self.between(here, there):
            if one.plain:
                return one
        raise bad_request(f"{here.name} cannot be associated with {there.name}")

    def told(self, here: ObjectType, there: ObjectType, spec: Mapping[str, Any]) -> AssociationType:
        """The kind a client means by category and number."""
        number = spec.get("associationTypeId")
        category = spec.get("associationCategory", "")
        for one in self.between(here, there):
            if str(one.id) == str(number) and one.category == category:
                return one
        raise bad_request(
            f"No association type {category} {number} exists from {here.name} to {there.name}"
        )

    def numbered(self, here: str, there: str, number: int) -> AssociationType | None:
        """The kind of this number, which is unique within two object types."""
        return self._kinds.get((here, there, number))

    def plain_number(self, here: str, there: str) -> int | None:
        """The number of the kind without a label."""
        return self._plain.get((here, there))

    def add(
        self, here: ObjectType, there: ObjectType, label: str | None, inverse: str | None
    ) -> list[int]:
        """Make a kind for both directions; answers with its numbers."""
        with self._database.transaction() as sql:
            last = sql.execute("SELECT max(id) FROM hs_association_kind").fetchone()[0]
            number = max(FIRST, (last or 0) + 1)
            back = number if here == there and label == inverse else number + 1
            rows = {
                number: (number, here.name, there.name, label, back),
                back: (back, there.name, here.name, inverse, number),
            }
            self._insert(sql, rows)
        self.load()
        return list(rows)

    def relabel(self, kind: AssociationType, label: str, inverse: str | None) -> None:
        """Change the words of a label, and of its inverse when told."""
        query = "UPDATE hs_association_kind SET label = ? WHERE id = ?"
        with self._database.transaction() as sql:
            sql.execute(query, (label, kind.id))
            if inverse is not None and kind.reverse != kind.id:
                sql.execute(query, (inverse, kind.reverse))
        self.load()

    def remove(self, kind: AssociationType) -> None:
        """Take a kind away, in both directions."""
        with self._database.transaction() as sql:
            for number in (kind.id, kind.reverse):
                sql.execute("DELETE FROM hs_association_kind WHERE id = ?", (number,))
                sql.execute("DELETE FROM hs_association_limit WHERE id = ?", (number,))
        self.load()

    def limits(self) -> dict[Place, int]:
        """The kinds that are limited, and to how many records."""
        return dict(self._limits)

    def limit(self, kind: AssociationType, most: int | None) -> None:
        """Limit a kind, or lift the limit with None."""
        place = (kind.from_type, kind.to_type, kind.id)
        with self._database.transaction() as sql:
            if most is None:
                where = "from_type = ? AND to_type = ? AND id = ?"
                sql.execute(f"DELETE FROM hs_association_limit WHERE {where}", place)  # noqa: S608
            else:
                row = (*place, most)
                sql.execute("INSERT OR REPLACE INTO hs_association_limit VALUES (?, ?, ?, ?)", row)
        self.load()

    def _insert(self, sql: Any, rows: Mapping[int, tuple[Any, ...]]) -> None:
        insert = "INSERT OR REPLACE INTO hs_association_kind VALUES (?, ?, ?, ?, ?)"
        sql.executemany(insert, rows.values())

    def load(self) -> None:
        """Read what is stored: at the start, and after a change that was taken back."""
        with self._database.reading() as sql:
            rows = sql.execute("SELECT * FROM hs_association_kind").fetchall()
            limits = sql.execute("SELECT * FROM hs_association_limit").fetchall()
        made = (
            AssociationType(
                row["from_type"], row["to_type"], row["id"], row["reverse"], row["label"], USER
            )
            for row in rows
        )
        self._kinds = {(one.from_type, one.to_type, one.id): one for one in (*STANDARD, *made)}
        self._plain = {(k.from_type, k.to_type): k.id for k in self._kinds.values() if k.plain}
        self._limits = {
            (row["from_type"], row["to_type"], row["id"]): int(row["most"]) for row in limits
        }
