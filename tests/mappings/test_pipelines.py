"""What a mapping file may say of pipelines, and what it is told when it says something else."""

from pathlib import Path

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.mappings.loader import load
from include.crmsync.model.pipeline import Pipeline
from include.crmsync.model.record import System
from tests.mappings.files import CONTACTS, write

DEALS = """\
object_type: deals
hubspot: {object: deals, key: salesforce_id}
salesforce: {objects: [Opportunity], key: HubSpot_Id__c}
match_on: null
creates_in: [hubspot]
pipelines:
  - {pipeline: default, record_type: Standard, stages: {a: Open, b: Won}}
  - {pipeline: 77, record_type: Renewal, stages: {771: Open, 772: Won}}
fields:
  - {name: stage, hubspot: dealstage, salesforce: StageName, type: stage, rule: two_way}
"""


def told(folder: Path, old: str, new: str) -> list[str]:
    """The problems once a piece of the file is changed."""
    assert DEALS.count(old) == 1
    with pytest.raises(ConfigError) as refused:
        load(write(folder, deals=DEALS.replace(old, new)) / "deals.yaml")
    return list(refused.value.problems)


def test_a_stage_knows_its_pipelines_and_what_it_is_read_with(tmp_path: Path) -> None:
    mapping = load(write(tmp_path, deals=DEALS) / "deals.yaml")
    assert mapping["stage"].pipelines == (
        Pipeline("default", "Standard", {"a": "Open", "b": "Won"}),
        Pipeline("77", "Renewal", {"771": "Open", "772": "Won"}),
    )
    assert mapping.wire_fields(System.HUBSPOT, "deals") == ["dealstage", "pipeline"]
    assert mapping.wire_fields(System.SALESFORCE, "Opportunity") == ["StageName", "RecordTypeId"]


def test_an_org_without_record_types_is_not_asked_for_them(tmp_path: Path) -> None:
    lines = [line for line in DEALS.splitlines() if "77" not in line]
    text = "\n".join(lines).replace("record_type: Standard, ", "")
    mapping = load(write(tmp_path, deals=text) / "deals.yaml")
    assert mapping.wire_fields(System.SALESFORCE, "Opportunity") == ["StageName"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("pipeline: 77", "pipeline: default", "8: pipeline number 2"),
        ("record_type: Renewal", "record_type: Standard", "is taken by pipeline number 1"),
        ("record_type: Renewal, ", "", "record_type is missing"),
        ("pipeline: 77, ", "", "pipeline is missing"),
        ("stages: {a: Open, b: Won}", "stages: {}", "stages is empty"),
        ("b: Won", "b: Open", 'stages must be one to one: "Open" stands for a and for b'),
        ("b: Won", 'b: " Won"', "blank or a padded name"),
        ("pipeline: 77", "pipeline: a/b", "is not an id in HubSpot"),
        ("type: stage", "type: picklist", "pipelines needs a field of type stage"),
        ("rule: two_way", "rule: two_way, values: {a: A}", "values means nothing for type stage"),
    ],
)
def test_what_makes_no_sense_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert any(problem in line for line in told(tmp_path, old, new)), told(tmp_path, old, new)


def test_a_stage_needs_pipelines_and_an_object_that_has_them(tmp_path: Path) -> None:
    field = "  - {name: st, hubspot: st, salesforce: St__c, type: stage, rule: two_way}\n"
    with pytest.raises(ConfigError) as refused:
        load(write(tmp_path, contacts=f"{CONTACTS}{field}") / "contacts.yaml")
    words = " ".join(refused.value.problems)
    assert "type stage needs pipelines" in words
    assert "contacts have no pipelines in HubSpot" in words
