"""An import: existing Salesforce records into HubSpot, with all mapped fields.

The records of the named objects that meet a SOQL condition are surveyed, then taken through the
ordinary steps towards HubSpot, a portion at a time: what matches is linked, what does not is
created. HubSpot records that exist already are brought up to date by the rules, or, with
`overwrite`, take what Salesforce holds. Nothing is written to Salesforce.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from include.crmsync.mappings.filters import filter_problems
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.request import Direction, Request
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.payload import Payload, near, places
from include.crmsync.pipeline.portioned import Task, do
from include.crmsync.pipeline.request import unforced, unwritable
from include.crmsync.pipeline.schemas import remembered_mapping
from include.crmsync.pipeline.step import own
from include.crmsync.pipeline.survey import PORTION, Portion, Survey, survey, survey_of
from include.crmsync.pipeline.workshop import Workshop

log = logging.getLogger("crmsync")

PARAMETERS = (
    *("objects", "where", "fields", "overwrite"),
    *("dry_run", "allow_plan", "portion"),
)
MOST = 500
"""Fields that a request names."""
TO_HUBSPOT = Direction.TO_HUBSPOT


@dataclass(frozen=True, slots=True)
class Asked:
    """What an import was asked for."""

    objects: tuple[str, ...]
    where: str
    fields: tuple[str, ...]
    """Fields of existing HubSpot records that are brought up to date; none: all."""
    overwrite: bool
    dry_run: bool
    allow_plan: str
    portion: int

    def kinds(self, mapping: ObjectMapping) -> tuple[str, ...]:
        """The Salesforce objects of an object type that are imported."""
        return tuple(kind for kind in mapping.salesforce if kind in self.objects)


def asked(told: Mapping[str, Any], shop: Workshop) -> Asked:
    """The request in what an import was triggered with; raises ConfigError."""
    payload = Payload(told, PARAMETERS)
    known = [kind for name in OBJECT_TYPES for kind in shop.mappings[name].salesforce]
    objects = payload.words("objects", len(known), "there are no more")
    payload.among("objects", objects, known)
    if not objects:
        payload.refuse(f"say which objects: {', '.join(known)}")
    where = payload.text("where", 2000)
    if where:
        _check_where(payload, where, objects)
    _check_creates(payload, objects, shop)
    fields = payload.words("fields", MOST, "name the mappings' own fields")
    overwrite = payload.flag("overwrite")
    found = Asked(
        tuple(objects),
        where,
        tuple(fields),
        overwrite,
        payload.flag("dry_run", otherwise=True),
        payload.text("allow_plan"),
        payload.number("portion", PORTION, PORTION),
    )
    _check_fields(payload, found, fields, shop)
    payload.done("the import")
    return found


def understand(
    told: Mapping[str, Any], sync_run: str, workshop: Workshop | None = None
) -> dict[str, Any]:
    """Check what was asked for and keep it; reads nothing of either CRM."""
    with own(workshop) as shop:
        found = asked(told, shop)
        shop.artifacts.save(sync_run, "all", "import", found)
        short = {
            "objects": list(found.objects),
            "filtered": bool(found.where),
            "fields": list(found.fields),
            "overwrite": found.overwrite,
            "dry_run": found.dry_run,
        }
        log.info("import %s", " ".join(f"{name}={value}" for name, value in short.items()))
        return short


def work(
    object_type: str, sync_run: str, *, dry: bool, workshop: Workshop | None = None
) -> dict[str, int] | None:
    """Do one object type, where the run is `dry` or not as asked for; counts by state."""
    with own(workshop) as shop:
        request = shop.artifacts.load(shop.artifacts.reference(sync_run, "all", "import"), Asked)
        if request.dry_run is not dry or not request.kinds(shop.mappings[object_type]):
            return None
        mapping = remembered_mapping(object_type, shop)
        forced = _forced(mapping, request)
        task = Task(
            "import",
            object_type,
            sync_run,
            dry,
            look=lambda: _look(mapping, request, shop),
            ask=lambda portion: _request(object_type, portion, request, forced),
        )
        return do(task, shop)


def _look(mapping: ObjectMapping, request: Asked, shop: Workshop) -> Survey:
    kinds = request.kinds(mapping)
    where = {kind: text for kind, text in mapping.where.items() if kind in kinds}
    narrow = replace(mapping, salesforce=kinds, where=where)
    if not request.where:
        return survey(narrow, shop, systems=[System.SALESFORCE], size=request.portion)
    [kind] = kinds
    ids = shop.gateways[System.SALESFORCE].matching(mapping, kind, request.where)
    return survey_of(narrow, System.SALESFORCE, ids, shop, request.portion)


def _request(
    object_type: str, portion: Portion, request: Asked, forced: tuple[str, ...]
) -> Request:
    return Request(
        object_type,
        {portion.system: portion.ids},
        direction=TO_HUBSPOT,
        force_fields=forced,
        only_fields=request.fields,
        dry_run=request.dry_run,
        allow_plan=request.allow_plan,
    )


def _forced(mapping: ObjectMapping, request: Asked) -> tuple[str, ...]:
    """The fields that take Salesforce's values: those named, else all that can."""
    if not request.overwrite:
        return ()
    return tuple(
        one.name
        for one in mapping.fields
        if (not request.fields or one.name in request.fields)
        and not unforced(one, TO_HUBSPOT)
        and not unwritable(one, System.HUBSPOT, mapping)
        and set(one.salesforce) & set(request.kinds(mapping))
    )


def _check_where(payload: Payload, where: str, objects: Mapping[str, int]) -> None:
    for problem in filter_problems(where):
        payload.refuse(f"where {problem}")
    if len(objects) > 1:
        payload.refuse("where is the condition of one object: import the others on their own")


def _check_creates(payload: Payload, objects: Mapping[str, int], shop: Workshop) -> None:
    for name in OBJECT_TYPES:
        mapping = shop.mappings[name]
        here = [kind for kind in mapping.salesforce if kind in objects]
        if here and System.HUBSPOT not in mapping.creates_in:
            payload.refuse(
                f"the mapping does not let {name} be created in HubSpot: add hubspot to creates_in"
                f" in mappings/{name}.yaml"
            )


def _check_fields(
    payload: Payload, request: Asked, fields: Mapping[str, int], shop: Workshop
) -> None:
    mappings = [one for one in shop.mappings.values() if request.kinds(one)]
    known = {field.name: field for one in mappings for field in one.fields}
    for name, place in fields.items() if known else ():
        if name not in known:
            payload.refuse(f"fields: {places([place])} no mapped field{near(name, known)}")
        elif request.overwrite and (why := unforced(known[name], TO_HUBSPOT)):
            payload.refuse(f"fields: {name} cannot be overwritten, {why}")
