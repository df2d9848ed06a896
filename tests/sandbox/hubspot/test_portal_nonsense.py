"""Whatever a client sends, the portal refuses it in its own words and never breaks."""

import copy
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.sandbox.database import Database
from include.sandbox.hubspot import HubSpot
from include.sandbox.hubspot.forms import FIRST
from include.sandbox.world import World
from tests.sandbox.hubspot.client import Client

VERSIONED = re.compile(r"/[\w-]+(/public)?/v\d/")
"""Paths of the APIs before version 3, which have their version in the pattern."""
SLOT = re.compile(r"\{(\w+)(?::path)?\}")
KINDS = {"kind": "contacts", "to_kind": "companies"}
OWNERS = (
    ("/crm-objects/", "kind", "tickets"),
    ("/schemas", "kind", "cars"),
    ("/pipelines/", "kind", "deals"),
    ("/pipelines/", "pipeline_id", "default"),
    ("/stages/", "stage_id", "closedwon"),
    ("/forms/", "form_id", FIRST),
)
"""Part of a pattern -> a name in it -> what it is called there."""
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
FILTER = {
    "filterType": "PROPERTY",
    "property": "email",
    "operation": {"operationType": "MULTISTRING", "operator": "CONTAINS", "values": ["a"]},
}
BRANCH = {
    "filterBranchType": "OR",
    "filterBranches": [{"filterBranchType": "AND", "filterBranches": [], "filters": [FILTER]}],
    "filters": [],
}
LIST = {"name": "L", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": BRANCH}
STAGE = {"label": "S", "displayOrder": 1, "metadata": {"probability": "0.5"}}
CAR = {
    "name": "cars",
    "labels": {"singular": "Car", "plural": "Cars"},
    "primaryDisplayProperty": "tier",
    "requiredProperties": ["tier"],
    "searchableProperties": ["tier"],
    "secondaryDisplayProperties": [],
    "properties": [{"name": "tier", "label": "Tier", "type": "string", "fieldType": "text"}],
    "associatedObjects": ["CONTACT"],
}
BODIES: dict[str, Any] = {
    "/batch/": {"inputs": [ROW, ROW], "properties": ["email"], "propertiesWithHistory": ["email"]},
    "/associations/": {"inputs": [PAIR, {**PAIR, "id": "1", "after": "0"}], **LABEL},
    "/associations/{to_kind}/{to_id}": SPEC,
    "/export/async": {
        "exportType": "VIEW",
        "format": "CSV",
        "listId": "1",
        "objectType": "CONTACT",
        "objectProperties": ["email"],
        "associatedObjectType": "COMPANY",
        "exportInternalValuesOptions": ["NAMES"],
        "publicCrmSearchRequest": {
            "query": "a",
            "filters": FILTERS[:1],
            "filterGroups": [{"filters": FILTERS[:1]}],
            "sorts": [{"propertyName": "email", "order": "ASC"}],
        },
    },
    "/domains/{domain}/companies": {
        "limit": 1,
        "requestOptions": {"properties": ["domain"]},
        "offset": {"companyId": 1, "isPrimary": True},
    },
    "/search": {"filterGroups": [{"filters": FILTERS}], "sorts": ["email"], "limit": 1, "after": 1},
    "/lists/search": {"query": "in", "count": 1, "offset": 0, "processingTypes": ["MANUAL"]},
    "/lists": LIST,
    "/memberships/": ["1", "2"],
    "/update-list-filters": {"filterBranch": BRANCH},
    "/idmapping": ["1", "x"],
    "/memberships/batch/read": {"inputs": [{"objectTypeId": "0-1", "recordId": "1"}]},
    "/pipelines/": {"label": "P", "displayOrder": 1, "stages": [STAGE]},
    "/stages": STAGE,
    "/stages/": STAGE,
    "/schemas": CAR,
    "/schemas/": CAR,
    "/schemas/{kind}/associations": {"toObjectTypeId": "0-1", "name": "n"},
    "/definitions/": {
        "inputs": [{"category": "HUBSPOT_DEFINED", "typeId": 1, "maxToObjectIds": 1}]
    },
    "/groups": {"name": "g", "label": "G", "displayOrder": 1},
    "/groups/": {"label": "G", "displayOrder": 1},
    "/labels": {"label": "L", "name": "l", "inverseLabel": "M", "associationTypeId": 1},
    "/submissions/": {
        "fields": [{"name": "email", "value": "a@example.com"}],
        "context": {"pageUri": "x"},
        "submittedAt": 1,
    },
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
    known = KINDS | {key: kind for part, key, kind in OWNERS if part in pattern}
    path = SLOT.sub(lambda slot: known.get(slot[1], word or "1"), pattern)
    if VERSIONED.match(path):
        return path
    if path.startswith("/v3"):
        return path.removeprefix("/v3").replace("/crm/", "/crm/v3/", 1)
    return re.sub(r"^/([\w-]+)", r"/\1/v4", path)


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
    portal.told("POST", "/crm/v3/schemas", {**CAR, "name": "cars"}, status=201)
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


PARAMETERS = (
    "after",
    "archived",
    "associations",
    "count",
    "email",
    "endTimestamp",
    "eventType",
    "formSubmissionMode",
    "idProperty",
    "includeAllProperties",
    "limit",
    "listId",
    "offset",
    "properties",
    "propertiesWithHistory",
    "property",
    "propertyMode",
    "q",
    "since",
    "startTimestamp",
    "timeOffset",
    "vid",
    "vidOffset",
    "campaignId",
)


@pytest.mark.parametrize("word", [*WORDS, "1-x", "9" * 18, "\ud800"])
def test_no_parameter_breaks_a_read(portal: Client, word: str) -> None:
    portal.create(email="a@example.com")
    for method, pattern in routes(portal):
        if method != "GET":
            continue
        for name in PARAMETERS:
            url = f"{filled(pattern, '1')}?{name}={quote(word, errors='replace')}"
            answer = portal.ask(method, url)
            assert answer.status < 500, (url, answer.body)


@pytest.mark.parametrize("word", WORDS)
def test_every_refusal_has_the_shape_of_an_error(portal: Client, word: str) -> None:
    for method, pattern in routes(portal):
        answer = portal.ask(method, filled(pattern, word))
        assert answer.status < 500, (method, pattern, answer.body)
        if answer.status >= 400:
            assert {"status", "message", "correlationId", "category"} <= set(answer.body)
