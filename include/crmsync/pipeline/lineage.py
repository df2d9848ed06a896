"""Which field of which system is made of which: lineage, taken from the mapping.

A field of one system is made of a field of the other where the sync rule may ever write it
there. Names of fields and ids of accounts, never a value. Whoever collects lineage sees for
each object of both CRMs where each mapped field comes from.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.record import System


@dataclass(frozen=True, slots=True)
class Dataset:
    """One object of one account."""

    namespace: str
    """`hubspot://26000001`, `salesforce://00D...`."""
    name: str
    """The system's own name: contacts, Contact, Lead."""


@dataclass(frozen=True, slots=True)
class Source:
    """A field that another one is made of."""

    dataset: Dataset
    field: str
    changed: bool
    """Whether the value is turned into other words on the way, or travels as it is."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one dataset is made of."""

    output: Dataset
    fields: Mapping[str, tuple[Source, ...]]
    types: Mapping[str, str]

    @property
    def inputs(self) -> tuple[Dataset, ...]:
        """The datasets that any of its fields comes from."""
        found = {one.dataset: None for sources in self.fields.values() for one in sources}
        return tuple(found)


def flows(mapping: ObjectMapping, accounts: Mapping[System, str]) -> list[Flow]:
    """What flows into each object of an object type, by the mapping."""
    return [flow for system in System for flow in _into(mapping, system, accounts) if flow.fields]


def _into(mapping: ObjectMapping, target: System, accounts: Mapping[System, str]) -> Iterator[Flow]:
    for kind in _kinds(mapping, target):
        fields: dict[str, tuple[Source, ...]] = {}
        types: dict[str, str] = {}
        for one in mapping.fields:
            name = _name(mapping, one, target, kind)
            if name is None or not one.rule.writes_to(target):
                continue
            sources = tuple(_sources(mapping, one, target.other, (kind, accounts)))
            if sources:
                fields[name] = (*fields.get(name, ()), *sources)
                types[name] = str(one.type)
        yield Flow(_dataset(target, kind, accounts), fields, types)


def _sources(
    mapping: ObjectMapping,
    one: FieldMapping,
    origin: System,
    of: tuple[str, Mapping[System, str]],
) -> Iterator[Source]:
    target_kind, accounts = of
    for kind in _kinds(mapping, origin):
        name = _name(mapping, one, origin, kind)
        told = target_kind if origin is System.HUBSPOT else kind
        if name is not None and told in one.salesforce:
            yield Source(_dataset(origin, kind, accounts), name, _is_changed(one))


def _is_changed(one: FieldMapping) -> bool:
    spelled = one.type in (FieldType.OWNER, FieldType.PARENT, FieldType.DATE)
    return spelled or bool(one.values or one.aliases or one.transform or one.by_label)


def _name(mapping: ObjectMapping, one: FieldMapping, system: System, kind: str) -> str | None:
    """A parent in HubSpot is no property but an association."""
    if system is System.HUBSPOT and one.type is FieldType.PARENT:
        return f"association:{one.hubspot}"
    return mapping.wire_name(one.name, system, kind)


def _kinds(mapping: ObjectMapping, system: System) -> tuple[str, ...]:
    return (mapping.hubspot,) if system is System.HUBSPOT else mapping.salesforce


def _dataset(system: System, kind: str, accounts: Mapping[System, str]) -> Dataset:
    return Dataset(f"{system}://{accounts[system]}", kind)
