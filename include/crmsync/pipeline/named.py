"""Which Salesforce record a HubSpot record names, by what an earlier integration left behind."""

from collections.abc import Mapping

from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.model.record_id import SHORT_ID


def told_ids(mapping: ObjectMapping, record: Record) -> list[str]:
    """The Salesforce ids that a HubSpot record holds, the best first."""
    return [str(record.raw[name]) for name in mapping.linked_by if record.raw.get(name)]


def named(mapping: ObjectMapping, known: Mapping[System, Mapping[str, Record]]) -> dict[str, str]:
    """HubSpot id -> the Salesforce record that an earlier integration linked it to."""
    there = {id_[:SHORT_ID]: id_ for id_ in known[System.SALESFORCE]}
    found: dict[str, str] = {}
    for id_, record in known[System.HUBSPOT].items():
        theirs = [
            there[one[:SHORT_ID]] for one in told_ids(mapping, record) if one[:SHORT_ID] in there
        ]
        found |= {id_: theirs[0]} if theirs else {}
    return found
