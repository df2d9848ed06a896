"""Finding a record that the state remembers no such value of: both CRMs are asked.

By id, by e-mail address, by a company's domain, and by what a CRM finds exactly at few calls of a
name: a person's last name, the whole name of a company or deal. A system that does not answer is
named, and the other one's records are told all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from include.crmsync.adapters.salesforce_records import PREFIXES
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.transform import values_of
from include.crmsync.errors import SyncError
from include.crmsync.model.host import host_of
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.pipeline.card import Key, note_calls
from include.crmsync.pipeline.match_rules import by_domain
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.finds import Find

PEOPLE, COMPANIES = "contacts", "companies"
NAMES = {"contacts": "lastname", "companies": "name", "deals": "dealname"}
"""The HubSpot property by which a record of each object type is looked for by name."""
MOST = 50
"""Records told of one system and object type."""


@dataclass(frozen=True, slots=True)
class Found:
    """What both systems know, and what they did not say."""

    finds: tuple[Find, ...]
    troubles: tuple[str, ...]
    asked: bool
    """Whether anybody was asked."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of one system."""

    mapping: ObjectMapping
    system: System
    key: Key | None = None
    host: str | None = None
    value: str = ""
    words: tuple[str, ...] = ()
    """All of which a record must have, somewhere."""


def find(text: str, key: Key | None, object_types: Sequence[str], shop: Workshop) -> Found:
    """Records of this id, e-mail address, domain or name, as both systems know them."""
    finds: dict[Key, Find] = {}
    troubles: list[str] = []
    questions = [one for name in object_types for one in _questions(text, key, shop.mappings[name])]
    for one in questions:
        spent = shop.gateways.calls()
        try:
            for found in islice(_answers(one, shop), MOST):
                finds.setdefault((found.system, found.record_id), found)
        except SyncError as error:
            troubles.append(f"{one.system.label} was asked, and gave no answer: {error}")
        finally:
            note_calls(one.mapping.object_type, spent, shop)
    return Found(tuple(finds.values()), tuple(dict.fromkeys(troubles)), bool(questions))


def _questions(text: str, key: Key | None, mapping: ObjectMapping) -> Iterator[_Question]:
    """What may be asked of records of one object type."""
    object_type, words = mapping.object_type, tuple(text.casefold().split())
    if key is not None:
        if _may_be(key, mapping):
            yield _Question(mapping, key[0], key)
    elif len(words) == 1 and "@" in text:
        if object_type == PEOPLE:
            yield from (_Question(mapping, system, value=words[0]) for system in System)
    elif len(words) == 1 and "." in text and (host := host_of(text)):
        if object_type == COMPANIES:
            domains = by_domain(mapping)
            yield from (_Question(domains, system, host=host) for system in System)
    else:
        named = _by_name(mapping)
        value = words[-1] if object_type == PEOPLE else text
        if named is not None:
            yield from (_Question(named, one, value=value, words=words) for one in System)


def _by_name(mapping: ObjectMapping) -> ObjectMapping | None:
    """The mapping by which records are found by their names."""
    wanted = NAMES.get(mapping.object_type)
    name = next((one.name for one in mapping.fields if one.hubspot == wanted), None)
    return replace(mapping, match_on=name) if name else None


def _may_be(key: Key, mapping: ObjectMapping) -> bool:
    system, id_ = key
    kind = PREFIXES.get(id_[:3])
    return system is System.HUBSPOT or kind is None or kind in mapping.salesforce


def _answers(one: _Question, shop: Workshop) -> Iterator[Find]:
    for record in _records(one, shop):
        values = values_of(record, one.mapping, Directory())
        told = "\n".join(value for value in values.values() if value).casefold()
        if all(word in told for word in one.words):
            found = Find(record.object_type, record.system, record.id, values=values)
            yield _remembered(found, shop)


def _records(one: _Question, shop: Workshop) -> Iterator[Record]:
    gateway = shop.gateways[one.system]
    if one.key is not None:
        return gateway.read(one.mapping, [one.key[1]])
    if one.host is not None:
        return gateway.find_by_domain(one.mapping, [one.host])
    return gateway.find(one.mapping, [one.value])


def _remembered(found: Find, shop: Workshop) -> Find:
    """The record with what the sync knows of it, whatever it was found by."""
    links = shop.store.links(found.object_type, found.system, [found.record_id])
    link = links.get(found.record_id)
    if link is not None:
        return replace(found, counterpart=link.id_in(found.system.other), gone_in=link.gone_in)
    held = shop.store.held_of(found.object_type, found.system, [found.record_id])
    return replace(found, held=bool(held))
