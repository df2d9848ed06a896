"""Finding a record that the state knows nothing of: both CRMs are asked.

By id, by e-mail address, or by a company's domain: what a CRM finds exactly and at one call. Names
are not looked for, since neither CRM finds a part of a name reliably. A system that does not answer
is named, and the other one's records are told all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from include.crmsync.adapters.salesforce_records import PREFIXES
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.transform import values_of
from include.crmsync.errors import SyncError
from include.crmsync.model.host import host_of
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.pipeline.card import Key, note_calls
from include.crmsync.pipeline.selection import by_domain
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.finds import Find

PEOPLE, COMPANIES = "contacts", "companies"


@dataclass(frozen=True, slots=True)
class Found:
    """What both systems know, and what they did not say."""

    finds: tuple[Find, ...]
    troubles: tuple[str, ...]
    asked: bool
    """Whether there was anything to ask for: an id, an address, a domain."""


def find(text: str, key: Key | None, object_types: Sequence[str], shop: Workshop) -> Found:
    """Records of this id, e-mail address or domain, as both systems know them."""
    finds: list[Find] = []
    troubles: list[str] = []
    questions = list(_questions(text, key, object_types, shop))
    for mapping, system in questions:
        spent = shop.gateways.calls()
        try:
            finds += [_find(one, mapping) for one in _records(mapping, system, text, key, shop)]
        except SyncError as error:
            troubles.append(f"{system.label} was asked, and gave no answer: {error}")
        finally:
            note_calls(mapping.object_type, spent, shop)
    return Found(tuple(finds), tuple(dict.fromkeys(troubles)), bool(questions))


def _questions(
    text: str, key: Key | None, object_types: Sequence[str], shop: Workshop
) -> Iterator[tuple[ObjectMapping, System]]:
    """What is asked for, of which object type and of whom."""
    for object_type in object_types:
        mapping = shop.mappings[object_type]
        if key is not None:
            if _may_be(key, mapping):
                yield mapping, key[0]
        elif "@" in text and object_type == PEOPLE and " " not in text:
            yield from ((mapping, system) for system in System)
        elif object_type == COMPANIES and "@" not in text and "." in text and host_of(text):
            yield from ((by_domain(mapping), system) for system in System)


def _may_be(key: Key, mapping: ObjectMapping) -> bool:
    system, id_ = key
    kind = PREFIXES.get(id_[:3])
    return system is System.HUBSPOT or kind is None or kind in mapping.salesforce


def _records(
    mapping: ObjectMapping, system: System, text: str, key: Key | None, shop: Workshop
) -> list[Record]:
    gateway = shop.gateways[system]
    if key is not None:
        return list(gateway.read(mapping, [key[1]]))
    if mapping.object_type == COMPANIES:
        return list(gateway.find_by_domain(mapping, [host_of(text) or ""]))
    return list(gateway.find(mapping, [text.lower()]))


def _find(record: Record, mapping: ObjectMapping) -> Find:
    values = values_of(record, mapping, Directory())
    return Find(record.object_type, record.system, record.id, values=values)
