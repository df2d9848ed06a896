"""What people do in the two CRMs: every step but the sync itself.

A step that makes no sense at its moment, because the record is not there or the CRM would refuse
it, does nothing. So a history stays a history when some of its steps are left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from include.crmsync.model.departure import How
from include.crmsync.model.mapping import FieldType
from include.crmsync.model.record import Record, System
from tests.simulation import spelling
from tests.simulation.steps import Step
from tests.simulation.world import LIST, World

OBJECT_TYPES = {
    "companies": ("companies", "Account"),
    "contacts": ("contacts", "Contact", "Lead"),
    "deals": ("deals", "Opportunity"),
}
NEVER_BLANK = {
    System.HUBSPOT: frozenset[str](),
    System.SALESFORCE: frozenset({"name", "last_name", "stage", "close_date", "owner"}),
}
"""Fields that nobody can clear there."""


def act(step: Step, world: World) -> None:
    """Let a step happen."""
    world.clock.advance(step.seconds)
    ACTS[step.do](step, world)


def create(step: Step, world: World) -> None:
    """Make a record; its id is the step's number."""
    crm = world.crms[step.system]
    object_type = next(name for name, kinds in OBJECT_TYPES.items() if step.kind in kinds)
    raw = _typed(step, world, object_type, step.kind)
    email = dict(step.values).get("email")
    id_ = f"{step.system.value[0]}{step.number}"
    if object_type == "contacts" and email and crm.knows(email):
        return
    if step.system is System.SALESFORCE:
        raw = {"OwnerId": "005A", **raw}
    company = world.face(step.other, step.system) if step.other else None
    company = company if company in crm.records and step.kind != "Lead" else None
    crm.put(step.kind, raw, id=id_, parents={"companies": company} if company else {})
    crm.show_late(id_, step.late)
    if step.kind == "contacts" and step.on:
        crm.lists[LIST].add(id_)


def crowd(step: Step, world: World) -> None:
    """Import many contacts at once: `thing` is the step, a stroke and a count from 1."""
    for at in range(1, int(dict(step.values)["count"] or 0) + 1):
        values = (("email", f"crowd{at}@x.test"), ("last_name", "Lovelace"))
        create(replace(step, number=member(step.number, at), values=values), world)


def purge(step: Step, world: World) -> None:
    """Delete as many of a crowd."""
    for at in range(1, int(dict(step.values)["count"] or 0) + 1):
        delete(replace(step, thing=member(step.thing, at)), world)


def member(crowd: str, at: int) -> str:
    """One of a crowd, as a thing."""
    return f"{crowd}-{at}"


def edit(step: Step, world: World) -> None:
    """Type some values."""
    record = _there(step, world)
    if record is None:
        return
    raw = _typed(step, world, record.object_type, record.kind)
    email = raw.get("email")
    if email and world.crms[step.system].knows(email, but=record.id):
        return
    world.crms[step.system].edit(record.id, **raw)
    world.crms[step.system].show_late(record.id, step.late)


def delete(step: Step, world: World) -> None:
    """Put a record into the bin."""
    if record := _there(step, world):
        world.crms[step.system].remove(record.id)


def restore(step: Step, world: World) -> None:
    """Take a record out of the bin."""
    crm, id_ = world.crms[step.system], world.face(step.thing, step.system)
    if id_ is None or id_ not in crm.bin or crm.bin[id_][1].how is not How.DELETED:
        return
    record, _ = crm.bin[id_]
    if record.kind == "contacts" and crm.knows(str(record.raw.get("email") or "-")):
        return
    crm.restore(id_)
    if record.parents.get("companies") not in crm.records:
        crm.associate(id_, None)


def merge(step: Step, world: World) -> None:
    """Let one record take the place of another of its kind."""
    winner, loser = (
        _there(step, world),
        world.record(step.system, world.face(step.other, step.system)),
    )
    if winner is None or loser is None or winner.id == loser.id or winner.kind != loser.kind:
        return
    crm = world.crms[step.system]
    listed = loser.id in crm.lists.get(LIST, ())
    crm.merge(winner.id, loser.id)
    if listed:
        crm.lists[LIST].add(winner.id)


def convert(step: Step, world: World) -> None:
    """Turn a lead into a contact, in the account of `other` or in one of its own."""
    lead, crm = _there(step, world), world.salesforce
    if lead is None or lead.kind != "Lead":
        return
    parents: dict[str, str | None] = {}
    if "companies" in world.mappings:
        account = world.face(step.other, System.SALESFORCE) if step.other else None
        if account not in crm.records:
            name = lead.raw.get("Company") or "Own"
            values = {"Name": name, "OwnerId": "005A"}
            account = crm.put("Account", values, id=f"s{step.number}a")
        parents = {"companies": account}
    kept = {name: value for name, value in lead.raw.items() if name not in LEADS_OWN}
    contact = crm.put("Contact", kept, id=f"s{step.number}", parents=parents)
    crm.convert(lead.id, contact)


LEADS_OWN = frozenset({"Company", "crmsync_hubspot_id__c"})


def associate(step: Step, world: World) -> None:
    """Put a record into a company, another company, or none."""
    record, crm = _there(step, world), world.crms[step.system]
    if record is None or record.kind in ("Lead", "Account", "companies"):
        return
    company = world.face(step.other, step.system) if step.other else None
    crm.associate(record.id, company if company in crm.records else None)


def join_or_leave(step: Step, world: World) -> None:
    """Put a contact on the inclusion list, or take it off."""
    id_ = world.face(step.thing, System.HUBSPOT)
    if id_ in world.hubspot.records and world.hubspot.records[id_].kind == "contacts":
        members = world.hubspot.lists[LIST]
        (members.add if step.on else members.discard)(id_)


def swap(step: Step, world: World) -> None:
    """Give two contacts each other's e-mail."""
    one, two = _there(step, world), world.record(step.system, world.face(step.other, step.system))
    if one is None or two is None or one.object_type != "contacts" or one.id == two.id:
        return
    name = "email" if step.system is System.HUBSPOT else "Email"
    if two.object_type == "contacts":
        crm = world.crms[step.system]
        ours, theirs = one.raw.get(name), two.raw.get(name)
        crm.edit(one.id, **{name: theirs})
        crm.edit(two.id, **{name: ours})


def erase(step: Step, world: World) -> None:
    """Delete a HubSpot contact for good."""
    crm, id_ = world.hubspot, world.face(step.thing, System.HUBSPOT)
    known = {**{one: record for one, (record, _) in crm.bin.items()}, **crm.records}
    if id_ is not None and id_ in known and known[id_].kind == "contacts":
        crm.erase(id_)


def skew(step: Step, world: World) -> None:
    """A clock is wrong from now on: a CRM's by little, the workers' by anything."""
    watch = world.workers if step.kind == "workers" else world.watches[step.system]
    watch.skew += float(dict(step.values)["by"] or 0)


def hide(step: Step, world: World) -> None:
    """Hide a record from the integration user, or show it again."""
    id_ = world.face(step.thing, step.system)
    if id_ is not None:
        crm = world.crms[step.system]
        (crm.hide if step.on else crm.show)(id_)


def forbid(step: Step, world: World) -> None:
    """Take the integration user's access away, or give it back."""
    world.crms[step.system].forbidden = step.on


def poison(step: Step, world: World) -> None:
    """Have a record refused whenever it is written."""
    for system in System:
        if id_ := world.face(step.thing, system):
            world.crms[step.system].poison.add(id_)


def _there(step: Step, world: World) -> Record | None:
    return world.record(step.system, world.face(step.thing, step.system))


def _typed(step: Step, world: World, object_type: str, kind: str) -> dict[str, Any]:
    """A step's values as they are typed into a record of a kind."""
    mapping = world.mappings[object_type]
    raw: dict[str, Any] = {}
    for one in mapping.fields:
        told = dict(step.values)
        name = spelling.named(one, step.system, kind)
        if one.name not in told or name is None or one.type is FieldType.PARENT:
            continue
        value = spelling.spelled(told[one.name], one, step.system)
        if value is not None or one.name not in NEVER_BLANK[step.system]:
            raw[name] = value
    return raw


ACTS: Mapping[str, Callable[[Step, World], None]] = {
    one.__name__: one
    for one in (
        *(create, edit, delete, restore, merge, convert, associate, join_or_leave, swap, erase),
        *(skew, hide, forbid, poison, crowd, purge),
    )
}
