"""Finding HubSpot's objects: by id, by key, by value, by time.

A look-up by id, key or e-mail reads the objects themselves, as search lags behind them. A
match field that is neither can only be searched for. What could not be an id, or is blank, is
not asked for: one such value would get a hundred good ones refused. Where a mapping has more
properties than a search or a list has room for, ids alone are asked for and then read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, product
from typing import Any

from include.crmsync.adapters.batches import chunks
from include.crmsync.adapters.hubspot_api import BATCH, OBJECTS, HubSpotApi
from include.crmsync.adapters.hubspot_records import holds, properties_of
from include.crmsync.adapters.hubspot_search import (
    CHOICES,
    ID,
    Filter,
    by_id,
    fits,
    modified_property,
    search_body,
    walk,
)
from include.crmsync.model.host import MORE_DOMAINS, hosts_of, spellings
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System

Items = Iterator[dict[str, Any]]

EMAIL = "email"
"""The one property of HubSpot's own that is unique; contacts only."""


DOMAIN = "domain"

LIST_PAGE = 100
"""The most records one page of the plain list may hold."""

LONGEST_LIST = 6000
"""Characters of property names that an address has room for."""


def everything(api: HubSpotApi, mapping: ObjectMapping) -> Items:
    """Yield every object there is, in HubSpot's own order."""
    kind, properties = mapping.hubspot, properties_of(mapping)
    names = ",".join(properties)
    narrow = len(names) <= LONGEST_LIST
    asked = names if narrow else modified_property(kind)
    pages = api.pages(f"{OBJECTS}/{kind}", limit=LIST_PAGE, properties=asked, archived="false")
    found = chain.from_iterable(pages)
    return found if narrow else _filled(api, kind, found, properties)


def with_ids(api: HubSpotApi, mapping: ObjectMapping, ids: Sequence[str]) -> Items:
    """Yield the objects that have these ids."""
    asked = dict.fromkeys(id_ for id_ in ids if id_.isascii() and id_.isdigit())
    found = api.read_batch(mapping.hubspot, list(asked), properties_of(mapping))
    # A merged record's old id is answered with the record it went into: not the one asked for.
    return (item for item in found if str(item["id"]) in asked)


def with_keys(api: HubSpotApi, mapping: ObjectMapping, keys: Sequence[str]) -> Items:
    """Yield the objects whose unique key property holds one of the keys."""
    wanted = [key for key in keys if key]
    return api.read_batch(mapping.hubspot, wanted, properties_of(mapping), mapping.hubspot_key)


def with_values(api: HubSpotApi, mapping: ObjectMapping, values: Sequence[str]) -> Items:
    """Yield each object once whose match field holds one of the values, whatever their case."""
    if mapping.match_on is None:
        return
    field = mapping[mapping.match_on].hubspot
    wanted = list(dict.fromkeys(value.strip().lower() for value in values if value.strip()))
    properties = properties_of(mapping)
    if field == EMAIL and mapping.hubspot == "contacts":
        found = api.read_batch(mapping.hubspot, wanted, properties, EMAIL)
    else:
        some = _searched(api, mapping.hubspot, field, wanted)
        found = _filled(api, mapping.hubspot, some, properties)
    seen: set[str] = set()
    for item in found:
        if item["id"] not in seen and holds(item, field, wanted):
            seen.add(item["id"])
            yield item


def with_hosts(api: HubSpotApi, mapping: ObjectMapping, hosts: Sequence[str]) -> Items:
    """Yield each object once that has one of the hosts, by search, as no domain is unique.

    Additional domains are one text, in which nothing can be searched for exactly: all objects
    that have any are looked through, and only those with a host asked for are read.
    """
    if mapping.match_domain is None or not hosts:
        return
    kind, field, wanted = mapping.hubspot, mapping.match_domain[System.HUBSPOT], {*hosts}
    further: Filter = {"propertyName": MORE_DOMAINS, "operator": "HAS_PROPERTY"}
    found = chain(
        _searched(api, kind, field, _as_held(field, hosts)),
        by_id(_search(api, kind), [further], [field, MORE_DOMAINS]),
    )
    fitting = {
        str(item["id"]): item
        for item in found
        if wanted & hosts_of(mapping, System.HUBSPOT, item["properties"])
    }
    yield from _filled(api, kind, iter(fitting.values()), properties_of(mapping))


def _as_held(field: str, hosts: Iterable[str]) -> Iterator[str]:
    """Hosts as a property spells them: HubSpot keeps `domain` bare; others hold what was typed."""
    schemes, ends = ([""], [""]) if field == DOMAIN else (["", "https://", "http://"], ["", "/"])
    for host in spellings(hosts):
        for scheme, www, end in product(schemes, ("", "www."), ends):
            yield f"{scheme}{www}{host}{end}"


def modified_since(
    api: HubSpotApi, mapping: ObjectMapping, since: datetime, page_size: int
) -> Items:
    """Yield the objects modified at or after a moment, oldest first."""
    kind, properties = mapping.hubspot, properties_of(mapping)
    stamp = modified_property(kind)
    longest: Filter = {"propertyName": stamp, "operator": "GTE", "value": "0" * 13}
    # Room for the widest filters of the walk: a stamp and an id.
    roomy = [longest, {**longest, "propertyName": ID}]
    if fits(search_body(roomy, stamp, properties, page_size)):
        return walk(_search(api, kind), since, stamp, properties, page_size)
    found = walk(_search(api, kind), since, stamp, [stamp], page_size)
    return _filled(api, kind, found, properties)


def _search(api: HubSpotApi, kind: str) -> Any:
    def search(body: Mapping[str, Any]) -> Mapping[str, Any]:
        return api.post(f"{OBJECTS}/{kind}/search", body)

    return search


def _filled(api: HubSpotApi, kind: str, found: Items, properties: list[str]) -> Items:
    """The same objects with all their properties, in the same order."""
    for some in chunks(found, BATCH):
        ids = [str(item["id"]) for item in some]
        whole = {str(item["id"]): item for item in api.read_batch(kind, ids, properties)}
        yield from (whole[id_] for id_ in ids if id_ in whole)


def _searched(api: HubSpotApi, kind: str, field: str, wanted: Iterable[str]) -> Items:
    """Objects that hold one of the values in a property that is not unique."""
    for portion in _portions(field, wanted):
        among: Filter = {"propertyName": field, "operator": "IN", "values": portion}
        yield from by_id(_search(api, kind), [among], [field])


def _portions(field: str, wanted: Iterable[str]) -> Iterator[list[str]]:
    """Values in lists that a search has room for; one too long for any identifies nobody."""
    portion: list[str] = []
    for value in wanted:
        if not _has_room(field, [value]):
            continue
        if len(portion) == CHOICES or not _has_room(field, [*portion, value]):
            yield portion
            portion = []
        portion.append(value)
    if portion:
        yield portion


def _has_room(field: str, values: list[str]) -> bool:
    among: Filter = {"propertyName": field, "operator": "IN", "values": values}
    beyond: Filter = {"propertyName": ID, "operator": "GT", "value": "0" * 20}
    return fits(search_body([among, beyond], ID, [field], CHOICES))
