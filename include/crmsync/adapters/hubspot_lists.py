"""HubSpot's lists and owners: who is on an inclusion list, who may own a record.

A list is named in configuration by people, so a name that does not exist is answered with
the names that are near it. Owners who left are read too: their records still name them.
"""

import difflib
from collections.abc import Collection, Iterator, Mapping
from http import HTTPStatus
from math import ceil
from typing import Any
from urllib.parse import quote

from include.crmsync.adapters.batches import chunks
from include.crmsync.adapters.failures import Refused
from include.crmsync.adapters.gateway import Owner
from include.crmsync.adapters.hubspot_api import LISTS, OWNERS, HubSpotApi, results
from include.crmsync.errors import ConfigError

CONTACTS = "0-1"
"""HubSpot's object type id of contacts."""

OBJECT_TYPES = {"contacts": CONTACTS, "companies": "0-2", "deals": "0-3"}
"""HubSpot's object type ids by its names; of any other object they are the same."""

MEMBERS = 250
NAMES = 500
"""The most one page of memberships, and one search for lists, may hold."""
ASKED = 100
"""Records that one call is asked about."""
UNKNOWN = 10
"""Pages that a list counts for where HubSpot does not tell its size."""


def members(api: HubSpotApi, list_name: str) -> frozenset[str]:
    """Ids of the contacts on a list."""
    return _members(api, list_id(api, list_name))


def _members(api: HubSpotApi, list_id_: str) -> frozenset[str]:
    pages = api.pages(f"{LISTS}/{list_id_}/memberships", limit=MEMBERS)
    return frozenset(str(item["recordId"]) for page in pages for item in page)


def listed(api: HubSpotApi, kind: str, named: str) -> Iterator[str]:
    """Yield the ids of the records of a kind that are on a list, named by its id or its name."""
    object_type = OBJECT_TYPES.get(kind, kind)
    if named.isascii() and named.isdigit():
        _refuse_other(api, named, object_type, kind)
        id_ = named
    else:
        id_ = list_id(api, named, object_type)
    for page in api.pages(f"{LISTS}/{id_}/memberships", limit=MEMBERS):
        yield from (str(item["recordId"]) for item in page)


def _refuse_other(api: HubSpotApi, id_: str, object_type: str, kind: str) -> None:
    """Raise ConfigError where a list does not exist, or is one of other records."""
    try:
        answer = api.get(f"{LISTS}/{id_}")
    except Refused as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        raise ConfigError(
            f"HubSpot has no list with the id {id_}: it is in the address of the list's page"
        ) from None
    told = str((answer.get("list") or answer).get("objectTypeId"))
    if told != object_type:
        names = {one: name for name, one in OBJECT_TYPES.items()}
        raise ConfigError(
            f"HubSpot's list {id_} is one of {names.get(told, 'other records')}, not of {kind}"
        )


def lists_of(api: HubSpotApi, contact_id: str) -> frozenset[str]:
    """Ids of the lists that a contact is on."""
    path = f"{LISTS}/records/{CONTACTS}/{quote(contact_id, safe='')}/memberships"
    return frozenset(str(item["listId"]) for item in api.get(path).get("results") or ())


def on_list(api: HubSpotApi, list_name: str, ids: Collection[str]) -> frozenset[str]:
    """Those of these contacts that are on a list: asked about them, or the list, as costs less."""
    told = _list(api, list_name, CONTACTS)
    size = told.get("size")
    pages = ceil(size / MEMBERS) if isinstance(size, int) else UNKNOWN
    if pages < ceil(len(ids) / ASKED):
        return _members(api, str(told["listId"])) & frozenset(ids)
    found: set[str] = set()
    for portion in chunks(sorted(ids), ASKED):
        inputs = [{"objectTypeId": CONTACTS, "recordId": id_} for id_ in portion]
        answer = api.post(f"{LISTS}/records/memberships/batch/read", {"inputs": inputs})
        found |= {
            str(item["recordId"])
            for item in results(answer)
            if any(
                str(one["listId"]) == str(told["listId"])
                for one in item.get("recordListMemberships") or ()
            )
        }
    return frozenset(found & set(ids))


def owners(api: HubSpotApi) -> Iterator[Owner]:
    """Yield everyone who can own a record, and everyone who could."""
    for archived in ("false", "true"):
        for page in api.pages(OWNERS, limit=100, archived=archived):
            yield from (to_owner(item, active=archived == "false") for item in page)


def to_owner(item: dict[str, Any], *, active: bool) -> Owner:
    """One owner of an answer."""
    name = " ".join(filter(None, (item.get("firstName"), item.get("lastName"))))
    return Owner(str(item["id"]), (item.get("email") or "").lower(), name, active)


def list_id(api: HubSpotApi, list_name: str, object_type: str = CONTACTS) -> str:
    """The id of the list of this name; raises ConfigError that names those near it."""
    return str(_list(api, list_name, object_type)["listId"])


def _list(api: HubSpotApi, list_name: str, object_type: str) -> Mapping[str, Any]:
    path = f"{LISTS}/object-type-id/{object_type}/name/{quote(list_name, safe='')}"
    try:
        answer = api.get(path)
    except Refused as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        raise _unknown(api, list_name) from None
    found: Mapping[str, Any] = answer.get("list") or answer
    return found


def _unknown(api: HubSpotApi, list_name: str) -> ConfigError:
    body = {"query": "", "count": NAMES, "offset": 0}
    names = [str(item.get("name")) for item in api.post(f"{LISTS}/search", body).get("lists") or ()]
    near = difflib.get_close_matches(list_name, names, n=5, cutoff=0.4)
    hint = f"near it: {', '.join(map(repr, near))}" if near else "none has a name near it"
    return ConfigError(f"HubSpot has no contact list {list_name!r}; {hint}")
