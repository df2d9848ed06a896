"""What became of a write that landed: the values that the far side stored.

The base takes what the far side holds, not what was sent; but where somebody else modified the
record between the write and the look, it takes what was sent, for that was confirmed. What an
answer tells, as HubSpot's does of properties, is what was stored; for anything else the records
are read back, as many in a call as the CRM allows, in the fields that were written.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from include.crmsync.adapters.gateway import Gateway, Written
from include.crmsync.engine import stages
from include.crmsync.engine.canonical import Unreadable, canonical
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.roles import kept
from include.crmsync.engine.transform import values_of
from include.crmsync.model.mapping import ASSOCIATED, FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Verb
from include.crmsync.model.record import Record, System, Value, Values
from include.crmsync.pipeline.look import narrowed


def outcomes(
    answers: Sequence[Written],
    actions: Mapping[str, Action],
    mapping: ObjectMapping,
    gateway: Gateway,
    directory: Directory,
) -> Iterator[Outcome]:
    """Yield the outcome of each answered action; reads back what the answers do not tell."""
    told = {one.key: _told(one, actions[one.key], mapping, directory) for one in answers}
    unsure = [
        one
        for one in answers
        if one.code is None and told[one.key].keys() < {*_names(actions[one.key], mapping)}
    ]
    names = {name for one in unsure for name in _names(actions[one.key], mapping)}
    touched = narrowed(mapping, names)
    ids = [one.record_id for one in unsure if one.record_id]
    records = {record.id: record for record in gateway.read(touched, ids)} if ids else {}
    for one in answers:
        action = actions[one.key]
        if one.code is not None:
            result = Result.RETRYABLE if one.retryable else Result.REJECTED
            yield Outcome(action.id, result, one.record_id, code=one.code, message=one.message)
            continue
        stored, stamp = told[one.key], None
        if one in unsure:
            found = records.get(one.record_id or "")
            stored, stamp = _read_back(found, stored, action, mapping, directory)
        yield Outcome(action.id, Result.APPLIED, one.record_id, stored=stored, modified_at=stamp)


def _told(one: Written, action: Action, mapping: ObjectMapping, directory: Directory) -> Values:
    """What the answer itself says of the fields that were written; mostly of some of them."""
    stored: dict[str, Value] = {}
    for name in _names(action, mapping):
        field = mapping[name]
        wire = mapping.wire_name(name, action.system, action.kind)
        needed = {wire, field.beside(action.system) or wire}
        if field.type in ASSOCIATED or wire is None or not needed <= one.raw.keys():
            continue
        with suppress(Unreadable):
            stored[name] = (
                stages.read(one.raw, wire, field, action.system)
                if field.type is FieldType.STAGE
                else _canonical(one.raw[wire], field, action.system, directory)
            )
    return stored


def _canonical(raw: object, field: FieldMapping, system: System, directory: Directory) -> Value:
    value = canonical(raw, field, system)
    return directory.read(value, field, system) if field.type is FieldType.OWNER else value


def _read_back(
    record: Record | None,
    told: Values,
    action: Action,
    mapping: ObjectMapping,
    directory: Directory,
) -> tuple[Values, datetime | None]:
    """What was stored: as the answer told it, and else as the record holds it now."""
    if record is None:
        return told, None
    values = values_of(record, mapping, directory)
    since = any(values.get(name) != value for name, value in told.items())
    if since or record.modified_by_us is False:
        # Somebody was there after us: what differs is an edit, which the next run finds.
        return {**{one.field: one.after for one in action.changes}, **told}, None
    # Where a parent was taken away, another may remain: that is a change of its own, no bounce.
    parted = {
        one.field
        for one in action.changes
        if one.after is None and mapping[one.field].type is FieldType.PARENT
    }
    stored = {name: values.get(name) for name in _names(action, mapping) if name not in parted}
    for one in action.changes:
        if mapping[one.field].type is FieldType.ROLES:
            found = stored[one.field]
            stored[one.field] = kept(one.after, found, mapping[one.field], action.system)
    return {**stored, **told}, record.modified_at


def _names(action: Action, mapping: ObjectMapping) -> list[str]:
    """Fields to know the stored value of: those written, and what a new record has by itself.

    That is its owner. Salesforce also has default values; as its records are read back anyway,
    all their fields are.
    """
    names = [change.field for change in action.changes]
    if action.verb is Verb.CREATE:
        names += [
            one.name
            for one in mapping.fields
            if one.name not in names and _by_itself(one, action, mapping)
        ]
    return names


def _by_itself(one: FieldMapping, action: Action, mapping: ObjectMapping) -> bool:
    if one.type is FieldType.OWNER:
        return True
    has = mapping.wire_name(one.name, action.system, action.kind)
    return action.system is System.SALESFORCE and one.type is not FieldType.BOOLEAN and bool(has)
