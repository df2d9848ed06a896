"""Whom people without a link will be linked with, told before it is their turn.

Companies are decided before people, and people say of a company which account it is, and whether it
has anybody but leads. Where they have no link yet, the record counts that they will be linked with:
the one that an earlier integration named, else one with the same e-mail address, of several in
Salesforce the one modified last. They are read with addresses and companies only, once in a step.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from include.crmsync.model.mapping import FieldType, ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.pipeline.look import narrowed
from include.crmsync.pipeline.match_values import match_value
from include.crmsync.pipeline.named import named, told_ids
from include.crmsync.pipeline.workshop import Workshop

PEOPLE = "contacts"


class Strangers:
    """People without a link, and their counterparts to be."""

    def __init__(self, mapping: ObjectMapping, shop: Workshop) -> None:
        """`mapping` is that of people, as this run matches them."""
        self._mapping = small(mapping)
        self._shop = shop
        self._known: dict[System, dict[str, Record | None]] = {one: {} for one in System}
        self._all = False
        """Whether everybody has been read: nobody else has a counterpart."""

    def everybody(self) -> Iterator[tuple[Record, Record]]:
        """Everyone in both systems who has one address, HubSpot's record first: for a first run."""
        self._all = True
        if self._mapping.match_on is None:
            return
        theirs = self._by_value(self._everyone(System.SALESFORCE))
        for ours in self._everyone(System.HUBSPOT):
            other = theirs.get(self._value(ours) or "")
            if other is not None:
                self._known[System.HUBSPOT][ours.id] = other
                yield ours, other

    def counterparts(self, system: System, ids: Collection[str]) -> Mapping[str, Record]:
        """Those of these people who will be linked -> the record of the other system."""
        known = self._known[system]
        missing = sorted(set(ids) - known.keys())
        if missing and not self._all:
            known |= dict.fromkeys(missing)
            known |= self._found(system, missing)
        return {id_: one for id_ in ids if (one := known.get(id_)) is not None}

    def _everyone(self, system: System) -> Iterator[Record]:
        return self._shop.gateways[system].changed_since(self._mapping, None)

    def _found(self, system: System, ids: list[str]) -> Iterator[tuple[str, Record]]:
        people = {one.id: one for one in self._shop.gateways[system].read(self._mapping, ids)}
        told = self._named(people) if system is System.HUBSPOT else {}
        alike = self._alike([one for id_, one in people.items() if id_ not in told], system)
        yield from told.items()
        for id_, one in people.items():
            theirs = alike.get(self._value(one) or "")
            if id_ not in told and theirs is not None:
                yield id_, theirs

    def _named(self, people: Mapping[str, Record]) -> dict[str, Record]:
        """HubSpot people -> the record that an earlier integration linked them to."""
        asked = {id_ for one in people.values() for id_ in told_ids(self._mapping, one)}
        if not asked:
            return {}
        records = self._shop.gateways[System.SALESFORCE].read(self._mapping, sorted(asked))
        there = {one.id: one for one in self._free(System.SALESFORCE, records)}
        known = {System.HUBSPOT: people, System.SALESFORCE: there}
        return {ours: there[theirs] for ours, theirs in named(self._mapping, known).items()}

    def _alike(self, people: Iterable[Record], system: System) -> dict[str, Record]:
        """The other system's records that have the address of one of these people, by address."""
        values = {value for one in people if (value := self._value(one)) is not None}
        if not values:
            return {}
        found = self._shop.gateways[system.other].find(self._mapping, sorted(values))
        return self._by_value(self._free(system.other, found))

    def _free(self, system: System, records: Iterable[Record]) -> list[Record]:
        """Those that are not linked to somebody else."""
        found = {one.id: one for one in records}
        links = self._shop.store.links(PEOPLE, system, sorted(found)) if found else {}
        return [one for id_, one in found.items() if id_ not in links or not links[id_].lives]

    def _by_value(self, records: Iterable[Record]) -> dict[str, Record]:
        """By address the record modified last, ties by id."""
        found: dict[str, Record] = {}
        for one in records:
            value = self._value(one)
            known = found.get(value or "")
            if value and (known is None or _rank(one) < _rank(known)):
                found[value] = one
        return found

    def _value(self, record: Record) -> str | None:
        return match_value(self._mapping, record)


def small(mapping: ObjectMapping) -> ObjectMapping:
    """The mapping of people, with nothing but what they are recognised by and their company."""
    parents = (one.name for one in mapping.fields if one.type is FieldType.PARENT)
    return narrowed(mapping, [*parents, *([mapping.match_on] if mapping.match_on else [])])


def _rank(record: Record) -> tuple[float, str]:
    return (-record.modified_at.timestamp(), record.id)
