"""Step 4: write the plan, and record what became of every action as it lands.

Intent before call, outcome after it. A killed load leaves intents without outcomes: the next
attempt looks those records up on the far side before it writes anything. An update is sent
only if the record still holds what the plan was made against; if somebody was faster, nothing
is written and the next run plans afresh. A create carries a unique external key, so that its
repeat finds the first.
"""

from collections.abc import Iterator, Mapping, Sequence

from include.crmsync.adapters.batches import chunks
from include.crmsync.adapters.gateway import Written
from include.crmsync.engine.forecast import fitting, in_order
from include.crmsync.engine.overtaken import WHY, came_late
from include.crmsync.engine.unshared import in_turns, needs
from include.crmsync.errors import LimitReached, Rejected
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.outcome import Outcome, Refusal, Result
from include.crmsync.model.plan import Action, Plan, Verb
from include.crmsync.model.record import System
from include.crmsync.pipeline.accounts import accounts
from include.crmsync.pipeline.allocation import asked_before, room_of, sizes, still_goes
from include.crmsync.pipeline.alone import writing_alone
from include.crmsync.pipeline.bulk import Many, hear, many, opened, write_many
from include.crmsync.pipeline.deletes import delete
from include.crmsync.pipeline.documents import Extracted, Loaded, Planned
from include.crmsync.pipeline.lineage import flows
from include.crmsync.pipeline.loader import Load
from include.crmsync.pipeline.notify import short_of_calls
from include.crmsync.pipeline.schemas import mapping_of
from include.crmsync.pipeline.step import step
from include.crmsync.pipeline.wiring.lineage import collects_lineage, tell_lineage
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.jobs import Job

ROUNDS = 8
"""How often what is left of a batch is sent; who names one field after the other means more."""


def run(planned: str, *, sync_run: str, object_type: str, workshop: Workshop | None = None) -> str:
    """Write the plan of one object type; return the artifact's reference."""
    with step("load", object_type, sync_run, workshop) as work:
        shop = work.workshop
        spent = shop.gateways.calls()
        document = shop.artifacts.load(planned, Planned)
        if document.plan.actions:
            with writing_alone(object_type, sync_run, shop):
                _leave_overtaken(document, sync_run, object_type, shop)
                for system in System:
                    _write(document.plan, system, sync_run, shop)
        found = shop.journal.outcomes(sync_run, object_type)
        calls = shop.gateways.calls(since=spent)
        loaded = Loaded(planned, tuple(found[id_] for id_ in sorted(found)), calls)
        reference = shop.artifacts.save(sync_run, object_type, "load", loaded)
        work.tell(reference=reference, **_told(found))
        if collects_lineage():
            tell_lineage(flows(mapping_of(object_type, sync_run, shop), accounts(shop)))
        waiting = sum(one.result is Result.WAITING for one in found.values())
        if waiting:
            why = f"{waiting} writes of {object_type} wait for room in the calls of the day"
            why += still_goes(shop)
            short_of_calls(f"{object_type}.load", sync_run, why, shop)
        return reference


def _leave_overtaken(document: Planned, sync_run: str, object_type: str, shop: Workshop) -> None:
    """Leave to the next run what another one was faster with, but for what is under way already."""
    done = shop.journal.outcomes(sync_run, object_type)
    intended = shop.journal.intended(sync_run, object_type)
    changes = shop.artifacts.load(document.extracted, Extracted).changes
    overtaken = shop.store.overtaken(object_type, changes)
    late = [
        Outcome(one.id, Result.SUPERSEDED, one.record_id, message=f"{WHY}; nothing was written")
        for one in document.plan.actions
        if one.id not in done and one.id not in intended and came_late(one, overtaken)
    ]
    if late:
        shop.journal.record(sync_run, object_type, late, shop.now())


def _write(plan: Plan, system: System, sync_run: str, shop: Workshop) -> None:
    here = [one for one in plan.actions if one.system is system]
    if not here:
        return
    load = Load(sync_run, mapping_of(plan.object_type, sync_run, shop), system, shop)
    load.follows = not plan.undoes
    load.looks_back = len(here) <= shop.settings.look_back
    try:
        _take_up(here, load)
        _write_all(_with_room(here, load), load)
    except LimitReached:  # whoever spent the calls: what was not written is not lost
        load.wait(here)


def _with_room(actions: Sequence[Action], load: Load) -> list[Action]:
    """The actions there is room for in the calls of the day; the others wait."""
    asked = asked_before(load.mapping.object_type, load.shop)
    open_ = in_order([one for one in actions if one.id not in load.done], asked)
    # A load that is a process of its own has not heard from the CRM yet: the extract has.
    told = load.gateway.room
    room = room_of(load.gateway.system, load.shop, load.shop.share) if told is None else told
    if room is None:
        return open_
    fits = fitting(open_, room, sizes(load.gateway, load.shop))
    load.wait(open_[fits:])
    return open_[:fits]


def _write_all(actions: Sequence[Action], load: Load) -> None:
    """Deletions, then what is worth a bulk job, then the rest in batches."""
    parting = [one for one in actions if one.verb in (Verb.DELETE, Verb.MERGE)]
    delete(parting, load)
    for some in _by_jobs([one for one in actions if one.id not in load.done], load):
        _write_by_job(some, load)
    before = needs(actions, load.mapping)
    for turn in in_turns([one for one in actions if one.id not in load.done], before):
        _leave_unfreed(turn, actions, load)
        _skip_waiting(turn, before, load)
        left = [one for one in turn if one.id not in load.done]
        for batch in chunks(left, load.gateway.window):
            _write_batch(batch, load)


def _write_by_job(some: Many, load: Load) -> None:
    """Write by a job of its own; where the account has none to give, leave all of it to batches."""
    actions, writes = some
    id_ = opened(load.mapping, writes, load.gateway.bulk) if load.gateway.bulk else None
    if id_ is not None:
        ids = tuple(action.id for action in actions)
        job = Job(id_, load.sync_run, load.mapping.object_type, load.gateway.system, ids)
        write_many(some, job, load, load.shop)


def _leave_unfreed(turn: Sequence[Action], actions: Sequence[Action], load: Load) -> None:
    """What HubSpot would not free is not sent either; the record's other fields are."""
    refused = {
        one.record_id: load.done[one.id]
        for one in actions
        if one.verb is Verb.FREE and one.id in load.done
        if load.done[one.id].result is Result.REJECTED
    }
    for one in turn:
        if one.verb is Verb.UPDATE and one.record_id in refused and load.mapping.unshared:
            said = refused[one.record_id]
            told = Refusal(load.mapping.unshared.name, said.code or "", said.message or "")
            load.left_out.leave(one, told)


def _skip_waiting(turn: Sequence[Action], before: Mapping[str, str], load: Load) -> None:
    """Nothing is sent that needs a value which was not given up after all."""
    waiting = [
        one
        for one in turn
        if (need := before.get(one.id)) and not _gave_up(load.done[need], load.mapping)
        if _still_sends(one, load)
    ]
    why = "it needs a value that another record was to give up first, and did not"
    load.record([Outcome(one.id, Result.SKIPPED, one.record_id, message=why) for one in waiting])


def _still_sends(action: Action, load: Load) -> bool:
    """Whether the value that no two records share is still among what an action sends."""
    field = load.mapping.unshared
    rest = load.left_out.rest_of(action)
    return field is not None and any(one.field == field.name for one in rest.changes)


def _gave_up(outcome: Outcome, mapping: ObjectMapping) -> bool:
    """Whether a record has given up the value that others wait for."""
    field = mapping.unshared
    kept = any(field is not None and one.field == field.name for one in outcome.refused)
    return outcome.result is Result.APPLIED and not kept


def _take_up(actions: Sequence[Action], load: Load) -> None:
    """Hear of the jobs that a killed load of this run left behind."""
    by_id = {action.id: action for action in actions}
    for job in load.shop.jobs.unsettled(load.mapping.object_type):
        if job.system is load.gateway.system:
            mine = [by_id[id_] for id_ in job.actions if id_ in by_id and id_ not in load.done]
            hear(job, (mine, load.writes(mine)), load, load.shop)


def _by_jobs(actions: Sequence[Action], load: Load) -> Iterator[Many]:
    """Yield what is worth a job, looked at just before."""
    bulk, threshold = load.gateway.bulk, load.shop.settings.bulk_threshold
    for some, _ in many(actions, load.writes(actions), bulk, threshold):
        ready = [
            action for window in chunks(some, load.gateway.window) for action in load.look(window)
        ]
        if ready:
            yield ready, load.writes(ready)


def _write_batch(actions: Sequence[Action], load: Load) -> None:
    """Look, intend, write, record; then again, without the fields that were refused."""
    ready = load.look(actions)
    if ready:
        load.intend(ready)
    for _ in range(ROUNDS):
        if not ready:
            return
        _write_once(ready, load)
        ready = [load.left_out.rest_of(one) for one in ready if one.id not in load.done]
    load.record([load.left_out.given_up(one) for one in ready])


def _write_once(ready: Sequence[Action], load: Load) -> None:
    answers: list[Written] = []
    try:
        for some in load.gateway.write(load.mapping, load.writes(ready)):
            answers += some
    except Rejected as refused:  # of the batch as a whole: the next run must look at the fields
        load.is_passing(refused.code)
        raise
    finally:
        # Where a batch was lost, the ones before it were answered.
        load.settle(answers, ready)


def _told(outcomes: Mapping[str, Outcome]) -> dict[str, object]:
    return {
        result.value: count
        for result in Result
        if (count := sum(one.result is result for one in outcomes.values()))
    }
