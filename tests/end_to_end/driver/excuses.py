"""Whether a difference is explained: the state store says why, and what it says is true.

Held rows, records to be tried again, mapping issues and owners nobody knows are explanations. Each
is checked against the value it speaks of: a reason that does not hold is a fault, as is a row about
a difference that is none.
"""

from collections.abc import Iterator
from typing import Any

from tests.end_to_end.driver.cell import Cell, said_by
from tests.end_to_end.driver.crms import Picture
from tests.end_to_end.driver.ledger import Ledger, Link
from tests.end_to_end.driver.mapping import Mapped
from tests.end_to_end.driver.rules import expected, owner
from tests.end_to_end.driver.spelling import Words
from tests.end_to_end.driver.truth import field_reason, record_reason

FIELD = {
    "picklist_value",
    "fits_length",
    "transformable_value",
    "stored_as_sent",
    "companion_writable",
    "parent_linked",
}
"""Criteria that hold one field of a linked record."""
TO_SALESFORCE = {"has_email", "email_is_valid", "phone_has_seven_digits", "won_needs_amount"}
"""Criteria of the suites: nothing travels from HubSpot while they fail."""
SYSTEMS = ("hubspot", "salesforce")
Row = dict[str, Any]


class Excuses:
    """What the state store says after a sync."""

    def __init__(
        self,
        ledger: Ledger,
        mappings: dict[str, Mapped],
        words: Words,
        after: dict[str, Picture],
    ) -> None:
        self.words, self.after = words, after
        self.held: dict[tuple[str, str, str], list[Row]] = {}
        self.waiting: set[tuple[str, str, str]] = set()
        self.buried: set[tuple[str, str, str]] = set()
        self.aside: set[tuple[str, str]] = set()
        for name in mappings:
            for row in ledger.held(name):
                key = (name, row["system"], row["record_id"])
                self.held.setdefault(key, []).append(row)
            for row in ledger.waiting(name):
                self.waiting.add((name, row["system"], row["record_id"]))
            for row in ledger.buried(name):
                self.buried |= {(name, one, row[f"{one}_id"]) for one in SYSTEMS}
            self.aside |= {(name, row["field"]) for row in ledger.issues(name)}

    def rows(self, name: str, link: Link) -> list[Row]:
        ours = self.held.get((name, "hubspot", link.hubspot_id), [])
        return ours + self.held.get((name, "salesforce", link.salesforce_id), [])

    def paused(self, cell: Cell) -> bool:
        contacts = cell.mapped.object_type == "contacts"
        return contacts and cell.link.hubspot_id not in self.after["contacts"].listed

    def cell(self, cell: Cell) -> Iterator[str]:
        """What is wrong with one field of one pair."""
        if self.paused(cell):
            if (cell.here, cell.there) != (cell.was_here, cell.was_there) and not cell.first:
                yield "off the inclusion list, and it moved"
        elif cell.field.type == "owner":
            yield from self._owner(cell)
        elif (cell.mapped.object_type, cell.field.name) not in self.aside:
            yield from self._settled(cell)

    def apart(self, cell: Cell) -> Iterator[str]:
        """What is wrong with a field of which only the end is known."""
        if self.paused(cell) or (cell.mapped.object_type, cell.field.name) in self.aside:
            return
        if cell.here != cell.there and cell.field.type != "owner":
            yield from self._excused(cell, None)

    def _settled(self, cell: Cell) -> Iterator[str]:
        want = expected(cell.field.rule, cell.base, cell.was_here, cell.was_there, cell.newest)
        want = "false" if want is None and cell.field.type == "boolean" else want
        if cell.here != cell.there:
            yield from self._excused(cell, want)
        elif cell.first and want is None and cell.field.name == "currency":
            return  # Salesforce gives a new record the org's currency, and that travels
        elif cell.newest != "either" and cell.here != want:
            yield f"both hold what the rule does not say: {want!r} is right"

    def _excused(self, cell: Cell, want: str | None) -> Iterator[str]:
        if self._waits(cell):
            return
        reasons = [
            row
            for row in self.rows(cell.mapped.object_type, cell.link)
            if row["field"] in (cell.field.name, None) or row["criterion"] not in FIELD
        ]
        words = [row["criterion"] for row in reasons]
        if not reasons:
            yield f"they differ, and nothing explains it: {want!r} is right"
        elif not any(self._is_so(row, cell) for row in reasons):
            yield f"held for {words}, which is not so"
        elif TO_SALESFORCE.issuperset(words) and want is not None and cell.here != want:
            yield f"held towards Salesforce, and HubSpot does not hold {want!r} either"

    def _is_so(self, row: Row, cell: Cell) -> bool:
        value = cell.was_here if row["system"] == "hubspot" else cell.was_there
        return row["criterion"] not in FIELD or field_reason(row, cell, value, self.words)

    def _waits(self, cell: Cell) -> bool:
        name, link = cell.mapped.object_type, cell.link
        ours = {(name, "hubspot", link.hubspot_id), (name, "salesforce", link.salesforce_id)}
        return bool(ours & self.waiting)

    def _stopped(self, cell: Cell) -> bool:
        """Whether a record of the pair is held as a whole, or is to be tried again."""
        rows = self.rows(cell.mapped.object_type, cell.link)
        return self._waits(cell) or any(row["criterion"] not in FIELD for row in rows)

    def _owner(self, cell: Cell) -> Iterator[str]:
        here, there = (cell.base, cell.was_here), (cell.base_there, cell.was_there)
        want = owner(here, there, cell.newest, first=cell.first)
        both = ((cell.was_here, cell.here), (cell.was_there, cell.there))
        for system, (was, now) in zip(SYSTEMS, both, strict=True):
            known = want in self.words.active[system]
            if known and now != want and not self._stopped(cell):
                yield f"{system} should be owned by {want}"
            if not known and was is not None and now not in (was, want):
                yield f"{system} should have kept its owner {was}"

    def strangers(self, mapped: Mapped, links: list[Link]) -> Iterator[str]:
        """Records without a counterpart are held for a true reason, or to be tried again."""
        picture = self.after[mapped.object_type]
        for system, records in (("hubspot", picture.hubspot), ("salesforce", picture.salesforce)):
            linked = {one.hubspot_id if system == "hubspot" else one.salesforce_id for one in links}
            for id_ in sorted(records.keys() - linked):
                yield from self._stranger(mapped, system, id_)

    def _stranger(self, mapped: Mapped, system: str, id_: str) -> Iterator[str]:
        key = (mapped.object_type, system, id_)
        if key in self.waiting or key in self.buried:
            return
        seen = getattr(self.after[mapped.object_type], system)[id_]
        if key not in self.held:
            yield f"{key}: no counterpart, and nothing says why: {seen}"
        for row in self.held.get(key, []):
            if not record_reason(row, mapped, seen, self.words, self.after):
                said = f"{row['criterion']} {row['field']} {row['value']!r}"
                yield f"{key}: {said} is not so: {seen}"

    def stale(self, mapped: Mapped, links: list[Link]) -> Iterator[str]:
        """A row about a difference that is none."""
        name, picture = mapped.object_type, self.after[mapped.object_type]
        for link in links:
            here = picture.hubspot.get(link.hubspot_id)
            there = picture.salesforce.get(link.salesforce_id)
            off = name == "contacts" and link.hubspot_id not in picture.listed
            if here is None or there is None or off:
                continue
            for row in self.rows(name, link):
                if row["criterion"] not in FIELD or row["field"] is None:
                    continue
                one = mapped[row["field"]]
                ours = said_by(here, one, "hubspot", self.words)
                if ours == said_by(there, one, "salesforce", self.words):
                    said = f"{row['criterion']} of {one.name}, and both hold {ours!r}"
                    yield f"{name} {link.hubspot_id}/{link.salesforce_id}: still held: {said}"
