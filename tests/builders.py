"""Builders for tests: valid by default, so that a test states only what it is about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from include.crmsync.engine.directory import Directory, Person, directory
from include.crmsync.engine.transform import Canonical, transform
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.record import Record, System, Value
from include.crmsync.model.rule import SyncRule

MORNING = datetime(2026, 1, 5, 8, tzinfo=UTC)
BOTH = frozenset(System)


def field(name: str, **changes: object) -> FieldMapping:
    """A two-way text field that has the same name everywhere."""
    plain = FieldMapping(
        name=name,
        hubspot=name,
        salesforce={"Contact": name, "Lead": name},
        type=FieldType.STRING,
        rule=SyncRule.TWO_WAY,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test names real fields


def mapping(*fields: FieldMapping, **changes: object) -> ObjectMapping:
    """Contacts, matched by e-mail, created on both sides."""
    plain = ObjectMapping(
        object_type="contacts",
        hubspot="contacts",
        hubspot_key="salesforce_id",
        salesforce=("Contact", "Lead"),
        salesforce_key="hubspot_id",
        match_on="email",
        fields=(field("email", type=FieldType.EMAIL), *(fields or (field("phone"),))),
        creates_in=BOTH,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test names real fields


def record(system: System, id_: str, *, minute: int = 0, **raw: object) -> Record:
    """A contact in `system`, modified some minutes after MORNING."""
    kind = str(raw.pop("kind", "contacts" if system is System.HUBSPOT else "Contact"))
    parents = raw.pop("parents", {})
    return Record(
        system=system,
        object_type="contacts",
        id=id_,
        kind=kind,
        modified_at=MORNING + timedelta(minutes=minute),
        raw=raw,
        parents=parents if isinstance(parents, dict) else {},
    )


def frame(
    system: System,
    records: list[Record],
    of: ObjectMapping,
    known: Directory | None = None,
    counterparts: tuple[Record, ...] = (),
) -> Canonical:
    """The canonical frame of some records; fields a test does not name are blank."""
    blank = dict.fromkeys(name for kind in of.salesforce for name in names(of, system, kind))
    whole = [replace(one, raw={**blank, **one.raw}) for one in records]
    rest = [replace(one, raw={**blank, **one.raw}) for one in counterparts]
    return transform(whole, rest, of, system, known or Directory())


def names(of: ObjectMapping, system: System, kind: str) -> list[str]:
    return of.wire_fields(system, kind)


def link(hubspot_id: str, salesforce_id: str, base: Mapping[str, Value] | None) -> Link:
    """A stored link of contacts."""
    return Link("contacts", hubspot_id, salesforce_id, id=int(hubspot_id), version=1, base=base)


def owners(**emails: str) -> Directory:
    """Active owners under the same id in both systems."""
    people = [Person(id_, email, id_, active=True) for id_, email in emails.items()]
    return directory(dict.fromkeys(System, people), {})
