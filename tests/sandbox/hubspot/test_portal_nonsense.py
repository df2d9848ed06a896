"""Whatever a client sends, the portal refuses it in its own words and never breaks."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.sandbox.database import Database
from include.sandbox.hubspot import HubSpot
from include.sandbox.world import World
from tests.sandbox.hubspot.client import Client

SLOT = re.compile(r"\{(\w+)(?::path)?\}")
KINDS = {"kind": "contacts", "to_kind": "companies", "type_": "deals"}
WORDS = ("", "0", "-1", "x", "\N{FULLWIDTH DIGIT NINE}", "1" * 30, "a;b", "%", "é", "null")
JUNK: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**400,
    float("nan"),
    [],
    {},
    [None],
    [[1]],
    {"a": {}},
    *WORDS,
)
SPEC = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
PAIR = {"from": {"id": "1"}, "to": {"id": "1"}, "types": SPEC}
FILTERS = [
    {"propertyName": "email", "operator": "EQ", "value": "x"},
    {"propertyName": "createdate", "operator": "BETWEEN", "value": "1", "highValue": "2"},
    {"propertyName": "hs_object_id", "operator": "IN", "values": ["1"]},
    {"propertyName": "associations.company", "operator": "EQ", "value": "1"},
]
ROW = {
    "id": "1",
    "idProperty": "email",
    "objectWriteTraceId": "0",
    "properties": {"email": "a@example.com", "closedate": "1", "lifecyclestage": "lead"},
    "associations": [{"to": {"id": "1"}, "types": SPEC}],
}
LABEL = {"label": "L", "name": "l", "inverseLabel": "M"}
PROPERTY = {
    "name": "tier",
    "label": "Tier",
    "type": "enumeration",
    "fieldType": "select",
    "groupName": "g",
    "displayOrder": 1,
    "hidden": False,
    "hasUniqueValue": False,
    "options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B", "displayOrder": 1}],
}
LIST = {"name": "L", "objectTypeId": "0-1", "processingType": "MANUAL"}
BODIES: dict[str, Any] = {
    "/batch/": {"inputs": [ROW, ROW], "properties": ["email"], "propertiesWithHistory": ["email"]},
    "/associations/": {"inputs": [PAIR, {**PAIR, "id": "1", "after": "0"}], **LABEL},
    "/associations/{to_kind}/{to_id}": SPEC,
    "/search": {"filterGroups": [{"filters": FILTERS}], "sorts": ["email"], "limit": 1, "after": 1},
    "/lists/search": {"query": "in", "count": 1, "offset": 0, "processingTypes": ["MANUAL"]},
    "/lists": LIST,
    "/memberships/": ["1", "2"],
    "/add-and-remove": {"recordIdsToAdd": ["1"], "recordIdsToRemove": ["2"]},
    "/properties/": PROPERTY,
    "/properties/{kind}/batch/": {"inputs": [PROPERTY]},
    "/merge": {"primaryObjectId": "1", "objectIdToMerge": "2"},
    "/gdpr-delete": {"objectId": "a@example.com", "idProperty": "email"},
    "/objects/": ROW,
}
"""Part of a route's pattern -> a body it could be sent; the longest part that fits counts."""
SENDING = ("POST", "PUT", "PATCH")
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS)
trees = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


def routes(portal: Client) -> list[tuple[str, str]]:
    patterns = [one for _, one in portal.hubspot._router._routes]
    return [(one.method, one.pattern) for one in patterns]


def filled(pattern: str, word: str) -> str:
    """A path of this pattern with a word for every name that is no object type."""
    path = SLOT.sub(lambda slot: KINDS.get(slot[1], word or "1"), pattern)
    if path.startswith("/v3"):
        return path.removeprefix("/v3").replace("/crm/", "/crm/v3/", 1)
    return re.sub(r"^/(crm|oauth|account-info)", r"/\1/v4", path)


def body_for(pattern: str) -> Any:
    fitting = [part for part in BODIES if part in pattern or pattern.endswith(part)]
    return BODIES[max(fitting, key=len)] if fitting else {}


def spoiled(body: Any) -> Iterator[Any]:
    """The body with each of its nodes, one after the other, replaced by each piece of junk."""
    yield from JUNK
    children = body.items() if isinstance(body, dict) else enumerate(body)
    for key, child in children:
        inner = spoiled(child) if isinstance(child, dict | list) else iter(JUNK)
        for junk in inner:
            changed = copy.copy(body)
            changed[key] = junk
            yield changed


def sending_routes() -> list[tuple[str, str]]:
    world = World(Database())
    patterns = [one for _, one in HubSpot(world)._router._routes]
    world.database.close()
    return [(one.method, one.pattern) for one in patterns if one.method in SENDING]


@pytest.mark.parametrize(("method", "pattern"), sending_routes())
def test_no_node_of_a_body_can_break_a_route(portal: Client, method: str, pattern: str) -> None:
    portal.create(email="a@example.com")
    for body in spoiled(body_for(pattern)):
        answer = portal.ask(method, filled(pattern, "1"), body)
        assert answer.status < 500, (method, pattern, body)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=trees, word=st.sampled_from(WORDS) | st.text(), number=st.integers(0, 10_000))
def test_no_tree_and_no_path_breaks_it(portal: Client, body: Any, word: str, number: int) -> None:
    known = routes(portal)
    method, pattern = known[number % len(known)]
    answer = portal.ask(method, filled(pattern, word.replace("?", "").replace("#", "")), body)
    assert answer.status < 500, (method, pattern, answer.body)


@pytest.mark.parametrize("word", WORDS)
def test_every_refusal_has_the_shape_of_an_error(portal: Client, word: str) -> None:
    for method, pattern in routes(portal):
        answer = portal.ask(method, filled(pattern, word))
        assert answer.status < 500, (method, pattern, answer.body)
        if answer.status >= 400:
            assert {"status", "message", "correlationId", "category"} <= set(answer.body)
