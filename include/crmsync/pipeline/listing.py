"""What a manual sync of a whole list, or of all that meet a condition, was asked for.

The members are a HubSpot list's, by its id or name, or what a SOQL condition finds of one
Salesforce object. A condition is held against the form of one condition, and of nothing more,
before it is sent anywhere: it can choose records, and do nothing else. What fields it names is for
Salesforce to say.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.crmsync.mappings.filters import LONGEST, filter_problems
from include.crmsync.model.record import System
from include.crmsync.model.request import Listing, Request
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.payload import Payload, near
from include.crmsync.pipeline.request import COMMON, common
from include.crmsync.pipeline.workshop import Workshop

OWN = ("object_type", "list", "object", "where", "limit", "chunk")
KNOWN = (*OWN, *(name for name in COMMON if name != "apply_plan"))
"""A plan that is applied names its records itself, and is no list's."""

ANY = 10_000_000
"""More records than a CRM has."""
CHUNK, LARGEST = 5_000, 50_000
"""Records that one sync run takes on of them; by default, and at most."""


def listing(told: Mapping[str, Any], shop: Workshop) -> Listing:
    """The request in what the DAG was triggered with; raises ConfigError with all that is wrong."""
    payload = Payload(told, KNOWN)
    kind, where = payload.text("object"), payload.text("where", LONGEST)
    named = payload.text("list")
    _one_way_to_say_it(payload)
    by_kind = {one: mapping for mapping in shop.mappings.values() for one in mapping.salesforce}
    if kind and kind not in by_kind:
        payload.refuse(f"object must be one that is mapped{near(kind, by_kind)}")
    for problem in filter_problems(where) if where else ():
        payload.refuse(f"where {problem}")
    stated = payload.choice("object_type", OBJECT_TYPES, OBJECT_TYPES[1])
    object_type = by_kind[kind].object_type if kind in by_kind else stated
    system = System.SALESFORCE if where else System.HUBSPOT
    request = common(payload, Request(object_type, system=system), shop.mappings[object_type])
    found = Listing(
        request,
        named=named,
        kind=kind,
        where=where,
        limit=payload.number("limit", ANY, ANY),
        chunk=payload.number("chunk", LARGEST, CHUNK),
    )
    payload.done("the manual sync of a list")
    return found


def _one_way_to_say_it(payload: Payload) -> None:
    named, kind, where = (payload.has(name) for name in ("list", "object", "where"))
    if not named and not where:
        payload.refuse("say which records: fill in list, or object and where")
    if named and where:
        payload.refuse("say which records in one way: a list, or a condition, and not both")
    if where and not kind:
        payload.refuse("where needs the object whose records it chooses")
    if named and kind and not where:
        payload.refuse("object is of use with where only; for a list choose the object_type")


def part(found: Listing, ids: tuple[str, ...], members: int) -> Request:
    """The request for some of so many members; a list of several chunks is in no hurry."""
    portion = members > found.chunk
    return replace(found.request, ids={found.request.system: ids}, portion=portion)
