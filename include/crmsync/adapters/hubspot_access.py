"""What a HubSpot token may do, and making the property that carries the Salesforce id.

A private app's token tells its scopes when it is sent in a body; nothing is asked of the older
resource that wants the token in the address, because addresses end in logs. Other kinds of token
(service keys, OAuth) are not known there, and then nothing is said of scopes. Whether values
are unique is settled when a property is made and never afterwards.
"""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from include.crmsync.adapters.failures import Refused
from include.crmsync.adapters.hubspot_api import PROPERTIES, HubSpotApi, results
from include.crmsync.errors import Rejected
from include.crmsync.model.grant import Grant, KeyMade
from include.crmsync.model.mapping import FieldType, ObjectMapping

LABEL = "CRM sync: Salesforce id"
DESCRIPTION = "The Salesforce id of the record that this one was made from. Written by the sync."
_NAMED = {"contacts", "companies", "deals", "leads", "quotes", "line_items", "products"}
"""Objects that have scopes of their own."""


def grants(
    api: HubSpotApi, mappings: Sequence[ObjectMapping], *, lists: bool, making: bool
) -> list[Grant]:
    """Every scope that the mappings need, and whether the token has it; one call."""
    had = _scopes(api)
    found: dict[str, Grant] = {}
    for name, needed in _needed(mappings, lists=lists, making=making):
        found.setdefault(name, Grant(name, None if had is None else name in had, needed))
    return list(found.values())


def make_key(api: HubSpotApi, mapping: ObjectMapping) -> KeyMade:
    """Make the unique property of a mapping, unless it is there."""
    kind, name = mapping.hubspot, mapping.hubspot_key
    told = _property(api, kind, name)
    if told is None:
        try:
            told = api.post(f"{PROPERTIES}/{kind}", _body(name, _group(api, kind)))
        except Refused as refused:
            if refused.status != HTTPStatus.CONFLICT:
                raise
            told = _property(api, kind, name) or {}
        else:
            return KeyMade(kind, name, "made, with unique values")
    if told.get("hasUniqueValue"):
        return KeyMade(kind, name, "was there")
    return KeyMade(
        kind,
        name,
        "is there without unique values, which HubSpot lets nobody change: archive it, or name"
        f" another property as `key` in mappings/{mapping.object_type}.yaml",
        done=False,
    )


def _scopes(api: HubSpotApi) -> frozenset[str] | None:
    """The token's scopes; None where HubSpot does not say."""
    try:
        told = api.about_token().get("scopes")
    except Rejected:
        return None
    return frozenset(map(str, told)) if isinstance(told, list) else None


def _needed(
    mappings: Sequence[ObjectMapping], *, lists: bool, making: bool
) -> Iterator[tuple[str, str]]:
    for mapping in mappings:
        kind = mapping.hubspot
        yield _scope("objects", kind, "read"), f"to read {kind}"
        yield _scope("objects", kind, "write"), f"to write {kind}"
        yield _scope("schemas", kind, "read"), f"to hold the mapping against {kind}"
        if making:
            yield _scope("schemas", kind, "write"), f"to make {mapping.hubspot_key} on {kind}"
        if any(one.type is FieldType.OWNER for one in mapping.fields):
            yield "crm.objects.owners.read", "to know owners by e-mail"
    if lists:
        yield "crm.lists.read", "to read the inclusion list"


def _scope(area: str, kind: str, right: str) -> str:
    if kind == "tickets":
        return kind
    return f"crm.{area}.{kind if kind in _NAMED else 'custom'}.{right}"


def _property(api: HubSpotApi, kind: str, name: str) -> dict[str, Any] | None:
    try:
        return api.get(f"{PROPERTIES}/{kind}/{name}")
    except Refused as refused:
        if refused.status != HTTPStatus.NOT_FOUND:
            raise
        return None


def _group(api: HubSpotApi, kind: str) -> str:
    """The group of properties it goes to: the object's general one, else the first."""
    names = [str(one.get("name")) for one in results(api.get(f"{PROPERTIES}/{kind}/groups"))]
    general = (one for one in names if one.endswith("information"))
    return next(general, names[0] if names else f"{kind}information")


def _body(name: str, group: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": LABEL,
        "description": DESCRIPTION,
        "type": "string",
        "fieldType": "text",
        "groupName": group,
        "hasUniqueValue": True,
        "formField": False,
    }
