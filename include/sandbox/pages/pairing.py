"""Records side by side: one system's, each with the one that goes with it in the other.

Who belongs to whom is read off the records as a person would: a unique field that holds the
other's id, else the same e-mail. Nothing here knows what a sync stored or thinks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from include.sandbox.pages.asking import Refused
from include.sandbox.pages.shown import PAIRS, SMALL, Shown, Side, opposite

Counts = Mapping[tuple[str, str], int]
"""Live records by system and kind."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of a listing; one half may be missing."""

    hubspot: Shown | None
    salesforce: Shown | None


class Pairing:
    """Finds counterparts in either direction."""

    def __init__(self, sides: Iterable[Side]) -> None:
        self._sides = {side.name: side for side in sides}

    def beside(self, records: Sequence[Shown]) -> list[Pair]:
        """Rows for one system's records, in their order."""
        found = self._counterparts(records)
        return [_pair(one, found.get(one.id)) for one in records]

    def search(self, text: str, counts: Counts) -> list[Pair]:
        """Rows for what a text finds in either system, in the kinds that have counterparts."""
        rows: list[Pair] = []
        for kind, opposites in PAIRS.items():
            found = self._found("hubspot", kind, text, counts)
            for there in opposites:
                found += self._found("salesforce", there, text, counts)
            for system in self._sides:
                rows += self.beside([one for one in found if one.system == system])
        return list(_distinct(rows))

    def _found(self, system: str, kind: str, text: str, counts: Counts) -> list[Shown]:
        count = counts.get((system, kind), 0)
        if not count:
            return []
        deep = count <= SMALL and "@" not in text
        found = self._sides[system].find(kind, text, deep=deep)
        return list({one.id: one for one in found}.values())

    def _counterparts(self, records: Sequence[Shown]) -> dict[str, Shown]:
        if not records:
            return {}
        first = records[0]
        other = next(side for name, side in self._sides.items() if name != first.system)
        found: dict[str, Shown] = {}
        for kind in opposite(first.kind):
            try:
                found = {**other.counterparts(kind, records), **found}
            except Refused:
                # The integration user may not see that object at all.
                continue
        return found


def _pair(one: Shown, other: Shown | None) -> Pair:
    return Pair(one, other) if one.system == "hubspot" else Pair(other, one)


def _distinct(rows: Iterable[Pair]) -> Iterable[Pair]:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        ids = (row.hubspot.id if row.hubspot else "", row.salesforce.id if row.salesforce else "")
        if ids not in seen:
            seen.add(ids)
            yield row
