"""What each system asks of the values that travel to it, by the mapping and the live schemas.

Only fields that the mapping lets travel there have demands. Where a type of object is several
kinds, equal demands are one; the kinds that differ are named, because what fits a Contact may
not fit a Lead. A schema that is not at hand asks for nothing beyond what the mapping says.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from include.crmsync.engine.canonical import Unreadable, canonical, wire
from include.crmsync.engine.schema_words import default_refused
from include.crmsync.model.demand import EMAIL, Demand, What
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.schema import FieldSchema, Issue

HUBSPOT_TEXT = 65_536
"""Characters that HubSpot stores of any text."""

DIGITS = 15
"""Digits that a criterion can count: the judge sees numbers as floats."""

_MEASURED = frozenset({FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE})
_TEXTS = _MEASURED | {FieldType.PICKLIST, FieldType.MULTIPICKLIST}
_CHOSEN = frozenset(
    {FieldType.PICKLIST, FieldType.MULTIPICKLIST, FieldType.STRING, FieldType.STAGE}
)


def demands(mapping: ObjectMapping, target: System) -> tuple[Demand, ...]:
    """Everything `target` asks, in the mapping's order."""
    found: list[Demand] = []
    for one in mapping.fields:
        if one.rule is SyncRule.DONT_SYNC or not one.rule.writes_to(target):
            continue
        found += _of_all_kinds(one, mapping, target)
    return tuple(found)


def with_good_default(
    one: FieldMapping, mapping: ObjectMapping
) -> tuple[FieldMapping, tuple[Issue, ...]]:
    """The field without a default that a system would refuse, and that said."""
    if one.default is None:
        return one, ()
    for target in System:
        alone = replace(mapping, fields=(one,))
        for demand in demands(alone, target):
            if not meets(one.default, demand):
                issue = default_refused(one.name, target, mapping.object_type)
                return replace(one, default=None), (issue,)
    return one, ()


def meets(value: str, demand: Demand) -> bool:
    """Whether a canonical value is what a demand asks for."""
    match demand.what:
        case What.VALUE:
            return True
        case What.LENGTH:
            return len(value) <= (demand.limit or 0)
        case What.DIGITS:
            return len(value.lstrip("-").split(".")[0]) <= (demand.limit or 0)
        case What.OPTION:
            parts = value.split(";") if demand.several else [value]
            return all(part in demand.options for part in parts)
        case What.EMAIL:
            return re.search(EMAIL, value) is not None


def _of_all_kinds(one: FieldMapping, mapping: ObjectMapping, target: System) -> Iterator[Demand]:
    kinds = (mapping.hubspot,) if target is System.HUBSPOT else mapping.salesforce
    asked: dict[Demand, list[str]] = {}
    for kind in kinds:
        if mapping.wire_name(one.name, target, kind) is not None:
            for demand in _of_kind(one, mapping, target, kind):
                asked.setdefault(demand, []).append(kind)
    for demand, those in asked.items():
        named = frozenset() if len(those) == len(kinds) else frozenset(those)
        yield replace(demand, kinds=named)


def _of_kind(
    one: FieldMapping, mapping: ObjectMapping, target: System, kind: str
) -> Iterator[Demand]:
    told = one.schemas.get(kind)
    verbs = _needed_for(one, target, told)
    if verbs and one.type is not FieldType.BOOLEAN:
        yield Demand(What.VALUE, one.name, frozenset(verbs))
    if (longest := _longest(one, target, told)) is not None:
        yield Demand(What.LENGTH, one.name, limit=longest)
    if (digits := _digits(one, told)) is not None:
        yield Demand(What.DIGITS, one.name, limit=digits)
    if (options := _options(one, target, told)) is not None:
        several = one.type is FieldType.MULTIPICKLIST
        yield Demand(
            What.OPTION, one.name, options=options, several=several, paired=bool(one.values)
        )
    if _is_email(one, mapping, target, told):
        yield Demand(What.EMAIL, one.name)


def _needed_for(one: FieldMapping, target: System, told: FieldSchema | None) -> set[Verb]:
    """New records need it, save where a default stands in.

    HubSpot lets what they need be cleared later; Salesforce does not.
    """
    by_schema = told is not None and told.required
    verbs = {Verb.CREATE} if (one.required or by_schema) and one.default is None else set()
    filled = target is System.SALESFORCE and (one.required if told is None else by_schema)
    return verbs | ({Verb.UPDATE} if filled else set())


def _longest(one: FieldMapping, target: System, told: FieldSchema | None) -> int | None:
    """The shorter of what the mapping says and what the field itself says."""
    if one.type not in _TEXTS:
        return None
    if target is System.HUBSPOT:
        return HUBSPOT_TEXT if one.type in _MEASURED and told is not None else None
    counted = told.length if told is not None and one.type in _MEASURED else None
    return min((limit for limit in (one.length, counted) if limit is not None), default=None)


def _digits(one: FieldMapping, told: FieldSchema | None) -> int | None:
    if one.type is not FieldType.NUMBER or told is None or told.precision is None:
        return None
    digits = told.precision - (told.scale or 0)
    return digits if digits <= DIGITS else None


def _options(one: FieldMapping, target: System, told: FieldSchema | None) -> tuple[str, ...] | None:
    """The canonical values that the target knows; None: any."""
    listed = told.options if told and told.restricted and one.type in _CHOSEN else None
    if one.type is FieldType.ROLES or (not one.values and not listed):
        return None
    known = set(one.values.values()) or _canonical(listed or (), one, target)
    if listed:
        known = {value for value in known if str(wire(value, one, target)) in listed}
    return tuple(sorted(known))


def _canonical(options: Iterable[str], one: FieldMapping, target: System) -> set[str]:
    found: set[str] = set()
    for option in options:
        try:
            value = canonical(option, one, target)
        except Unreadable:
            continue
        found |= set() if value is None else {value}
    return found


def _is_email(
    one: FieldMapping, mapping: ObjectMapping, target: System, told: FieldSchema | None
) -> bool:
    """Salesforce says it of a field; HubSpot checks the address that it knows contacts by."""
    if one.type is not FieldType.EMAIL or told is None:
        return False
    if target is System.SALESFORCE:
        return told.type == "email"
    return (mapping.hubspot, one.hubspot) == ("contacts", "email")
