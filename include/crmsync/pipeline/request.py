"""What a manual sync was asked for: one check of all of it, before anything is read.

Records are named by ids, or by e-mail addresses or domains, of one system. An id is held against
what ids of that system and object type look like; whether there is such a record, only the
system knows (`selection`). Every problem is told at once, in words that say what to do.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from include.crmsync.adapters.salesforce_records import PREFIXES
from include.crmsync.errors import ConfigError
from include.crmsync.model.host import host_of
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.record_id import is_id, whole_id
from include.crmsync.model.request import Direction, Request
from include.crmsync.model.rule import SyncRule
from include.crmsync.pipeline.payload import NAMED, Payload, listed, near, places
from include.crmsync.pipeline.workshop import Workshop

MOST = 10_000
"""Records one request names at most; more of them are a list's, or a condition's, to name."""

MORE = (
    "put the records on a HubSpot list, or say by a SOQL condition which they are, and trigger"
    " manual_sync_list, which takes any number"
)

LONGEST_ID = 19
"""Digits of the longest HubSpot id: they are numbers of 64 bits."""

LONGEST_EMAIL = 254

VALUES = {"contacts": "emails", "companies": "domains"}
"""By what else than ids records may be named."""

ARTIFACT = "request"

COMMON = ("direction", "force_fields", "follow_parents", "dry_run", "allow_plan", "apply_plan")
"""Parameters that every manual sync has."""


def manual(object_type: str, told: Mapping[str, Any], shop: Workshop) -> Request:
    """The request in what a manual sync was triggered with; raises ConfigError."""
    values_name = VALUES.get(object_type)
    selectors = ("ids", values_name) if values_name else ("ids",)
    payload = Payload(told, ("system", *selectors, *COMMON))
    mapping = shop.mappings[object_type]
    system = System(payload.choice("system", list(System), System.HUBSPOT))
    if payload.has("apply_plan"):
        _nothing_but_the_plan(payload, selectors)
    else:
        _one_selector(payload, selectors, object_type)
    ids = checked_ids(payload, payload.words("ids", MOST, MORE), mapping, system)
    values = _values(payload, values_name) if values_name else ()
    request = common(payload, Request(object_type, {system: ids}, values, system), mapping)
    payload.done(f"the manual sync of {object_type}")
    return request


def common(payload: Payload, request: Request, mapping: ObjectMapping) -> Request:
    """The request with what every manual sync may be told."""
    direction = Direction(payload.choice("direction", list(Direction), Direction.RULES))
    return Request(
        request.object_type,
        request.ids,
        request.values,
        request.system,
        direction=direction,
        force_fields=_forced(payload, direction, mapping),
        by_hand=True,
        follow_parents=payload.flag("follow_parents"),
        dry_run=payload.flag("dry_run"),
        allow_plan=payload.text("allow_plan"),
        apply_plan=payload.text("apply_plan"),
    )


def remember(request: Request, sync_run: str, shop: Workshop) -> None:
    """Keep a request, so that every step of its sync run sees the same one."""
    shop.artifacts.save(sync_run, request.object_type, ARTIFACT, request)


def request_of(object_type: str, sync_run: str, shop: Workshop) -> Request | None:
    """The request of a sync run; None: it was not asked for, and reads what changed."""
    reference = shop.artifacts.reference(sync_run, object_type, ARTIFACT)
    if not shop.artifacts.exists(reference):
        return None
    return shop.artifacts.load(reference, Request)


def checked_ids(
    payload: Payload, words: Mapping[str, int], mapping: ObjectMapping, system: System
) -> tuple[str, ...]:
    """Ids as their system spells them, each once; what cannot be one of them is noted."""
    found: dict[str, None] = {}
    wrong: dict[str, list[int]] = {}
    for word, place in words.items():
        problem = _wrong(word, mapping, system)
        if problem:
            wrong.setdefault(problem, []).append(place)
        else:
            found[word if system is System.HUBSPOT else whole_id(word)] = None
    for problem, numbers in wrong.items():
        payload.refuse(f"ids: {places(numbers)} {problem}")
    return tuple(found)


def _wrong(word: str, mapping: ObjectMapping, system: System) -> str:
    """What is wrong with an id, in words that follow `the 2nd is`; empty: nothing is."""
    digits = word.isascii() and word.isdigit()
    if system is System.HUBSPOT:
        if digits and len(word) <= LONGEST_ID and word.strip("0"):
            return ""
        if is_id(word):
            return "what Salesforce's ids look like: choose the system salesforce"
        return "no HubSpot id: those are digits, as in the address of the record's page"
    if digits:
        return "what HubSpot's ids look like: choose the system hubspot"
    if not is_id(word):
        return (
            "no Salesforce id: those are 15 or 18 letters and digits, capitals as they are in the"
            " address of the record's page; a spreadsheet may have changed them"
        )
    kind = PREFIXES.get(word[:3])
    if kind in mapping.salesforce or not {*mapping.salesforce} <= {*PREFIXES.values()}:
        return ""
    what = f"of the object {kind}" if kind else "of another object"
    return f"{what}; {mapping.object_type} are {listed(mapping.salesforce)} in Salesforce"


def _one_selector(payload: Payload, selectors: Sequence[str], object_type: str) -> None:
    told = [name for name in selectors if payload.has(name)]
    if not told:
        payload.refuse(f"say which {object_type}: fill in {' or '.join(selectors)}")
    if len(told) > 1:
        payload.refuse(f"say which {object_type} in one way: {' or '.join(told)}, and not both")


def _nothing_but_the_plan(payload: Payload, selectors: Sequence[str]) -> None:
    told = [name for name in (*selectors, "force_fields", "follow_parents") if payload.has(name)]
    if told:
        payload.refuse(f"apply_plan writes a plan as it stands: leave out {listed(told)}")
    if payload.has("dry_run"):
        payload.refuse("a run is dry or applies a plan: leave out dry_run, or apply_plan")


def _values(payload: Payload, name: str) -> tuple[str, ...]:
    """E-mail addresses or hosts, in one spelling, each once."""
    spelled, what = _SPELLED[name]
    found = {place: spelled(word) for word, place in payload.words(name, MOST, MORE).items()}
    if wrong := [place for place, one in found.items() if one is None]:
        payload.refuse(f"{name}: {places(wrong)} no {what}")
    return tuple(dict.fromkeys(one for one in found.values() if one))


def _email(word: str) -> str | None:
    name, at, host = word.rpartition("@")
    plain = word.isprintable() and len(word) <= LONGEST_EMAIL and not set(word) & set("<>\"'()\\")
    return word.lower() if plain and name and at and host and "@" not in name else None


_SPELLED: Mapping[str, tuple[Callable[[str], str | None], str]] = {
    "emails": (_email, "e-mail address, such as ada@example.com without a name about it"),
    "domains": (host_of, "domain, such as example.com"),
}


def _forced(payload: Payload, direction: Direction, mapping: ObjectMapping) -> tuple[str, ...]:
    names = payload.words("force_fields", MOST, "name the mapping's own fields")
    known = {one.name: one for one in mapping.fields}
    if names and direction is Direction.RULES:
        payload.refuse(
            "force_fields needs a direction, to_salesforce or to_hubspot: only then is it known"
            " whose value shall stand"
        )
    for name in [name for name in names if name not in known][:NAMED]:
        hint = near(name, known)
        payload.refuse(f"force_fields: {places([names[name]])} no field of the mapping{hint}")
    for name in names:
        if name in known and (why := unforced(known[name], direction)):
            payload.refuse(f"force_fields: {name} cannot be forced, {why}")
    return tuple(name for name in names if name in known)


def unforced(one: FieldMapping, direction: Direction) -> str:
    """Why a field takes no value by request; empty: it does."""
    target = direction.only_to
    if one.rule is SyncRule.DONT_SYNC:
        return "the mapping says dont_sync of it, for safety: change the mapping if that is wrong"
    if one.constant is not None:
        return "its value is a constant of the mapping"
    if one.type is FieldType.ROLES:
        return "roles are merged person by person: there is no one value to take"
    if one.transform and not one.transform.invertible and one.rule.owner is target:
        return f"its transform {one.transform} goes the other way only"
    return ""


def refuse_unwritable(request: Request, mapping: ObjectMapping) -> None:
    """Raise ConfigError where a forced field is one that its system does not let us write."""
    target = request.direction.only_to
    known = {one.name: one for one in mapping.fields}
    problems = [
        f"force_fields: {name} cannot be forced, {why}"
        for name in request.force_fields
        if (why := unwritable(known.get(name), target, mapping))
    ]
    if problems:
        what = f"the manual sync of {request.object_type} cannot be done as it was asked for"
        raise ConfigError(what, tuple(problems))


def unwritable(one: FieldMapping | None, target: System | None, mapping: ObjectMapping) -> str:
    """Why a system lets us write no such field; empty: it does."""
    if one is None:
        return "it is set aside: a CRM does not bear it out (see the mapping's issues)"
    kinds = {mapping.hubspot} if target is System.HUBSPOT else {*one.salesforce}
    told = [schema for kind, schema in one.schemas.items() if kind in kinds]
    if target and any(not schema.writable or schema.calculated for schema in told):
        return f"{target.label} computes it, or does not let the integration user write it"
    return ""
