"""What runs left in the journal: every value that was overwritten, every conflict.

A value that a person entered and that a system no longer holds has to be the before of a journalled
change; a conflict that was settled has to be told with both values.
"""

from collections.abc import Iterator

from tests.end_to_end.driver.cell import Cell
from tests.end_to_end.driver.excuses import Row
from tests.end_to_end.driver.ledger import Ledger
from tests.end_to_end.driver.mapping import Field
from tests.end_to_end.driver.rules import conflict
from tests.end_to_end.driver.spelling import UNREADABLE


class Traces:
    """The journal since two marks: the last action and the last conflict of before."""

    def __init__(self, ledger: Ledger, marks: tuple[int, int]) -> None:
        self.changes: dict[tuple[str, str, str, str], list[Row]] = {}
        for row in ledger.changes(marks[0]):
            # A create whose answer was lost has no id yet: it is known by the record it comes from.
            id_ = row["record_id"] or row["outcome_record_id"] or f"from {row['origin_id']}"
            key = (row["object_type"], row["system"], id_, row["field"])
            self.changes.setdefault(key, []).append(row)
        self.conflicts: dict[tuple[str, str, str], list[Row]] = {}
        for row in ledger.conflicts(marks[1]):
            told = (row["object_type"], row["hubspot_id"], row["field"])
            self.conflicts.setdefault(told, []).append(row)

    def cell(self, cell: Cell) -> Iterator[str]:
        """What of one field of one pair cannot be found again."""
        here, there = cell.link.hubspot_id, cell.link.salesforce_id
        yield from self._side(cell, "hubspot", (here, there), (cell.was_here, cell.here))
        yield from self._side(cell, "salesforce", (there, here), (cell.was_there, cell.there))
        apart = conflict(cell.base, cell.was_here, cell.was_there)
        if apart and cell.here == cell.there and cell.field.type not in ("parent", "owner"):
            yield from self._told(cell)

    def _side(
        self,
        cell: Cell,
        system: str,
        ids: tuple[str, str],
        values: tuple[str | None, str | None],
    ) -> Iterator[str]:
        (id_, other), (was, now), one = ids, values, cell.field
        by_itself = one.type == "owner" or one.name == "currency"
        given = was is None and (now == "false" or by_itself)
        if was == now or given:  # what a new record has by itself is nobody's change
            return
        rows = [
            row
            for known in (id_, f"from {other}")
            for row in self.changes.get((cell.mapped.object_type, system, known, one.name), [])
        ]
        if not rows:
            yield f"{system} went from {was!r} to {now!r} and the journal has no change"
        elif was not in (None, UNREADABLE) and one.type != "parent":
            kept = {_plain(row["before"], one) for row in rows}
            if _plain(was, one) not in kept:
                yield f"{system} lost {was!r}, which is nowhere in the journal: {kept}"

    def keeps(self, name: str, system: str, id_: str, one: Field, value: str | None) -> bool:
        """Whether the journal has a value as what a change or a conflict found."""
        rows = self.changes.get((name, system, id_, one.name), [])
        return _plain(value, one) in {_plain(row["before"], one) for row in rows}

    def _told(self, cell: Cell) -> Iterator[str]:
        one = cell.field
        rows = self.conflicts.get((cell.mapped.object_type, cell.link.hubspot_id, one.name), [])
        both = [(_plain(row["hubspot"], one), _plain(row["salesforce"], one)) for row in rows]
        if (_plain(cell.was_here, one), _plain(cell.was_there, one)) not in both:
            yield f"a conflict that is not recorded: {both}"


def _plain(text: str | None, one: Field) -> str | None:
    if text is None:
        return None
    kept = text.replace("\x00", "\u2400")
    return kept.replace("+00:00", "Z") if one.type == "datetime" else kept
