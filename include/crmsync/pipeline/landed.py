"""What became of a write that landed: the values that the far side stored.

The base takes what the far side holds, not what was sent; but where somebody else modified the
record between the write and the look, it takes what was sent, for that was confirmed. Where the
answer to a write tells all of it, as HubSpot's does, the answer serves; else the records are read
back, as many in a call as the CRM allows, in the fields that were written.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    unsure = [one for one in answers if one.code is None and told[one.key] is None]
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
        if stored is None:
            found = records.get(one.record_id or "")
            stored, stamp = _read_back(found, action, mapping, directory)
        yield Outcome(action.id, Result.APPLIED, one.record_id, stored=stored, modified_at=stamp)


def _told(
    one: Written, action: Action, mapping: ObjectMapping, directory: Directory
) -> Values | None:
    """What the answer itself says of every field that was written; None where it says less."""
    stored: dict[str, Value] = {}
    for name in _names(action, mapping):
        field = mapping[name]
        wire = mapping.wire_name(name, action.system, action.kind)
        needed = {wire, field.beside(action.system) or wire}
        if field.type in ASSOCIATED or wire is None or not needed <= one.raw.keys():
            return None
        try:
            stored[name] = (
                stages.read(one.raw, wire, field, action.system)
                if field.type is FieldType.STAGE
                else _canonical(one.raw[wire], field, action.system, directory)
            )
        except Unreadable:
            return None
    return stored


def _canonical(raw: object, field: FieldMapping, system: System, directory: Directory) -> Value:
    value = canonical(raw, field, system)
    return directory.read(value, field, system) if field.type is FieldType.OWNER else value


def _read_back(
    record: Record | None, action: Action, mapping: ObjectMapping, directory: Directory
) -> tuple[Values, datetime | None]:
    if record is None:
        return {}, None
    if record.modified_by_us is False:
        # Somebody was there after us: what differs is an edit, which the next run finds.
        return {one.field: one.after for one in action.changes}, None
    values = values_of(record, mapping, directory)
    # Where a parent was taken away, another may remain: that is a change of its own, no bounce.
    parted = {
        one.field
        for one in action.changes
        if one.after is None and mapping[one.field].type is FieldType.PARENT
    }
    stored = {name: values.get(name) for name in _names(action, mapping) if name not in parted}
    for one in action.changes:
        if mapping[one.field].type is FieldType.ROLES:
            told = stored[one.field]
            stored[one.field] = kept(one.after, told, mapping[one.field], action.system)
    return stored, record.modified_at


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
