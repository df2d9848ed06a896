"""Who saw everything: every value a field ever held, who put it there, and what overwrote it.

People's doings are noted as they happen, the sync's writes as they reach a CRM. The laws are judged
by what was seen, never by what the sync says of itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from include.crmsync.model.mapping import ASSOCIATED, FieldType
from include.crmsync.model.record import Record, System
from tests.simulation import spelling
from tests.simulation.wire import Sent
from tests.simulation.world import World

Place = tuple[System, str, str]
"""A field of a record of a system."""
PERSON, SYNC, RACED, TOLD = "person", "sync", "raced", "told"
"""Who: raced is a person in the very moment between the last look and the write. So is told, but
the write is one to HubSpot, whose properties have a history."""


def _whose(who: str, type_: FieldType) -> str:
    """Associations have no history, and a stage is two properties."""
    if who != TOLD:
        return who
    return RACED if type_ in (*ASSOCIATED, FieldType.STAGE) else PERSON


@dataclass(frozen=True, slots=True)
class Lost:
    """A person's value that the sync wrote over."""

    place: Place
    value: str | None
    sync_run: str
    object_type: str
    action: str


@dataclass
class Witness:
    """What was seen of a history."""

    world: World
    values: dict[Place, list[tuple[str | None, str]]] = field(default_factory=dict)
    """Every value a field held, in order, and who put it there."""
    sent: list[Sent] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    partners: dict[tuple[System, str], set[str]] = field(default_factory=dict)
    """Record -> every record the store ever linked it with."""
    deleted_by_sync: set[str] = field(default_factory=set)
    restored: set[str] = field(default_factory=set)
    """Records that were in the bin and came back."""
    _known: dict[str, Record] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)

    def look(self, who: str) -> None:
        """Note what has changed since the last look, and who did it."""
        for system, crm in self.world.crms.items():
            for id_, record in crm.records.items():
                if self._known.get(id_) is not record:
                    self._note(system, record, who)
            self.restored |= self._gone & crm.records.keys()
            self._gone |= crm.bin.keys()

    def hear(self, sent: Sent) -> None:
        """Note a write that reached a CRM."""
        self.sent.append(sent)
        if sent.landed and sent.deletes and sent.before is not None:
            self.deleted_by_sync.add(sent.before.id)
        if sent.before is not None and sent.after is not None:
            self.lost += self._overwritten(sent, sent.before, sent.after)
        self.look(SYNC)

    def links(self) -> None:
        """Note who is linked with whom."""
        for ours, theirs in self.world.state.rows("SELECT hubspot_id, salesforce_id FROM link"):
            self.partners.setdefault((System.HUBSPOT, ours), set()).add(theirs)
            self.partners.setdefault((System.SALESFORCE, theirs), set()).add(ours)

    def ever(self, system: System, record_id: str, name: str) -> set[str | None]:
        """Every value a field held, in this record or in one whose place it took."""
        found = {value for value, _ in self.values.get((system, record_id, name), ())}
        for loser, (_, left) in self.world.crms[system].bin.items():
            if left.into == record_id:
                found |= self.ever(system, loser, name)
        return found

    def _note(self, system: System, record: Record, who: str) -> None:
        self._known[record.id] = record
        mapping = self.world.mappings.get(record.object_type)
        for name, value in spelling.all_held(record, mapping).items() if mapping else ():
            told = self.values.setdefault((system, record.id, name), [])
            if not told or told[-1][0] != value:
                told.append((value, _whose(who, mapping[name].type) if mapping else who))

    def _overwritten(self, sent: Sent, before: Record, after: Record) -> Iterator[Lost]:
        mapping = self.world.mappings[before.object_type]
        now = spelling.all_held(after, mapping)
        for name, value in spelling.all_held(before, mapping).items():
            told = self.values.get((sent.system, before.id, name), [])
            if now.get(name) != value and told and told[-1][1] == PERSON:
                yield Lost(
                    (sent.system, before.id, name),
                    value,
                    sent.process.name,
                    before.object_type,
                    sent.write.key,
                )
