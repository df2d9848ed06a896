"""Deleting, between plan and outcome: the last look, and what is said of it.

A record is deleted only while everything still is as the plan saw it: its own values are what
they were, and its counterpart is still gone. Else nothing is deleted and the next run plans
afresh. One that is gone already was deleted by us before an answer got lost, or by a person;
either way what was wanted has come about. A merge is a deletion of the record that goes into the
other one, sent one by one, since the CRM merges no more at a time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from include.crmsync.adapters.batches import chunks
from include.crmsync.adapters.gateway import Gateway, Write, Written
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.transform import values_of
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Verb
from include.crmsync.model.record import Values
from include.crmsync.model.rule import SyncRule
from include.crmsync.pipeline.look import Now, before_write
from include.crmsync.pipeline.workshop import Workshop


class Loading(Protocol):
    """What deleting needs of a load at work."""

    mapping: ObjectMapping
    shop: Workshop
    gateway: Gateway
    directory: Directory
    done: dict[str, Outcome]
    follows: bool
    """Whether what is deleted follows a counterpart that is gone."""

    def record(self, found: Sequence[Outcome]) -> None: ...

    def intend(self, actions: Sequence[Action]) -> None: ...


def delete(actions: Iterable[Action], load: Loading) -> None:
    """Look, intend, delete, record; the last look is at every mapped field."""
    for some in chunks(actions, load.gateway.window):
        now = _current(some, load)
        back = returned(some, load.mapping, load.shop) if load.follows else frozenset[str]()
        judged = (_before(one, now, back, load.mapping) for one in some)
        load.record([outcome for outcome in judged if outcome])
        ready = [one for one in some if one.id not in load.done]
        if not ready:
            continue
        load.intend(ready)
        writes = [
            Write(one.id, one.kind, one.record_id, {}) for one in ready if one.verb is Verb.DELETE
        ]
        for deleted in load.gateway.delete(load.mapping, writes):
            load.record([outcome_of(one) for one in deleted])
        for one in (one for one in ready if one.verb is Verb.MERGE):
            lost = Write(one.id, one.kind, one.record_id, {})
            merged = load.gateway.merge_into(load.mapping, lost, one.changes[0].after or "")
            load.record([outcome_of(merged)])


def _current(actions: Sequence[Action], load: Loading) -> dict[str, Values]:
    ids = [one.record_id for one in actions if one.record_id]
    records = load.gateway.read(load.mapping, ids)
    return {record.id: values_of(record, load.mapping, load.directory) for record in records}


def _before(
    action: Action,
    now: Mapping[str, Values],
    back: Collection[str],
    mapping: ObjectMapping,
) -> Outcome | None:
    found = now.get(action.record_id or "")
    said = before_delete(action, found, back, mapping)
    return said or before_write(action, Now(now), intended=False)


def returned(actions: Sequence[Action], mapping: ObjectMapping, shop: Workshop) -> frozenset[str]:
    """Of the records after which others are to be deleted: those that have come back."""
    deletes = [one for one in actions if one.verb in (Verb.DELETE, Verb.MERGE)]
    if not deletes:
        return frozenset()
    [system] = {one.system.other for one in deletes}
    asked = sorted({one.origin_id for one in deletes})
    return frozenset(record.id for record in shop.gateways[system].read(mapping, asked))


def before_delete(
    action: Action, found: Values | None, returned: Collection[str], mapping: ObjectMapping
) -> Outcome | None:
    """What can be said of a deletion without deleting."""
    if found is None:
        return Outcome(action.id, Result.APPLIED, action.record_id, message="it was gone already")
    if action.origin_id in returned:
        return Outcome(
            action.id,
            Result.SUPERSEDED,
            action.record_id,
            message=f"{action.origin_id} came back in {action.system.other.label} since it was"
            " read; nothing was deleted",
        )
    named = {change.field for change in action.changes}
    filled = [
        one.name
        for one in mapping.fields
        if one.rule is not SyncRule.DONT_SYNC and one.name not in named and found.get(one.name)
    ]
    if filled:
        return Outcome(
            action.id,
            Result.SUPERSEDED,
            action.record_id,
            message=f"{', '.join(filled)} changed in {action.system.label} since it was read;"
            " nothing was deleted, the next run plans afresh",
        )
    return None


def outcome_of(said: Written) -> Outcome:
    """What became of a deletion."""
    if said.code is None:
        return Outcome(said.key, Result.APPLIED, said.record_id)
    result = Result.RETRYABLE if said.retryable else Result.REJECTED
    return Outcome(said.key, result, said.record_id, code=said.code, message=said.message)
