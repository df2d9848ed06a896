"""Properties: groups, batches, options, calculated ones, and those that were archived."""

from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client, codes, where

BASE = "/crm/v3/properties/contacts"
TIER: dict[str, Any] = {
    "name": "tier",
    "label": "Tier",
    "type": "enumeration",
    "fieldType": "select",
    "groupName": "contactinformation",
    "options": [
        {"value": "gold", "label": "Gold", "displayOrder": 2, "description": "The best"},
        {"value": "tin", "label": "Tin", "displayOrder": 1, "hidden": True},
    ],
}
SCORE = {
    "name": "score",
    "label": "Score",
    "type": "number",
    "fieldType": "number",
    "groupName": "contactinformation",
}
DOUBLE = {
    **SCORE,
    "name": "double",
    "fieldType": "calculation_equation",
    "calculationFormula": "(score + 1) * 2",
}


def test_a_group_is_made_changed_and_deleted(portal: Client) -> None:
    told = {"name": "loyalty", "label": "Loyalty", "displayOrder": 2}
    made = portal.told("POST", f"{BASE}/groups", told, status=201)
    assert made == {**told, "archived": False}
    portal.told("POST", f"{BASE}/groups", told, status=409)
    portal.told("PATCH", f"{BASE}/groups/loyalty", {"label": "Faith"})
    assert portal.told("GET", f"{BASE}/groups/loyalty")["label"] == "Faith"
    portal.told("DELETE", f"{BASE}/groups/loyalty", status=204)
    portal.told("GET", f"{BASE}/groups/loyalty", status=404)


def test_a_group_with_properties_stays(portal: Client) -> None:
    portal.told("DELETE", f"{BASE}/groups/contactinformation", status=400)


def test_a_property_needs_a_group_that_exists(portal: Client) -> None:
    portal.told("POST", BASE, {**TIER, "groupName": "nobody"}, status=400)


def test_options_are_shown_in_their_order_with_what_they_say(portal: Client) -> None:
    told = portal.told("POST", BASE, TIER, status=201)
    shown = [(o["value"], o["displayOrder"], o["hidden"]) for o in told["options"]]
    assert shown == [("tin", 1, True), ("gold", 2, False)]
    assert told["options"][1]["description"] == "The best"


def test_a_property_of_ones_own_may_be_changed_and_archived(portal: Client) -> None:
    told = portal.told("POST", BASE, TIER, status=201)
    assert told["modificationMetadata"] == {
        "archivable": True,
        "readOnlyDefinition": False,
        "readOnlyValue": False,
        "readOnlyOptions": False,
    }
    assert (told["dataSensitivity"], told["createdUserId"]) == ("non_sensitive", "9000081")
    assert told["createdAt"] == "2026-01-05T08:00:00Z"


def test_hubspots_own_properties_say_they_are_fixed(portal: Client) -> None:
    told = portal.told("GET", f"{BASE}/createdate")
    assert told["modificationMetadata"]["readOnlyDefinition"]
    assert told["modificationMetadata"]["readOnlyValue"]
    assert not told["modificationMetadata"]["archivable"]
    portal.told("PATCH", f"{BASE}/email", {"label": "Mail"}, status=400)


def test_an_archived_property_is_listed_apart_and_takes_no_values(portal: Client) -> None:
    portal.told("POST", BASE, TIER, status=201)
    portal.told("DELETE", f"{BASE}/tier", status=204)
    assert "tier" not in {one["name"] for one in portal.told("GET", BASE)["results"]}
    (gone,) = portal.told("GET", f"{BASE}?archived=true")["results"]
    assert (gone["name"], gone["archived"]) == ("tier", True)
    assert gone["archivedAt"]
    assert portal.told("GET", f"{BASE}/tier?archived=true")["name"] == "tier"
    answer = portal.ask("POST", "/crm/v3/objects/contacts", {"properties": {"tier": "gold"}})
    assert codes(answer) == ["PROPERTY_DOESNT_EXIST"]
    portal.told("POST", BASE, TIER, status=201)
    assert portal.told("GET", f"{BASE}?archived=true")["results"] == []


def test_a_batch_of_properties_is_made_whole_or_not_at_all(portal: Client) -> None:
    wrong = {"inputs": [TIER, {**TIER, "name": "No"}]}
    portal.told("POST", f"{BASE}/batch/create", wrong, status=400)
    portal.told("GET", f"{BASE}/tier", status=404)
    told = portal.told("POST", f"{BASE}/batch/create", {"inputs": [TIER, SCORE]}, status=201)
    assert [one["name"] for one in told["results"]] == ["tier", "score"]


def test_a_batch_read_tells_which_properties_are_missing(portal: Client) -> None:
    inputs = {"inputs": [{"name": "email"}, {"name": "nobody"}]}
    told = portal.told("POST", f"{BASE}/batch/read", inputs, status=207)
    assert [one["name"] for one in told["results"]] == ["email"]
    assert (told["numErrors"], told["errors"][0]["context"]) == (1, {"name": ["nobody"]})


def test_a_batch_archives_properties(portal: Client) -> None:
    portal.told("POST", f"{BASE}/batch/create", {"inputs": [TIER, SCORE]}, status=201)
    names = {"inputs": [{"name": "tier"}, {"name": "score"}]}
    portal.told("POST", f"{BASE}/batch/archive", names, status=204)
    portal.told("GET", f"{BASE}/tier", status=404)


def test_a_calculated_property_follows_those_it_is_made_of(portal: Client) -> None:
    portal.told("POST", BASE, SCORE, status=201)
    before = portal.create(lastname="A", score="1")
    told = portal.told("POST", BASE, DOUBLE, status=201)
    assert (told["calculated"], told["calculationFormula"]) == (True, "(score + 1) * 2")
    assert portal.read("contacts", before, "double")["properties"]["double"] == "4"
    portal.update("contacts", before, score="2.5")
    assert portal.read("contacts", before, "double")["properties"]["double"] == "7"
    portal.update("contacts", before, score="")
    assert portal.read("contacts", before, "double")["properties"]["double"] is None


def test_a_calculated_property_cannot_be_written_but_can_be_searched(portal: Client) -> None:
    portal.told("POST", f"{BASE}/batch/create", {"inputs": [SCORE, DOUBLE]}, status=201)
    body = {"properties": {"lastname": "A", "double": "1"}}
    assert codes(portal.ask("POST", "/crm/v3/objects/contacts", body)) == ["READ_ONLY_VALUE"]
    id_ = portal.create(lastname="A", score="4")
    assert portal.found("contacts", where("double", "EQ", "10")) == [id_]


def test_what_is_calculated_says_so_in_its_history(portal: Client) -> None:
    portal.told("POST", f"{BASE}/batch/create", {"inputs": [SCORE, DOUBLE]}, status=201)
    id_ = portal.create(lastname="A", score="4")
    portal.update("contacts", id_, score="5")
    url = f"/crm/v3/objects/contacts/{id_}?propertiesWithHistory=double,score"
    told = portal.told("GET", url)["propertiesWithHistory"]
    assert [one["value"] for one in told["double"]] == ["12", "10"]
    assert told["double"][0]["sourceType"] == "CALCULATED"
    assert told["score"][0]["sourceType"] == "INTEGRATION"


@pytest.mark.parametrize(
    "wrong",
    [
        {"calculationFormula": "score +"},
        {"calculationFormula": "(" * 500},
        {"calculationFormula": ""},
        {"type": "string"},
        {"fieldType": "number"},
        {"dataSensitivity": "secret"},
    ],
)
def test_a_formula_that_makes_no_sense_is_refused(portal: Client, wrong: dict[str, str]) -> None:
    portal.told("POST", BASE, SCORE, status=201)
    portal.told("POST", BASE, {**DOUBLE, **wrong}, status=400)


def test_dividing_by_nothing_leaves_a_calculated_property_blank(portal: Client) -> None:
    formula = {**DOUBLE, "calculationFormula": "-score / (score - 4)"}
    portal.told("POST", f"{BASE}/batch/create", {"inputs": [SCORE, formula]}, status=201)
    blank, filled = (portal.create(lastname="A", score=score) for score in ("4", "6"))
    assert portal.read("contacts", blank, "double")["properties"]["double"] is None
    assert portal.read("contacts", filled, "double")["properties"]["double"] == "-3"
