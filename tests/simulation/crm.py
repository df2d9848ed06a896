"""A CRM in memory with more of what real ones do to a sync.

Its search may show changes late, a record may be refused whenever it is written, and the
integration user may lose its access. HubSpot knows an e-mail once; an account's deletion in
Salesforce takes its children along; a company's deletion in HubSpot lets its children go.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.memory import Memory
from include.crmsync.errors import Unauthorized
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System

MONEY = "AnnualRevenue"


@dataclass
class Crm(Memory):
    """One CRM of a world."""

    late: dict[str, datetime] = field(default_factory=dict)
    """Record -> from when on the search shows its last change."""
    poison: set[str] = field(default_factory=set)
    """Records that are refused whenever they are written."""
    whole_money: bool = False
    """Whether it stores an account's revenue without cents, whatever it is sent."""
    forbidden: bool = False
    """Whether the integration user has lost its access."""
    shown_at: dict[str, datetime] = field(default_factory=dict)
    """Records that were hidden from the integration user -> when they were shown again."""
    born: list[tuple[str, str, str]] = field(default_factory=list)
    """What the sync created: kind, the record it was created from, the id it was given."""

    def changed_since(
        self,
        mapping: ObjectMapping,
        since: datetime | None,
        gone: list[Tombstone] | None = None,
    ) -> Iterator[Record]:
        now = self.clock()
        for record in super().changed_since(mapping, since, gone):
            if self.late.get(record.id, now) <= now:
                yield record

    def show_late(self, record_id: str, seconds: float) -> None:
        if seconds and self.system is System.HUBSPOT:
            self.late[record_id] = self.clock() + timedelta(seconds=seconds)

    def hide(self, record_id: str) -> None:
        """Hide a record from the integration user."""
        self.hidden.add(record_id)

    def show(self, record_id: str) -> None:
        """Show it again: that moves no stamp."""
        if record_id in self.hidden:
            self.hidden.discard(record_id)
            self.shown_at[record_id] = self.clock()

    def allow(self) -> None:
        """Let the integration user in, or not."""
        if self.forbidden:
            self.calls += 1
            raise Unauthorized(f"{self.system.label} refused the integration user: 403")

    def associate(self, record_id: str, company: str | None) -> None:
        """Put a record into a company, or take it out of its company."""
        self._change(record_id, {}, {"companies": company})

    def remove(self, record_id: str) -> None:
        gone = self.records[record_id]
        super().remove(record_id)
        if gone.object_type == "companies":
            self._let_go(record_id)

    def merge(self, winner: str, loser: str) -> None:
        super().merge(winner, loser)
        for child in self._children(loser):
            self.associate(child.id, winner)

    def knows(self, email: str, *, but: str = "") -> bool:
        """Whether another contact of HubSpot has this e-mail."""
        return self.system is System.HUBSPOT and any(
            str(one.raw.get("email") or "").strip().lower() == email.strip().lower()
            for one in self.records.values()
            if one.kind == "contacts" and one.id != but
        )

    def _stored(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """What becomes of values that it is sent."""
        sent = raw.get(MONEY)
        if not self.whole_money or not isinstance(sent, float):
            return raw
        return {**raw, MONEY: float(round(sent))}

    def _let_go(self, company: str) -> None:
        for child in self._children(company):
            if self.system is System.SALESFORCE:
                super()._leave(child.id, How.DELETED)
            else:
                self.associate(child.id, None)

    def _children(self, company: str) -> list[Record]:
        return [one for one in self.records.values() if one.parents.get("companies") == company]

    def _write_one(self, mapping: ObjectMapping, write: Write) -> Written:
        if write.record_id in self.poison or write.external_key in self.poison:
            return Written(write.key, write.record_id, "REFUSED", "REFUSED: by a rule of the org")
        found = self._by_key(mapping, write)
        email = write.values.get("email") if write.kind == "contacts" else None
        if email and self.knows(str(email), but=write.record_id or found or ""):
            return Written(write.key, write.record_id, "CONFLICT", "CONFLICT: the e-mail is taken")
        before = len(self.records)
        written = super()._write_one(mapping, write)
        if len(self.records) > before and written.record_id:
            origin = write.key.rsplit(":", 1)[-1]  # by the action: a key may be forged
            self.born.append((write.kind, origin, written.record_id))
        return written

    def _by_key(self, mapping: ObjectMapping, write: Write) -> str | None:
        key = self._key(mapping)
        return next(
            (
                one.id
                for one in self.records.values()
                if one.kind == write.kind and one.raw.get(key) == write.external_key
            ),
            None,
        )

    def _change(
        self, record_id: str, raw: Mapping[str, Any], parents: Mapping[str, str | None]
    ) -> None:
        super()._change(record_id, self._stored(raw), parents)
        record = self.records[record_id]
        owner = "OwnerId"
        if self.system is System.SALESFORCE and not record.raw.get(owner):
            # No record of Salesforce is without an owner: its creator owns it.
            self.records[record_id] = replace(record, raw={**record.raw, owner: "005U"})
