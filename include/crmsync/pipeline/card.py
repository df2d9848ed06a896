"""A record's card: both systems asked at this moment, and the plan of this one record.

The plan is made by the very steps of a run, up to the moment where it would be journalled: what
the card says of a field is what the next run that reads the record will do. Nothing is written to
a CRM, and nothing to the state but how many calls it took. Of a system that does not answer the
card says so, and shows the other one's values all the same.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from include.crmsync.engine.caught_up import caught_up
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.schema_check import hold_against
from include.crmsync.engine.transform import values_of
from include.crmsync.errors import StateError, SyncError, Unreachable
from include.crmsync.model.card import Answer, Now
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Plan
from include.crmsync.model.record import Record, System
from include.crmsync.model.run import SyncRun, Trigger
from include.crmsync.pipeline import departed, engaged
from include.crmsync.pipeline.card_shop import (
    LOOK,
    known_members,
    known_people,
    scratch,
)
from include.crmsync.pipeline.card_told import Asked, told_of
from include.crmsync.pipeline.documents import Members, Validated
from include.crmsync.pipeline.extract import gathered
from include.crmsync.pipeline.plan import decided
from include.crmsync.pipeline.reading import read_others
from include.crmsync.pipeline.schemas import ARTIFACT, known_schemas
from include.crmsync.pipeline.selection import as_chosen
from include.crmsync.pipeline.surroundings import EVERY_TYPE
from include.crmsync.pipeline.uncommitted import written_and_left
from include.crmsync.pipeline.validate import examined
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.uses import Spent

Key = tuple[System, str]


def now(object_type: str, key: Key, shop: Workshop) -> Now:
    """A record as it is, and what would be done with it."""
    spent = shop.gateways.calls()
    scratch(shop).forget_all()
    try:
        return _now(_asked(object_type, key, shop), shop)
    finally:
        note_calls(object_type, spent, shop)
        scratch(shop).forget_all()


def note_calls(object_type: str, before: Mapping[System, int], shop: Workshop) -> None:
    """Count what a look spent among the calls of the day."""
    calls = shop.gateways.calls(since=before)
    with suppress(Unreachable):
        shop.uses.note(Spent(LOOK, object_type, LOOK, calls, shop.gateways.uses()), shop.now())


def _asked(object_type: str, key: Key, shop: Workshop) -> Asked:
    system, record_id = key
    stated, schemas = shop.mappings[object_type], known_schemas(object_type, shop)
    used = hold_against(stated, schemas.by_system).mapping if schemas else stated
    landed = written_and_left(object_type, LOOK, shop)
    links = caught_up(shop.store.links(object_type, system, [record_id]).values(), landed)
    link = links[0] if links else None
    ids = {one: link.id_in(one) for one in System} if link else {system: record_id}
    return Asked(stated, used, schemas, link, ids, landed)


def _now(asked: Asked, shop: Workshop) -> Now:
    told = dict(_read_all(asked, shop))
    records = {system: one for system, one in told.items() if isinstance(one, Record)}
    answers = {system: _answer(told.get(system), asked) for system in System}
    trouble = next((one.trouble for one in answers.values() if one.trouble), "")
    if trouble:
        return Now(answers, trouble=f"What would be done cannot be told now: {trouble}")
    try:
        _lend(asked, shop)
        validated, plan = _planned(asked, records, shop)
    except SyncError as error:
        return Now(answers, trouble=f"What would be done cannot be told now: {error}")
    return told_of(asked, answers, records, validated, plan, shop)


Told = Record | Answer | None


def _read_all(asked: Asked, shop: Workshop) -> Iterator[tuple[System, Told]]:
    """Both systems' records, asked for at the same time."""
    with ThreadPoolExecutor(max_workers=len(System)) as at_once:
        waiting = {
            system: at_once.submit(_read, asked.used, system, id_, shop)
            for system, id_ in asked.ids.items()
        }
        for system, answer in waiting.items():
            yield system, answer.result()


def _read(mapping: ObjectMapping, system: System, id_: str, shop: Workshop) -> Told:
    try:
        gateway = shop.gateways[system]
        _refuse_stranger(system, shop)
        found = next(iter(gateway.read(mapping, [id_])), None)
        if found is not None:
            return found
        grave = gateway.fates(mapping, [id_]).get(id_)
    except SyncError as error:
        return Answer(trouble=f"{system.label} was asked, and gave no answer: {error}")
    if grave is None:
        return None
    into = f" into {grave.into}" if grave.into else ""
    return Answer(gone=f"{system.label} says that it is gone: {grave.how}{into}.")


def _refuse_stranger(system: System, shop: Workshop) -> None:
    """Ids of the account that is remembered mean nothing in another one."""
    gateway, known = shop.gateways[system], shop.store.account(system)
    if known is None or known[1] == gateway.fingerprint or known[0] == gateway.account():
        return
    raise StateError(
        f"the connection reaches another account than {known[0]}, whose records are remembered"
    )


def _answer(told: Told, asked: Asked) -> Answer:
    if isinstance(told, Answer):
        return told
    if told is None:
        return Answer()
    values = values_of(told, asked.used, Directory())
    return Answer(told.id, told.kind, told.modified_at, values)


def _lend(asked: Asked, shop: Workshop) -> None:
    """Owners, the inclusion list and schemas, so that the steps of a run find them."""
    kept = scratch(shop)
    people = known_people(shop)
    if people is not None:
        kept.save(LOOK, EVERY_TYPE, "people", people)
    kept.save(LOOK, EVERY_TYPE, "members", _members(asked, shop))
    if asked.schemas is not None:
        kept.save(LOOK, asked.stated.object_type, ARTIFACT, asked.schemas)


def _members(asked: Asked, shop: Workshop) -> Members:
    """Who is on the inclusion list, of those who matter here."""
    named, object_type = shop.settings.inclusion_list, asked.stated.object_type
    if not named:
        return Members(None)
    contact = asked.ids.get(System.HUBSPOT) if object_type == "contacts" else None
    if contact is not None:
        gateway = shop.gateways[System.HUBSPOT]
        listed = gateway.list_id(named) in gateway.lists_of(contact)
        return Members(frozenset({contact} if listed else ()))
    known = known_members(shop)
    if known is not None:
        return known
    if object_type == "companies" and asked.link is None and asked.stated.needs_contact:
        raise StateError(
            "whether anybody in it is on the inclusion list is known to runs alone, and none has"
            " left its list here in the last hour. A dry run tells"
        )
    return Members(frozenset())


def _planned(
    asked: Asked, records: Mapping[System, Record], shop: Workshop
) -> tuple[Validated, Plan]:
    """The plan for these records alone, by the steps of a run."""
    object_type, spent = asked.stated.object_type, shop.gateways.calls()
    changes = shop.store.changes(object_type)
    reading = as_chosen(asked.used, records, asked.ids, asked.landed, shop)
    departed.look(asked.used, reading, shop)
    read_others(asked.used, reading, LOOK, shop)
    departed.follow(asked.used, reading, shop)
    engaged.follow(asked.used, reading, shop)
    started = SyncRun(LOOK, object_type, Trigger.MANUAL, shop.now())
    # Nobody asked: what was refused before would be refused by the next run, too.
    read = replace(
        gathered(asked.used, started, reading, spent, shop), changes=changes, chosen=None
    )
    validated, _ = examined(read, LOOK, shop)
    return validated, decided(validated, read, shop)
