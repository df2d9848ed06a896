"""Plans that are kept to be looked at: what is in their files, what is not in the log."""

import csv
import io
import json
import logging
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.errors import ConfigError, GuardTripped, StateError
from include.crmsync.model.kept_plan import KeptPlan
from include.crmsync.model.plan import Action, Change, Held, Plan, Verb
from include.crmsync.model.record import System
from include.crmsync.pipeline import plan_report, retention
from include.crmsync.pipeline.forget import Person, forget
from include.crmsync.pipeline.plan_terminal import list_plans, show_plan
from include.crmsync.state.cells import FORMULAS
from tests.builders import MORNING
from tests.pipeline.two_crms import TwoCrms, plan_named_in

CANARIES = ("canary@example.com", "Canarylace", "555 0001 7777", "Canaryness")
ADA: dict[str, Any] = {
    "email": "Canary@Example.com",
    "lastname": "Canarylace",
    "phone": "+44 555 0001 7777",
    "jobtitle": "=Canaryness",
}


def kept(crms: TwoCrms, object_type: str = "contacts") -> KeptPlan:
    """The newest plan of an object type."""
    shop = crms.workshop()
    try:
        found = next(one for one in shop.plans.all() if one.object_type == object_type)
        plan = shop.plans.load(found.id)
        assert plan is not None
        return plan
    finally:
        shop.close()


def folder(crms: TwoCrms, plan: str) -> Path:
    return crms.folder / "artifacts" / "@plans" / plan


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def printed(crms: TwoCrms, what: Any, *arguments: Any, **options: Any) -> str:
    shop, out = crms.workshop(), io.StringIO()
    try:
        what(*arguments, shop, out, **options)
        return out.getvalue()
    finally:
        shop.close()


def plan_of(count: int, *values: str) -> KeptPlan:
    """A plan of so many updates, each of one field per value."""
    changes = tuple(Change(f"f{at}", None, value, "why") for at, value in enumerate(values))
    actions = tuple(
        Action(
            f"contacts:update:salesforce:{at}",
            Verb.UPDATE,
            System.SALESFORCE,
            "contacts",
            "Contact",
            str(at),
            f"h{at}",
            changes,
        )
        for at in range(count)
    )
    return KeptPlan("0" * 16, "run", MORNING, Plan("contacts", actions), (), {}, {}, 0, {}, {}, "")


@pytest.fixture
def planned(crms: TwoCrms) -> TwoCrms:
    """One contact to create, one to update, one in conflict, one held; only planned."""
    crms.hubspot_contact(email="grace@example.com", lastname="Hopper", jobtitle="Admiral")
    crms.sync()
    [(hubspot_id, salesforce_id)] = crms.links().items()
    crms.clock.advance(60)
    crms.hubspot.edit(hubspot_id, jobtitle="Rear Admiral", phone="+1 555 0100 200")
    crms.salesforce.edit(salesforce_id, Title="Commodore")
    crms.hubspot_contact(**ADA)
    crms.hubspot_contact(email="no address", lastname="Nobody")
    crms.sync(dry_run=True)
    return crms


def test_a_dry_run_writes_nothing_and_keeps_its_plan_in_full(planned: TwoCrms) -> None:
    assert planned.writes() == 1
    plan = kept(planned)
    found = rows(folder(planned, plan.id) / "changes.csv")
    assert [
        (row["verb"], row["record_id"], row["counterpart_id"], row["field"], row["reason"])
        for row in found
    ] == [
        (one.verb, one.record_id or "", one.origin_id, change.field, change.reason)
        for one in plan.plan.actions
        for change in one.changes
    ]
    assert {"create", "update"} == {row["verb"] for row in found}
    told = json.loads((folder(planned, plan.id) / "plan.json").read_text("utf-8"))
    assert len(told["changes"]) == len(found)
    assert [one["field"] for one in told["conflicts"]] == ["title"]
    assert told["records_held"] == len({one["record_id"] for one in told["held"]}) == 1
    assert told["calls_foreseen"]["salesforce"] > 0
    assert told["actions"] == {"hubspot": {"update": 1}, "salesforce": {"create": 1, "update": 1}}
    planned.sync()
    assert planned.writes() == 4


def test_the_files_of_a_plan_are_the_owners_alone(planned: TwoCrms) -> None:
    found = list(folder(planned, kept(planned).id).parent.rglob("*"))
    assert {one.stat().st_mode & 0o777 for one in found if one.is_dir()} == {0o700}
    assert {one.stat().st_mode & 0o777 for one in found if one.is_file()} == {0o600}


def test_the_log_tells_ids_fields_and_reasons_and_no_value(
    crms: TwoCrms, caplog: pytest.LogCaptureFixture
) -> None:
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.hubspot_contact(email="Canary at nowhere", lastname="Canarylace")
    with caplog.at_level(logging.INFO, "crmsync"):
        crms.sync(dry_run=True)
    text = caplog.text
    plan = kept(crms)
    assert hubspot_id in text
    assert re.search(rf"salesforce +create +Contact +- +{hubspot_id} +email +new in HubSpot", text)
    assert str(folder(crms, plan.id)) in text
    assert f"plan show {plan.id}" in text
    assert [one for one in (*CANARIES, "Canary") if one.lower() in text.lower()] == []
    assert all(len(one.getMessage()) < 500 for one in caplog.records)


def test_a_long_plan_is_cut_in_the_log() -> None:
    most = plan_report.LINES
    lines = list(plan_report.table(plan_of(most + 50, "a"), "here"))
    assert "and 50 more" in lines
    assert len(lines) < most + 10
    assert not [one for one in plan_report.table(plan_of(most, "a"), "x") if "more" in one]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_no_cell_of_a_csv_file_is_a_formula_and_every_value_comes_back(values: list[str]) -> None:
    text = "".join(plan_report.files(plan_of(2, *values))["changes.csv"])
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(found) == 2 * len(values)
    for row, value in zip(found, values * 2, strict=True):
        assert not any(cell.lstrip(" ").startswith(FORMULAS) for cell in row.values())
        neutral = f"'{value}" if value.lstrip(" ").startswith(FORMULAS) else value
        assert row["after"] == neutral


@given(st.lists(st.text(st.characters(codec=None)), min_size=1, max_size=4))
def test_the_json_file_holds_every_value_as_it_is(values: list[str]) -> None:
    told = json.loads("".join(plan_report.files(plan_of(1, *values))["plan.json"]))
    assert [one["after"] for one in told["changes"]] == values


def test_half_a_character_stops_no_file(crms: TwoCrms) -> None:
    shop = crms.workshop()
    plan = plan_of(1, "cut \ud83d")
    where = shop.plans.save(plan, plan_report.files(plan))
    assert "cut \\ud83d" in (where / "changes.csv").read_text("utf-8")
    assert shop.plans.load(plan.id) == plan
    shop.close()


def test_a_large_plan_is_written_a_row_at_a_time() -> None:
    for pieces in plan_report.files(plan_of(5000, "x" * 50, "y" * 50)).values():
        assert max(map(len, pieces)) < 2000


def test_the_terminal_shows_before_and_after_and_moves_no_cursor(crms: TwoCrms) -> None:
    crms.hubspot_contact(email="ada@example.com", lastname="L", jobtitle="\x1b[2Jgone\u202e")
    crms.sync(dry_run=True)
    text = printed(crms, show_plan, kept(crms).id)
    assert "None -> 'ada@example.com'  (new in HubSpot)" in text
    assert "\\x1b[2Jgone" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_plan_as_json_in_the_terminal_is_its_file(planned: TwoCrms) -> None:
    plan = kept(planned)
    told = json.loads(printed(planned, show_plan, plan.id, as_json=True))
    assert told["plan"] == plan.id
    assert told["changes"]


def test_the_list_tells_age_run_and_counts(planned: TwoCrms) -> None:
    planned.clock.advance(3 * 3600)
    text = printed(planned, list_plans)
    assert "1 to create in Salesforce, 1 to update in Salesforce" in text
    assert "3 hours old, by run-2" in text
    told = json.loads(printed(planned, list_plans, as_json=True))
    assert {one["object_type"] for one in told} == {"contacts"}
    assert told[0]["applied"] is None


@pytest.mark.parametrize("plan", ["../../state.db", "", "0123", "g" * 16, "0123456789abcdef/.."])
def test_what_is_no_plans_id_names_no_file(crms: TwoCrms, plan: str) -> None:
    with pytest.raises(StateError, match="no plan's id"):
        printed(crms, show_plan, plan)


def test_a_plan_that_is_not_kept_is_said_to_be_gone(crms: TwoCrms) -> None:
    with pytest.raises(ConfigError, match="no plan 0123456789abcdef is kept"):
        printed(crms, show_plan, "0123456789abcdef")


def test_a_plan_that_the_guard_stops_is_kept_and_of_many_the_newest(crms: TwoCrms) -> None:
    ids = [crms.put(System.SALESFORCE, "Account", Name=f"Firm {at}") for at in range(40)]
    crms.rules["companies"] = {"creates_in": frozenset(System), "needs_contact": frozenset()}
    crms.policies["companies"] = frozenset(System)
    crms.sync()
    for id_ in ids[:11]:
        crms.salesforce.remove(id_)
    stopped = []
    for id_ in ids[11:25]:
        crms.salesforce.remove(id_)
        with pytest.raises(GuardTripped) as one:
            crms.sync("companies")
        stopped.append(plan_named_in(one.value))
    shop = crms.workshop()
    found = shop.plans.all()
    shop.close()
    assert [one.id for one in found if one.doubts] == stopped[:3:-1]
    assert "stopped by the guard" in printed(crms, list_plans)


def test_old_plans_go_by_a_setting_of_their_own(planned: TwoCrms) -> None:
    planned.settings["keep_plans"] = timedelta(days=3)
    plan = kept(planned)
    for days, left in ((2, True), (1.1, False)):
        planned.clock.advance(days * 86_400)
        shop = planned.workshop()
        told = retention.forget_old(shop)
        shop.close()
        assert folder(planned, plan.id).exists() is left
        assert told["plans"] == (0 if left else 1)


def test_artifacts_grow_old_without_the_plans(planned: TwoCrms) -> None:
    plan = kept(planned)
    shop = planned.workshop()
    shop.artifacts.forget_before(shop.now() + timedelta(days=3650))
    shop.close()
    assert [one.name for one in (planned.folder / "artifacts").iterdir()] == ["@plans"]
    assert folder(planned, plan.id).exists()


def test_a_plan_that_names_a_forgotten_contact_goes_with_all_its_files(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA)
    crms.sync()
    [(hubspot_id, _)] = crms.links().items()
    crms.clock.advance(60)
    crms.hubspot.edit(hubspot_id, jobtitle="Canaryness II")
    crms.sync(dry_run=True)
    crms.put(System.SALESFORCE, "Account", Name="Canaryfree")
    plan = kept(crms)
    shop = crms.workshop()
    assert forget(shop, Person(email="canary@example.com")) == 2
    shop.close()
    assert not folder(crms, plan.id).exists()


def test_a_plan_of_somebody_who_is_only_held_goes_too(crms: TwoCrms) -> None:
    shop = crms.workshop()
    held = Held(System.HUBSPOT, "contacts", "77", "on_list", "email", "a@b.example", "why")
    other = replace(plan_of(1, "x"), id="1" * 16)
    for plan in (replace(plan_of(1, "x"), held=(held,)), other):
        shop.plans.save(plan, plan_report.files(plan))
    assert shop.plans.forget({"77"}) == 1
    assert [one.id for one in shop.plans.all()] == [other.id]
    shop.close()


def test_a_plan_of_another_version_is_passed_over_and_grows_old_like_any_other(
    planned: TwoCrms,
) -> None:
    plan = kept(planned)
    (folder(planned, plan.id) / "about.json").write_text('{"type": "About", "document": {}}')
    assert "no plan is kept" in printed(planned, list_plans)
    with pytest.raises(StateError, match="kept by another version"):
        printed(planned, show_plan, plan.id)
    shop = planned.workshop()
    assert shop.plans.forget_before(shop.now() + timedelta(days=3650)) == 1
    shop.close()
    planned.sync()
    assert planned.writes() == 4
