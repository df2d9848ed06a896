"""The live schemas of a run: read or remembered once, and the mapping that they leave to use.

Before anything is read, the mapping is held against both systems' fields. While the remembered
schemas are fresh this costs no call. They are read again when they are too old, when the mapping
has changed, when a record comes without a mapped field or a query is refused for naming one, and
after a write was refused for a reason that a schema would have told. Every step of a run uses the
same mapping: without the fields set aside, with the rules narrowed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from include.crmsync.engine.schema_check import Checked, hold_against, unanswered
from include.crmsync.errors import ConfigError, Rejected, StateError
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.schema import Schema
from include.crmsync.pipeline.bend import bent
from include.crmsync.pipeline.documents import LiveSchemas
from include.crmsync.pipeline.reading import Reading, Unread, read
from include.crmsync.pipeline.request import refuse_unwritable, request_of
from include.crmsync.pipeline.selection import read_chosen
from include.crmsync.pipeline.suites import renew, rule_issues
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.live import Kept, OpenIssue

DRIFT = frozenset(
    {
        *("INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_TYPE_ON_FIELD_IN_RECORD"),
        *("REQUIRED_FIELD_MISSING", "STRING_TOO_LONG", "NUMBER_OUTSIDE_VALID_RANGE"),
        *("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "INSUFFICIENT_ACCESS_OR_READONLY"),
        *("PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE", "INVALID_OPTION", "VALIDATION_ERROR"),
        *("INVALID_LONG", "INVALID_DATE", "INVALID_BOOLEAN", "JSON_PARSER_ERROR"),
    }
)
"""Refusals that a newer schema may explain, in either system's words."""

GIST = 60
"""Characters of a rule's message by which it is known again: a refusal's words may be cut short."""

ARTIFACT = "schemas"


@dataclass(frozen=True, slots=True)
class Borne:
    """A mapping as the schemas bear it out, and what to read because of that."""

    mapping: ObjectMapping
    fresh: bool
    unread: Unread


def read_changes(object_type: str, sync_run: str, shop: Workshop) -> tuple[ObjectMapping, Reading]:
    """Read what changed, or was asked for, by a mapping that both systems bear out.

    Raises ConfigError.
    """
    borne = _borne(object_type, sync_run, shop, again=False)
    try:
        reading = _read(borne, sync_run, shop)
    except Rejected as refused:
        if borne.fresh or refused.code not in DRIFT:
            raise
        reading = None
    if reading is not None and (borne.fresh or not _lacks(reading, borne.mapping)):
        return borne.mapping, reading
    borne = _borne(object_type, sync_run, shop, again=True)
    return borne.mapping, _read(borne, sync_run, shop)


def mapping_of(object_type: str, sync_run: str, shop: Workshop) -> ObjectMapping:
    """The mapping that this run uses."""
    borne = borne_mapping(object_type, sync_run, shop)
    return bent(borne, request_of(object_type, sync_run, shop))


def borne_mapping(object_type: str, sync_run: str, shop: Workshop) -> ObjectMapping:
    """The mapping as both systems bear it out, whatever this run alone does otherwise."""
    known = _document(object_type, sync_run, shop)
    stated = shop.mappings[object_type]
    return stated if known is None else hold_against(stated, known.by_system).mapping


def fresh_mapping(object_type: str, sync_run: str, shop: Workshop) -> ObjectMapping:
    """The mapping as both systems bear it out at this moment, which this run uses from now on."""
    stated = shop.mappings[object_type]
    kept = {system: _schema(stated, system, shop, again=True) for system in System}
    by_system = {system: one.schema for system, (one, _) in kept.items()}
    checked = hold_against(stated, by_system)
    _refuse(checked)
    shop.artifacts.save(sync_run, object_type, ARTIFACT, LiveSchemas(by_system, fresh=True))
    return checked.mapping


def remembered_mapping(object_type: str, shop: Workshop) -> ObjectMapping:
    """The mapping by the schemas as they are remembered, read only where they are too old."""
    stated = shop.mappings[object_type]
    kept = {system: _schema(stated, system, shop, again=False) for system in System}
    return hold_against(stated, {system: one.schema for system, (one, _) in kept.items()}).mapping


def remember_schemas(object_type: str, sync_run: str, shop: Workshop) -> None:
    """Settle the mapping for a run that reads nothing of what changed: issues stay as they are.

    Where the schemas are fresh enough, that costs no call.
    """
    stated = shop.mappings[object_type]
    kept = {system: _schema(stated, system, shop, again=False) for system in System}
    fresh = all(new for _, new in kept.values())
    told = LiveSchemas({system: one.schema for system, (one, _) in kept.items()}, fresh)
    shop.artifacts.save(sync_run, object_type, ARTIFACT, told)


def known_schemas(object_type: str, shop: Workshop) -> LiveSchemas | None:
    """The schemas as they were last read, however old; None where this mapping's never were."""
    stated, found = shop.mappings[object_type], dict[System, Schema]()
    for system in System:
        kept = shop.live.schema(object_type, system)
        if kept is None or kept.asked != _fingerprint(stated, system):
            return None
        found[system] = kept.schema
    return LiveSchemas(found, fresh=False)


def is_passing(code: str, object_type: str, sync_run: str, shop: Workshop) -> bool:
    """Whether a refusal may be due to a schema that is only remembered; then it is forgotten.

    The next run reads it anew and knows better; refused again then, the record is held.
    """
    if code not in DRIFT:  # asked of every refusal, so before anything is loaded
        return False
    known = _document(object_type, sync_run, shop)
    if known is None or known.fresh:
        return False
    shop.live.forget(object_type)
    return True


def look_for_rule(message: str, object_type: str, sync_run: str, shop: Workshop) -> None:
    """A record broke a validation rule: if none that is remembered says so, read them anew.

    The next run does it, and names the rule.
    """
    known = _document(object_type, sync_run, shop)
    rules = known.by_system[System.SALESFORCE].rules if known and not known.fresh else None
    if rules is not None and all(one.message[:GIST] not in message for one in rules.active):
        shop.live.forget(object_type)


def close_mended(object_type: str, sync_run: str, shop: Workshop) -> None:
    """The run has dealt with what mended issues left unread."""
    known = _document(object_type, sync_run, shop)
    shop.live.close(known.mended if known else (), shop.now())


def _read(borne: Borne, sync_run: str, shop: Workshop) -> Reading:
    request = request_of(borne.mapping.object_type, sync_run, shop)
    if request is not None:
        refuse_unwritable(request, borne.mapping)
        return read_chosen(borne.mapping, request, sync_run, shop)
    return read(borne.mapping, sync_run, shop, borne.unread)


def _borne(object_type: str, sync_run: str, shop: Workshop, *, again: bool) -> Borne:
    stated = shop.mappings[object_type]
    kept = {system: _schema(stated, system, shop, again=again) for system in System}
    checked = hold_against(stated, {system: one.schema for system, (one, _) in kept.items()})
    watermarks = shop.store.watermarks(object_type)
    until = min(watermarks.values(), default=None)
    issues = (*checked.issues, *rule_issues(stated, kept[System.SALESFORCE][0].schema.rules, shop))
    mended = shop.live.find((object_type, sync_run), issues, shop.now(), until)
    _refuse(checked)
    if any(new for _, new in kept.values()):
        renew(checked.mapping, sync_run, shop)
    fresh = all(new for _, new in kept.values())
    request = request_of(object_type, sync_run, shop)
    document = LiveSchemas(
        {system: one.schema for system, (one, _) in kept.items()},
        fresh,
        # A request reads nothing of what mended issues left unread.
        tuple(one.id for one in mended) if request is None else (),
    )
    shop.artifacts.save(sync_run, object_type, ARTIFACT, document)
    return Borne(bent(checked.mapping, request), fresh, _unread(object_type, mended, shop))


def _refuse(checked: Checked) -> None:
    if checked.broken:
        raise ConfigError(
            f"{checked.mapping.object_type} cannot sync: what its records are recognised by, or"
            " cannot be created without, is not in order in the CRMs. Until it is, nothing of"
            " them is written; the other object types go on",
            checked.broken,
        )


def _schema(
    mapping: ObjectMapping, system: System, shop: Workshop, *, again: bool
) -> tuple[Kept, bool]:
    """A schema, and whether it was read just now."""
    asked = _fingerprint(mapping, system)
    known = None if again else shop.live.schema(mapping.object_type, system)
    oldest = shop.now() - shop.settings.schema_age
    if known is not None and known.asked == asked and known.read_at > oldest:
        return known, False
    told = shop.gateways[system].schema(mapping)
    found = Kept(_needed(told, mapping, system), asked, shop.now())
    shop.live.keep(mapping.object_type, system, found)
    return found, True


def _needed(told: Schema, mapping: ObjectMapping, system: System) -> Schema:
    """The mapped fields, the key, and what a new record must have: the rest is not remembered."""
    identity = _identity(mapping, system)
    kinds = {
        kind: {
            name: one
            for name, one in fields.items()
            if one.required or name in {*identity, *mapping.wire_fields(system, kind)}
        }
        for kind, fields in told.kinds.items()
    }
    return replace(told, kinds=kinds)


def _fingerprint(mapping: ObjectMapping, system: System) -> str:
    kinds = (mapping.hubspot,) if system is System.HUBSPOT else mapping.salesforce
    named = [f"{kind}:{','.join(sorted(mapping.wire_fields(system, kind)))}" for kind in kinds]
    return hashlib.sha256("|".join([*named, *_identity(mapping, system)]).encode()).hexdigest()


def _identity(mapping: ObjectMapping, system: System) -> list[str]:
    """Fields that records are recognised by, mapped or not: the key, and a company's domain."""
    key = mapping.hubspot_key if system is System.HUBSPOT else mapping.salesforce_key
    return [key, *([mapping.match_domain[system]] if mapping.match_domain else [])]


def _unread(object_type: str, mended: Iterable[OpenIssue], shop: Workshop) -> Unread:
    gone = list(mended)
    if not gone:
        return Unread()
    aside = [one for one in gone if one.issue.effect == "set_aside"]
    stamps = [one.unread_since for one in aside if one.unread_since is not None]
    names = {one.issue.field for one in gone}
    held = [
        (one.system, one.record_id)
        for one in shop.store.held(object_type)
        if one.field in names or (one.criterion == "creation_allowed" and "" in names)
    ]
    return Unread(
        min(stamps, default=None),
        any(one.unread_since is None for one in aside),
        frozenset(held),
    )


def _lacks(reading: Reading, mapping: ObjectMapping) -> bool:
    """Whether records came without a mapped field: no answer of a kind has it."""
    answered: dict[str, set[str]] = {}
    for records in reading.changed.values():
        for record in records.values():
            answered.setdefault(record.kind, set()).update(record.raw)
    return unanswered({kind: frozenset(names) for kind, names in answered.items()}, mapping)


def _document(object_type: str, sync_run: str, shop: Workshop) -> LiveSchemas | None:
    reference = shop.artifacts.reference(sync_run, object_type, ARTIFACT)
    try:
        return shop.artifacts.load(reference, LiveSchemas)
    except StateError:
        return None
