"""Which kinds of association a portal has: HubSpot's own and the labels people made."""

from collections.abc import Mapping
from typing import Any

from include.sandbox.database import Database
from include.sandbox.hubspot.association_types import STANDARD, USER, AssociationType
from include.sandbox.hubspot.failures import bad_request
from include.sandbox.hubspot.object_types import ObjectType

_TABLE = """
CREATE TABLE IF NOT EXISTS hs_label (
    id INTEGER PRIMARY KEY,
    from_type TEXT NOT NULL,
    to_type TEXT NOT NULL,
    label TEXT NOT NULL,
    reverse INTEGER NOT NULL
)
"""
FIRST_LABEL = 1001
"""Low enough to be read by people, above all of HubSpot's own."""


class AssociationKinds:
    """Finds kinds of association, and makes labels."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            sql.execute(_TABLE)
        self._kinds = self._loaded()

    def reset(self) -> None:
        """Forget the labels people made."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_label")
        self._kinds = self._loaded()

    def between(self, here: ObjectType, there: ObjectType) -> list[AssociationType]:
        """Every kind from one object type to another, the plain one first."""
        found = [
            one
            for one in self._kinds.values()
            if (one.from_type, one.to_type) == (here.name, there.name)
        ]
        return sorted(found, key=lambda one: (not one.plain, one.id))

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

    def plain_number(self, here: str, there: str) -> int:
        """The number of the kind without a label; KeyError where there is none."""
        return self._plain[here, there]

    def label(self, here: ObjectType, there: ObjectType, label: str, inverse: str) -> list[int]:
        """Make a label for both directions; answers with its numbers."""
        with self._database.transaction() as sql:
            last = sql.execute("SELECT max(id) FROM hs_label").fetchone()[0]
            number = max(FIRST_LABEL, (last or 0) + 1)
            back = number if here == there and label == inverse else number + 1
            rows = {
                number: (number, here.name, there.name, label, back),
                back: (back, there.name, here.name, inverse, number),
            }
            sql.executemany("INSERT OR REPLACE INTO hs_label VALUES (?, ?, ?, ?, ?)", rows.values())
        self._kinds = self._loaded()
        return list(rows)

    def _loaded(self) -> dict[tuple[str, str, int], AssociationType]:
        with self._database.reading() as sql:
            rows = sql.execute("SELECT * FROM hs_label").fetchall()
        made = (
            AssociationType(
                row["from_type"], row["to_type"], row["id"], row["reverse"], row["label"], USER
            )
            for row in rows
        )
        kinds = {(one.from_type, one.to_type, one.id): one for one in (*STANDARD, *made)}
        self._plain = {(k.from_type, k.to_type): k.id for k in kinds.values() if k.plain}
        return kinds
