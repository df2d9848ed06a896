"""A new mapping is applied to what is linked already."""

import csv
from dataclasses import replace
from typing import Any

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.model.rule import SyncRule
from include.crmsync.pipeline import backfill
from tests.pipeline.two_crms import TwoCrms

RUN = "manual__backfill"


def work(crms: TwoCrms, run: str = RUN, **told: Any) -> dict[str, int]:
    """A back-fill of contacts' titles, in portions of two; counts by state."""
    crms.clock.advance(10)
    shop = crms.workshop()
    asked = {"object_type": "contacts", "fields": ["title"], "portion": 2, **told}
    try:
        dry = backfill.understand(asked, run, shop)["dry_run"]
        assert backfill.work(run, dry=not dry, workshop=shop) is None
        return backfill.work(run, dry=dry, workshop=shop) or {}
    finally:
        shop.close()
        crms.clock.advance(10)


@pytest.fixture
def linked(crms: TwoCrms) -> TwoCrms:
    """Five pairs, linked while titles were not mapped yet; HubSpot has titles."""
    shop = crms.workshop()
    contacts = shop.mappings["contacts"]
    shop.close()
    without = tuple(one for one in contacts.fields if one.name != "title")
    crms.rules["contacts"] = {"fields": without}
    for number in range(5):
        crms.hubspot_contact(
            email=f"a{number}@example.com", lastname=f"A{number}", jobtitle=f"T{number}"
        )
    crms.sync("contacts")
    crms.rules["contacts"] = {"fields": contacts.fields}
    crms.sync("contacts")
    assert len(crms.links()) == 5
    assert titles(crms) == [None] * 5
    return crms


def titles(crms: TwoCrms) -> list[Any]:
    return [crms.salesforce.records[id_].raw.get("Title") for id_ in sorted(crms.links().values())]


def test_a_new_field_travels_to_everything_that_is_linked(linked: TwoCrms) -> None:
    assert work(linked, dry_run=False) == {"written (HubSpot)": 5}
    assert titles(linked) == ["T0", "T1", "T2", "T3", "T4"]
    assert work(linked, run="again", dry_run=False) == {"nothing to do (HubSpot)": 5}


def test_by_default_nothing_is_written_and_all_is_told(linked: TwoCrms) -> None:
    writes = linked.salesforce.writes
    assert work(linked) == {"written (HubSpot)": 5}
    assert linked.salesforce.writes == writes
    path = linked.folder / "artifacts" / RUN / "contacts" / "back-fill.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row["counterpart"] for row in csv.DictReader(file)}
    assert rows == linked.links()


def test_other_fields_are_left_to_the_next_run(linked: TwoCrms) -> None:
    [id_, *_] = sorted(linked.links())
    there = linked.links()[id_]
    linked.hubspot.edit(id_, city="Oxford")
    work(linked, dry_run=False)
    assert linked.salesforce.records[there].raw.get("MailingCity") is None
    assert linked.salesforce.records[there].raw["Title"] == "T0"
    linked.sync("contacts")
    assert linked.salesforce.records[there].raw["MailingCity"] == "Oxford"


def test_a_direction_leaves_the_other_crm_alone(linked: TwoCrms) -> None:
    [there, *_] = sorted(linked.links().values())
    linked.salesforce.edit(there, Title="Theirs")
    writes = linked.salesforce.writes
    work(linked, dry_run=False, direction="to_hubspot")
    assert linked.salesforce.writes == writes


def test_overwriting_lets_the_origin_stand(linked: TwoCrms) -> None:
    pairs = linked.links()
    for there in pairs.values():
        linked.salesforce.edit(there, Title="Theirs")
    work(linked, dry_run=False, direction="to_salesforce", overwrite=True)
    assert titles(linked) == ["T0", "T1", "T2", "T3", "T4"]


def test_a_run_that_died_goes_on_with_the_portion_it_was_at(linked: TwoCrms) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    for _ in range(2):
        linked.salesforce.before_next_write(die)
        with pytest.raises(KeyboardInterrupt):
            work(linked, dry_run=False)
    assert work(linked, dry_run=False) == {"written (HubSpot)": 5}
    assert titles(linked) == ["T0", "T1", "T2", "T3", "T4"]


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"object_type": None}, "say which object_type"),
        ({"object_type": "leads"}, "object_type must be companies or contacts or deals"),
        ({"fields": []}, "say which fields"),
        ({"fields": ["titel"]}, "did you mean title"),
        ({"fields": ["opted_out"]}, "dont_sync of opted_out"),
        ({"direction": "north"}, "direction must be rules or to_salesforce or to_hubspot"),
        ({"overwrite": True}, "overwrite needs a direction"),
    ],
)
def test_bad_input_is_told_before_anything_is_read(
    crms: TwoCrms, told: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem):
        work(crms, **told)
    assert crms.hubspot.calls + crms.salesforce.calls == 0


def test_a_rule_that_lets_salesforce_stand_fills_hubspot(linked: TwoCrms) -> None:
    shop = linked.workshop()
    contacts = shop.mappings["contacts"]
    shop.close()
    ruled = tuple(
        replace(one, rule=SyncRule.ALWAYS_SALESFORCE) if one.name == "title" else one
        for one in contacts.fields
    )
    linked.rules["contacts"] = {"fields": ruled}
    for there in linked.links().values():
        linked.salesforce.edit(there, Title="Theirs")
    work(linked, dry_run=False)
    assert {linked.hubspot.records[id_].raw["jobtitle"] for id_ in linked.links()} == {"Theirs"}
