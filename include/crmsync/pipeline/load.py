"""Step 4: write the plan, and record what became of every action as it lands.

Intent before call, outcome after it. A killed load leaves intents without outcomes: the next
attempt looks those records up on the far side before it writes anything. An update is sent
only if the record still holds what the plan was made against; if somebody was faster, nothing
is written and the next run plans afresh. A create carries a unique external key, so that its
repeat finds the first.
"""

from collections.abc import Iterator, Mapping, Sequence

from include.crmsync.adapters.gateway import Gateway, Written
from include.crmsync.engine.transform import values_of
from include.crmsync.errors import Rejected
from include.crmsync.model.mapping import FieldType, ObjectMapping
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Verb
from include.crmsync.model.record import Record, System, Values
from include.crmsync.pipeline.documents import Loaded, Planned
from include.crmsync.pipeline.schemas import is_passing, mapping_of
from include.crmsync.pipeline.step import step
from include.crmsync.pipeline.surroundings import directory_of
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.pipeline.writes import to_write

BATCH = 200
"""Actions between two looks at the far side; the gateway cuts them to its own batch size."""


class _Load:
    """One load at work."""

    def __init__(self, sync_run: str, mapping: ObjectMapping, shop: Workshop) -> None:
        self.sync_run = sync_run
        self.mapping = mapping
        self.shop = shop
        self.directory = directory_of(sync_run, mapping, shop)
        self.done = shop.journal.outcomes(sync_run, mapping.object_type)
        self.intended = shop.journal.intended(sync_run, mapping.object_type)

    def record(self, outcomes: Sequence[Outcome]) -> None:
        if outcomes:
            self.shop.journal.record(
                self.sync_run, self.mapping.object_type, outcomes, self.shop.now()
            )
            self.done |= {outcome.action_id: outcome for outcome in outcomes}

    def intend(self, actions: Sequence[Action]) -> None:
        ids = [action.id for action in actions]
        self.shop.journal.intend(self.sync_run, self.mapping.object_type, ids, self.shop.now())


def run(planned: str, *, sync_run: str, object_type: str, workshop: Workshop | None = None) -> str:
    """Write the plan of one object type; return the artifact's reference."""
    with step("load", object_type, sync_run, workshop) as work:
        shop = work.workshop
        spent = shop.gateways.calls()
        document = shop.artifacts.load(planned, Planned)
        if document.plan.actions:
            with shop.store.exclusive(object_type):
                mapping = mapping_of(object_type, sync_run, shop)
                _write(document.plan.actions, _Load(sync_run, mapping, shop))
        outcomes = shop.journal.outcomes(sync_run, object_type)
        calls = shop.gateways.calls(since=spent)
        loaded = Loaded(planned, tuple(outcomes[id_] for id_ in sorted(outcomes)), calls)
        reference = shop.artifacts.save(sync_run, object_type, "load", loaded)
        work.tell(reference=reference, **_told(outcomes))
        return reference


def _write(actions: Sequence[Action], load: _Load) -> None:
    for system in System:
        todo = [one for one in actions if one.system is system and one.id not in load.done]
        for start in range(0, len(todo), BATCH):
            _write_batch(todo[start : start + BATCH], load.shop.gateways[system], load)


def _write_batch(actions: Sequence[Action], gateway: Gateway, load: _Load) -> None:
    """Check, intend, write, read back, record."""
    now = _current(actions, gateway, load)
    settled = [outcome for one in actions if (outcome := _before_write(one, now, load))]
    load.record(settled)
    ready = [action for action in actions if action.id not in load.done]
    if not ready:
        return
    load.intend(ready)
    by_id = {action.id: action for action in ready}
    writes = [to_write(action, load.mapping, load.directory) for action in ready]
    try:
        for written in gateway.write(load.mapping, writes):
            load.record(list(_outcomes(written, by_id, gateway, load)))
    except Rejected as refused:  # of the batch as a whole: the next run must look at the fields
        is_passing(refused.code, load.mapping.object_type, load.sync_run, load.shop)
        raise


def _current(actions: Sequence[Action], gateway: Gateway, load: _Load) -> dict[str, Values]:
    """What the records to update hold at this moment."""
    ids = [action.record_id for action in actions if action.record_id]
    records = gateway.read(load.mapping, ids) if ids else ()
    return {record.id: values_of(record, load.mapping, load.directory) for record in records}


def _before_write(action: Action, now: Mapping[str, Values], load: _Load) -> Outcome | None:
    """What can be said of an action without writing: it landed already, or it came too late."""
    if action.verb is Verb.CREATE or action.record_id is None:
        return None
    found = now.get(action.record_id)
    if found is None:
        return Outcome(
            action.id,
            Result.SUPERSEDED,
            action.record_id,
            message=f"it was deleted in {action.system.label}, or hidden, since it was read",
        )
    held = {change.field: found.get(change.field) for change in action.changes}
    if action.id in load.intended and all(
        held[change.field] == change.after for change in action.changes
    ):
        return Outcome(action.id, Result.APPLIED, action.record_id, stored=held)
    moved = [change.field for change in action.changes if held[change.field] != change.before]
    if moved:
        return Outcome(
            action.id,
            Result.SUPERSEDED,
            action.record_id,
            message=f"{', '.join(moved)} changed in {action.system.label} since it was read;"
            " nothing was written, the next run plans afresh",
        )
    return None


def _outcomes(
    written: Sequence[Written], actions: Mapping[str, Action], gateway: Gateway, load: _Load
) -> Iterator[Outcome]:
    landed = [one.record_id for one in written if one.code is None and one.record_id]
    records = {record.id: record for record in gateway.read(load.mapping, landed)} if landed else {}
    for one in written:
        yield _outcome(one, actions[one.key], records.get(one.record_id or ""), load)


def _outcome(one: Written, action: Action, record: Record | None, load: _Load) -> Outcome:
    if one.code is not None:
        run = (load.mapping.object_type, load.sync_run, load.shop)
        passing = one.retryable or is_passing(one.code, *run)
        result = Result.RETRYABLE if passing else Result.REJECTED
        return Outcome(action.id, result, one.record_id, code=one.code, message=one.message)
    if record is None:
        return Outcome(action.id, Result.APPLIED, one.record_id)
    values = values_of(record, load.mapping, load.directory)
    names = [change.field for change in action.changes]
    if action.verb is Verb.CREATE:
        names += [one.name for one in load.mapping.fields if one.type is FieldType.OWNER]
    stored = {name: values.get(name) for name in names}
    return Outcome(
        action.id, Result.APPLIED, one.record_id, stored=stored, modified_at=record.modified_at
    )


def _told(outcomes: Mapping[str, Outcome]) -> dict[str, object]:
    return {
        result.value: count
        for result in Result
        if (count := sum(one.result is result for one in outcomes.values()))
    }
