"""One CRM as the contract sees it: a gateway, and what a test may do to what is behind it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from include.crmsync.adapters.gateway import Gateway, Write, Written
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.model.role import RoleWrite
from tests.adapters.mappings import COMPANIES, CONTACTS, WITH_ROLES

CANARY = "canary at nowhere"
"""A value no CRM takes for an e-mail address, and nobody may read in a message."""

PHONE, NEW_PHONE = "+15550100123", "+15550100456"

A_MINUTE = timedelta(minutes=1)


@dataclass
class Crm:
    """One empty CRM, and what a test may do to it."""

    gateway: Gateway
    advance: Callable[[float], None]
    """Moves its clock by seconds."""
    lose: Callable[[Literal["before", "after"]], None]
    """Loses the next write, before or after it took effect, as often as it is asked again."""
    restore: Callable[[], None]
    """Ends what `lose` began."""
    refuse: Callable[[Write], None]
    """Sees to it that the CRM refuses this write, which holds CANARY as e-mail address."""
    batch: int
    """The most records one write call holds."""

    def kind(self, mapping: ObjectMapping) -> str:
        """The CRM's own name for an object type; the first, where there are several."""
        here = self.gateway.system
        return mapping.hubspot if here is System.HUBSPOT else mapping.salesforce[0]

    def named(self, mapping: ObjectMapping, values: dict[str, Any]) -> dict[str, Any]:
        """Values by the CRM's own field names."""
        kind, system = self.kind(mapping), self.gateway.system
        return {str(mapping.wire_name(name, system, kind)): value for name, value in values.items()}

    def new(self, mapping: ObjectMapping, key: str, **values: Any) -> Write:
        """A create; parents are given as `companies=id`."""
        parents = {name: values.pop(name) for name in ("companies",) if name in values}
        own = self.named(mapping, values)
        return Write(key, self.kind(mapping), None, own, external_key=key, parents=parents)

    def change(self, mapping: ObjectMapping, record_id: str, **values: Any) -> Write:
        """An update; parents are given as `companies=id`."""
        parents = {name: values.pop(name) for name in ("companies",) if name in values}
        own = self.named(mapping, values)
        return Write(f"change {record_id}", self.kind(mapping), record_id, own, parents=parents)

    def write(self, mapping: ObjectMapping, *writes: Write) -> list[Written]:
        """The answers, in the order of the writes."""
        told = {one.key: one for some in self.gateway.write(mapping, writes) for one in some}
        return [told[write.key] for write in writes]

    def create(self, mapping: ObjectMapping, key: str, **values: Any) -> str:
        """The id of a record that landed."""
        [answer] = self.write(mapping, self.new(mapping, key, **values))
        assert answer.code is None, answer
        return str(answer.record_id)

    def contact(self, key: str = "K1", **values: Any) -> str:
        return self.create(
            CONTACTS, key, **{"email": f"{key.lower()}@x.example.com", "last_name": key} | values
        )

    def company(self, key: str = "C1") -> str:
        return self.create(COMPANIES, key, name=key)

    def deal(self, key: str = "D1", **people: str | None) -> str:
        """A deal with people in it: id -> name of the role, None without one."""
        stage = {System.HUBSPOT: "appointmentscheduled", System.SALESFORCE: "Prospecting"}
        values = {"name": key, "stage": stage[self.gateway.system], "close_date": "2026-03-01"}
        write = replace(self.new(WITH_ROLES, key, **values), roles=given(people))
        [answer] = self.write(WITH_ROLES, write)
        assert answer.code is None, answer
        return str(answer.record_id)

    def cast(
        self, deal: str, people: Mapping[str, str | None], taken: Iterable[str] = ()
    ) -> Written:
        """Give some people a role in a deal, and take others' away."""
        write = replace(self.change(WITH_ROLES, deal), roles=given(people, taken))
        return self.write(WITH_ROLES, write)[0]

    def people(self, deal: str) -> dict[str, str]:
        """Who is in a deal -> the name of the role."""
        [record] = self.gateway.read(WITH_ROLES, [deal])
        return {role.record_id: role.name for role in record.roles["contacts"]}

    def held(self, mapping: ObjectMapping, record_id: str, name: str) -> Any:
        """What a record holds in a field, by our name of it."""
        [record] = self.gateway.read(mapping, [record_id])
        return record.raw[str(mapping.wire_name(name, self.gateway.system, record.kind))]

    def parent(self, mapping: ObjectMapping, record_id: str) -> str | None:
        [record] = self.gateway.read(mapping, [record_id])
        return record.parents["companies"]


def given(people: Mapping[str, str | None], taken: Iterable[str] = ()) -> dict[str, RoleWrite]:
    return {"contacts": RoleWrite(people, frozenset(taken))}


def ids(records: Iterable[Record]) -> list[str]:
    return [record.id for record in records]
