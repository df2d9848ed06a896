"""What a law is judged by: the world, who saw it, its runs, and a look into the tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import Record, System
from include.crmsync.state.forget import digest
from tests.simulation.runs import Ran, Runner
from tests.simulation.witness import Witness
from tests.simulation.world import World


@dataclass(frozen=True, slots=True)
class Linked:
    """A living link with both its records."""

    id: int
    object_type: str
    hubspot: Record
    salesforce: Record

    def record(self, system: System) -> Record:
        return self.hubspot if system is System.HUBSPOT else self.salesforce


@dataclass
class Scene:
    """A history, as the laws see it."""

    world: World
    witness: Witness
    runner: Runner
    quiet: list[Ran] = field(default_factory=list)
    """The runs after everything had settled."""
    quiet_from: int = 0
    """How many writes had been seen by then."""
    erased_in: dict[str, str] = field(default_factory=dict)
    """HubSpot contact -> the first run that found it erased."""

    def linked(self) -> Iterator[Linked]:
        """Every living link of which both records are there and can be seen."""
        query = "SELECT id, object_type, hubspot_id, salesforce_id FROM link WHERE gone_in IS NULL"
        for id_, object_type, ours, theirs in self.world.state.rows(query):
            hubspot = self.world.record(System.HUBSPOT, ours)
            salesforce = self.world.record(System.SALESFORCE, theirs)
            if hubspot is None or salesforce is None:
                continue
            if not self.hidden(hubspot) and not self.hidden(salesforce):
                yield Linked(id_, object_type, hubspot, salesforce)

    def held(self) -> dict[tuple[System, str], list[tuple[str, str | None]]]:
        """Record -> criteria and fields it is held for."""
        found: dict[tuple[System, str], list[tuple[str, str | None]]] = {}
        query = "SELECT system, record_id, criterion, field FROM held"
        for system, record_id, criterion, name in self.world.state.rows(query):
            found.setdefault((System(system), record_id), []).append((criterion, name))
        return found

    def planned(self, ran: Ran) -> bool:
        """Whether a run planned anything."""
        return bool(self.world.state.rows("SELECT 1 FROM action WHERE sync_run = ?", ran.name))

    def hidden(self, record: Record) -> bool:
        return record.id in self.world.crms[record.system].hidden

    def unseen(self, record: Record) -> bool:
        """Whether it is hidden, or changed last while it was: to be shown moves no stamp."""
        shown_at = self.world.crms[record.system].shown_at.get(record.id)
        return self.hidden(record) or (shown_at is not None and record.modified_at <= shown_at)

    def poisoned(self, record: Record) -> bool:
        return any(record.id in crm.poison for crm in self.world.crms.values())

    def forgotten(self, record: Record) -> bool:
        """Whether the store knows no more than a hash: its counterpart was erased."""
        mine = digest(record.object_type, record.system, record.id)
        return bool(self.world.state.rows("SELECT 1 FROM forgotten WHERE digest = ?", mine))

    def parent_link(self, system: System, company: str | None) -> tuple[int, bool] | None:
        """The link of a company, and whether it lives."""
        query = (
            "SELECT id, gone_in IS NULL FROM link"
            f" WHERE object_type = 'companies' AND {system}_id = ?"
        )
        found = self.world.state.rows(query, company) if company else []
        return (int(found[0][0]), bool(found[0][1])) if found else None

    def journalled(self, value: str | None, field: FieldMapping, system: System) -> set[str | None]:
        """How the journal may spell a value."""
        if field.type is not FieldType.PARENT or value is None:
            return {value}
        link = self.parent_link(system, value)
        return {f"{system}:{value}", *([str(link[0])] if link else [])}
