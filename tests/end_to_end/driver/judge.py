"""The judge: what both systems hold after a sync, against the driver's own reading of the rules.

Of every mapped field of every linked pair it works out what both systems should hold: from what
they held before, from the value both held when they last agreed, and from when each was set. What
is otherwise must be explained by the state store, with a reason that is true; every value that was
overwritten must be in the journal. It keeps the values the systems agreed on by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tests.end_to_end.driver.cell import Cell, said_by
from tests.end_to_end.driver.crms import WITNESS_HERE, WITNESS_THERE, Crms, Picture, Seen
from tests.end_to_end.driver.excuses import Excuses
from tests.end_to_end.driver.ledger import Ledger, Link
from tests.end_to_end.driver.mapping import Field, Mapped
from tests.end_to_end.driver.people import Edit
from tests.end_to_end.driver.rules import conflict
from tests.end_to_end.driver.spelling import Words
from tests.end_to_end.driver.traces import Traces

Pictures = dict[str, Picture]
Bases = dict[str, str | None]
EVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Judge:
    """One installation's judge."""

    crms: Crms
    ledger: Ledger
    mappings: dict[str, Mapped]
    words: Words
    agreed: dict[tuple[str, str], Bases] = field(default_factory=dict)
    """Object type and link -> field -> what both systems held when they last agreed."""
    paired: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Object type and link -> the records that it had when it was last seen."""
    until: datetime = EVER
    """When the pictures from before were taken: what was set later was set by the sync."""

    def faults(self, before: Pictures, after: Pictures, marks: tuple[int, int]) -> list[str]:
        """Everything that is not as it should be, in words."""
        excuses = Excuses(self.ledger, self.mappings, self.words, after)
        traces = Traces(self.ledger, marks)
        found: list[str] = []
        for name, mapped in self.mappings.items():
            links = self.ledger.links(name)
            moved = self._moved(name, links)
            for cell in self._cells(mapped, links, before[name], after[name]):
                # Of a link that has another record now, only the end is known.
                new = cell.link.id in moved
                said = excuses.apart(cell) if new else (*excuses.cell(cell), *traces.cell(cell))
                found += [f"{one}\n      {cell}" for one in said]
                self._remember(cell, excuses)
            found += excuses.strangers(mapped, links)
            found += excuses.stale(mapped, links)
            found += _untouched(mapped, links, before[name], after[name])
        return found

    def _moved(self, name: str, links: list[Link]) -> set[str]:
        """Links that have another record than when they were last seen; their bases are void."""
        ids = {(name, link.id): (link.hubspot_id, link.salesforce_id) for link in links}
        moved = {key for key, pair in ids.items() if self.paired.get(key, pair) != pair}
        self.paired |= ids
        for key in moved:
            self.agreed.pop(key, None)
        return {id_ for _, id_ in moved}

    def lost(self, edits: list[Edit], after: Pictures, marks: tuple[int, int]) -> list[str]:
        """Of edits made while the sync ran: what neither a system nor the journal holds."""
        excuses = Excuses(self.ledger, self.mappings, self.words, after)
        traces = Traces(self.ledger, marks)
        found: list[str] = []
        for name, mapped in self.mappings.items():
            links = self.ledger.links(name)
            for cell in self._cells(mapped, links, after[name], after[name]):
                found += [f"{said}\n      {cell}" for said in excuses.apart(cell)]
        last = {(one.system, one.id, one.field.name): one for one in edits}
        for one in last.values():
            found += self._is_lost(one, after, traces)
        return found

    def agree(self, after: Pictures) -> None:
        """Take for agreed what both systems hold, where nobody can tell the story."""
        excuses = Excuses(self.ledger, self.mappings, self.words, after)
        for name, mapped in self.mappings.items():
            for link in self.ledger.links(name):
                self.agreed[name, link.id] = {
                    one.name: _spelled(link.base[one.name], one)
                    for one in mapped.fields
                    if one.name in link.base
                }
            for cell in self._cells(mapped, self.ledger.links(name), after[name], after[name]):
                self._remember(cell, excuses)

    def _is_lost(self, edit: Edit, after: Pictures, traces: Traces) -> list[str]:
        name = next(one for one, mapped in self.mappings.items() if edit.field in mapped.fields)
        seen = getattr(after[name], edit.system).get(edit.id)
        if seen is None or edit.value is None or not edit.field.travels:
            return []
        wire = edit.field.hubspot if edit.system == "hubspot" else edit.field.salesforce[edit.kind]
        entered = replace(seen, raw={wire: edit.value})
        was = said_by(entered, edit.field, edit.system, self.words)
        now = said_by(seen, edit.field, edit.system, self.words)
        if was == now or traces.keeps(name, edit.system, edit.id, edit.field, was):
            return []
        return [f"lost: {edit.system} {edit.kind} {edit.id} {edit.field.name} {was!r}, now {now!r}"]

    def _cells(
        self, mapped: Mapped, links: list[Link], before: Picture, after: Picture
    ) -> Iterator[Cell]:
        for link in links:
            here = after.hubspot.get(link.hubspot_id)
            there = after.salesforce.get(link.salesforce_id)
            if here is None or there is None:
                continue
            was = before.hubspot.get(link.hubspot_id), before.salesforce.get(link.salesforce_id)
            bases = self.agreed.setdefault((mapped.object_type, link.id), {})
            first = not bases
            for one in (one for one in mapped.of(there.kind) if one.travels):
                cell = Cell(
                    mapped,
                    one,
                    link,
                    bases.get(one.name),
                    said_by(was[0], one, "hubspot", self.words),
                    said_by(was[1], one, "salesforce", self.words),
                    said_by(here, one, "hubspot", self.words),
                    said_by(there, one, "salesforce", self.words),
                    bases.get(f"{one.name} there"),
                    first=first,
                )
                yield replace(cell, newest=self._newest(cell, *was))

    def _newest(self, cell: Cell, here: Seen | None, there: Seen | None) -> str:
        one = cell.field
        apart = conflict(cell.base, cell.was_here, cell.was_there)
        if one.type == "owner":
            apart = cell.was_here != cell.base and cell.was_there != cell.base_there
        if one.rule != "two_way" or not apart or there is None:
            return "salesforce" if there is not None else "hubspot"
        if here is None:
            return "salesforce"
        if one.type == "parent":
            return "either"
        ours = self.crms.set_here(here, one.hubspot, self.until)
        theirs = self.crms.set_there(there, one.salesforce[there.kind], self.until)
        return "salesforce" if theirs >= ours else "hubspot"

    def _remember(self, cell: Cell, excuses: Excuses) -> None:
        """The base of the next round, by the same rules as the table of the specification."""
        bases = self.agreed[cell.mapped.object_type, cell.link.id]
        name = cell.field.name
        if excuses.paused(cell) and name in bases:
            return
        if cell.here == cell.there or cell.field.type == "owner":
            bases[name] = cell.here
        else:
            bases.setdefault(name, None)
        bases[f"{name} there"] = cell.there


def _spelled(value: str | None, one: Field) -> str | None:
    """A value of the state store in the driver's spelling."""
    return value.replace("Z", "+00:00") if value and one.type == "datetime" else value


def _untouched(mapped: Mapped, links: list[Link], before: Picture, after: Picture) -> Iterator[str]:
    """What no mapping names, and what a mapping says is not to be synced, is as people left it."""
    aside = [one for one in mapped.fields if not one.travels]
    linked = {link.hubspot_id for link in links} | {link.salesforce_id for link in links}
    for was, now in ((before.hubspot, after.hubspot), (before.salesforce, after.salesforce)):
        for id_ in was.keys() & now.keys() & linked:
            for name in _names(now[id_], aside, mapped):
                if was[id_].raw.get(name) != now[id_].raw.get(name):
                    said = f"{was[id_].raw.get(name)!r} -> {now[id_].raw.get(name)!r}"
                    yield f"{mapped.object_type} {id_}: {name} is nobody's business: {said}"


def _names(seen: Seen, aside: list[Field], mapped: Mapped) -> list[str]:
    if seen.kind in WITNESS_THERE:
        mine = [one.salesforce[seen.kind] for one in aside if seen.kind in one.salesforce]
        return WITNESS_THERE[seen.kind] + mine
    return WITNESS_HERE[mapped.object_type] + [one.hubspot for one in aside]
