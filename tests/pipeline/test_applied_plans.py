"""A plan that was looked at is applied as it stands: that, once, and nothing that went stale."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from include.crmsync.errors import ConfigError, GuardTripped, StalePlan
from include.crmsync.model.kept_plan import Applied
from include.crmsync.model.record import System
from include.crmsync.model.schema import FieldSchema
from include.crmsync.pipeline.forget import Person, forget
from tests.pipeline.two_crms import TwoCrms, plan_named_in

HUBSPOT, SALESFORCE = System


def person(crms: TwoCrms, name: str = "ada", **values: Any) -> tuple[str, str]:
    """A contact that both systems have, linked."""
    told = {"email": f"{name}@example.com", "lastname": name.title(), "jobtitle": "Analyst"}
    hubspot_id = crms.hubspot_contact(**told | values)
    crms.sync()
    return hubspot_id, crms.links()[hubspot_id]


def dry(crms: TwoCrms, object_type: str = "contacts") -> str:
    """A dry run; the id of its plan."""
    crms.clock.advance(60)
    crms.sync(dry_run=True)
    shop = crms.workshop()
    try:
        return next(one.id for one in shop.plans.all() if one.object_type == object_type)
    finally:
        shop.close()


def outcome(crms: TwoCrms, plan: str) -> Applied:
    shop = crms.workshop()
    try:
        found = shop.plans.applied(plan)
        assert found is not None
        return found
    finally:
        shop.close()


def state(object_type: str, told: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in told["object_types"] if one["object_type"] == object_type)


def title(crms: TwoCrms, salesforce_id: str) -> Any:
    return crms.salesforce.records[salesforce_id].raw["Title"]


def converged(crms: TwoCrms) -> bool:
    """Whether, after one run more, nothing is left to write."""
    crms.clock.advance(60)
    crms.sync()
    written = crms.writes()
    crms.clock.advance(60)
    crms.sync()
    return crms.writes() == written


def watermarks(crms: TwoCrms) -> Any:
    shop = crms.workshop()
    try:
        return {name: shop.store.watermarks(name) for name in ("companies", "contacts", "deals")}
    finally:
        shop.close()


def test_exactly_the_plan_is_written_and_no_watermark_moves(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    grace = crms.hubspot_contact(email="grace@example.com", lastname="Hopper")
    plan = dry(crms)
    late = crms.hubspot_contact(email="late@example.com", lastname="Late")
    crms.hubspot.edit(hubspot_id, phone="+1 555 0100 200")
    before, written = watermarks(crms), crms.writes()
    told = crms.sync(apply_plan=plan)
    assert crms.writes() == written + 2
    assert title(crms, salesforce_id) == "Chief"
    assert not crms.salesforce.records[salesforce_id].raw.get("Phone")
    assert crms.links().keys() == {hubspot_id, grace}
    assert watermarks(crms) == before
    assert outcome(crms, plan).results == {"applied": 2}
    contacts = state("contacts", told)
    assert contacts["state"] == "done"
    assert contacts["note"] == f"applied the plan {plan}: 2 applied"
    assert state("deals", told)["state"] == "nothing_to_do"
    crms.sync()
    assert late in crms.links()
    assert crms.salesforce.records[salesforce_id].raw["Phone"] == "+1 555 0100 200"
    assert converged(crms)


def test_what_was_applied_is_no_change_for_the_next_run(crms: TwoCrms) -> None:
    hubspot_id, _ = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    crms.hubspot_contact(email="grace@example.com", lastname="Hopper")
    crms.sync(apply_plan=dry(crms))
    written = crms.writes()
    for _ in range(3):
        crms.clock.advance(60)
        crms.sync()
    assert crms.writes() == written


def test_a_plan_is_applied_once(crms: TwoCrms) -> None:
    hubspot_id, _ = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    plan = dry(crms)
    crms.sync(apply_plan=plan)
    written = crms.writes()
    with pytest.raises(StalePlan, match=r"was applied already, .* by the run run-3"):
        crms.sync(apply_plan=plan)
    assert crms.writes() == written


def test_a_plan_that_writes_nothing_is_applied_once_too(crms: TwoCrms) -> None:
    hubspot_id, _ = person(crms)
    crms.sync()
    crms.crm(System.HUBSPOT).remove(hubspot_id)
    crms.clock.advance(60)
    plan = dry(crms)
    crms.sync(apply_plan=plan)
    assert outcome(crms, plan).results == {}
    with pytest.raises(StalePlan, match="applied already"):
        crms.sync(apply_plan=plan)


def test_a_plan_that_a_run_made_and_wrote_by_itself_is_not_applied_once_more(
    crms: TwoCrms,
) -> None:
    hubspot_id, _ = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    plan = dry(crms)
    crms.sync()
    with pytest.raises(StalePlan, match=r"was applied already, .* by the run run-3"):
        crms.sync(apply_plan=plan)


def test_a_run_that_is_cleared_after_it_applied_a_plan_writes_nothing_more(crms: TwoCrms) -> None:
    hubspot_id, _ = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    plan = dry(crms)
    crms.sync(apply_plan=plan)
    written, before = crms.writes(), outcome(crms, plan)
    crms.runs -= 1
    told = crms.sync(apply_plan=plan)
    assert state("contacts", told)["note"] == f"the plan {plan} was applied by this run"
    assert crms.writes() == written
    assert outcome(crms, plan) == before


def test_a_plan_made_anew_after_it_was_applied_may_be_applied_anew(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    plan = dry(crms)
    crms.sync(apply_plan=plan)
    crms.hubspot.edit(hubspot_id, jobtitle="Analyst")
    crms.clock.advance(60)
    crms.sync()
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    assert dry(crms) == plan
    crms.sync(apply_plan=plan)
    assert title(crms, salesforce_id) == "Chief"


def _synced(crms: TwoCrms, hubspot_id: str) -> None:
    """Another run is faster, with a plan of its own."""
    crms.hubspot.edit(hubspot_id, city="Oxford")
    crms.sync()


Change = Callable[[TwoCrms, str, str], object]
STALE: dict[str, tuple[Change, str]] = {
    "edited where the value comes from": (
        lambda crms, ours, _: crms.hubspot.edit(ours, jobtitle="Newer"),
        "title changed in HubSpot after the plan was made",
    ),
    "deleted where the value comes from": (
        lambda crms, ours, _: crms.hubspot.remove(ours),
        "its counterpart was deleted in HubSpot, or hidden, after the plan was made",
    ),
    "edited where it is written": (
        lambda crms, _, theirs: crms.salesforce.edit(theirs, Title="Newer"),
        "title changed in Salesforce since it was read",
    ),
    "deleted where it is written": (
        lambda crms, _, theirs: crms.salesforce.remove(theirs),
        "it was deleted in Salesforce, or hidden, since it was read",
    ),
    "synced by another run": (
        lambda crms, ours, _: _synced(crms, ours),
        "its link was changed by another sync run after the plan was made",
    ),
}


@pytest.mark.parametrize("what", STALE)
def test_what_went_stale_is_left_untouched_and_told_and_the_rest_is_written(
    crms: TwoCrms, what: str
) -> None:
    hubspot_id, salesforce_id = person(crms)
    other, counterpart = person(crms, "grace")
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    crms.hubspot.edit(other, jobtitle="Admiral")
    plan = dry(crms)
    change, why = STALE[what]
    crms.clock.advance(60)
    change(crms, hubspot_id, salesforce_id)
    before = dict(crms.salesforce.records)
    told = crms.sync(apply_plan=plan)
    if what != "synced by another run":
        assert outcome(crms, plan).results == {"applied": 1, "superseded": 1}
        assert title(crms, counterpart) == "Admiral"
    assert crms.salesforce.records.get(salesforce_id) == before.get(salesforce_id)
    left = outcome(crms, plan).left
    assert why in left[f"contacts:update:salesforce:{salesforce_id}"]
    assert state("contacts", told)["directions"][0]["waiting"] >= 1
    assert converged(crms)
    shop = crms.workshop()
    assert shop.store.due("contacts") == []
    shop.close()


def test_a_change_that_is_not_the_plans_makes_nothing_stale(crms: TwoCrms) -> None:
    hubspot_id, salesforce_id = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    plan = dry(crms)
    crms.hubspot.edit(hubspot_id, phone="+1 555 0100 200")
    crms.salesforce.edit(salesforce_id, MailingCity="Oxford")
    crms.sync(apply_plan=plan)
    assert outcome(crms, plan).results == {"applied": 1}
    assert converged(crms)
    assert crms.hubspot.records[hubspot_id].raw["city"] == "Oxford"
    assert crms.salesforce.records[salesforce_id].raw["Phone"] == "+1 555 0100 200"


def test_a_new_record_that_was_edited_or_deleted_since_is_not_created(crms: TwoCrms) -> None:
    edited = crms.hubspot_contact(email="ada@example.com", lastname="Lovelace")
    deleted = crms.hubspot_contact(email="grace@example.com", lastname="Hopper")
    plan = dry(crms)
    crms.hubspot.edit(edited, lastname="King")
    crms.hubspot.remove(deleted)
    crms.sync(apply_plan=plan)
    assert crms.records(SALESFORCE, "Contact") == []
    assert outcome(crms, plan).results == {"superseded": 2}
    assert converged(crms)
    [created] = crms.records(SALESFORCE, "Contact")
    assert created.raw["LastName"] == "King"


def test_a_new_record_that_was_linked_since_is_not_created_again(crms: TwoCrms) -> None:
    crms.hubspot_contact(email="ada@example.com", lastname="Lovelace")
    plan = dry(crms)
    crms.hubspot_contact(email="grace@example.com", lastname="Hopper")
    crms.sync()
    crms.sync(apply_plan=plan)
    assert len(crms.records(SALESFORCE, "Contact")) == 2
    [why] = outcome(crms, plan).left.values()
    assert "linked after the plan" in why


def test_records_that_only_match_are_linked_by_the_plan(crms: TwoCrms) -> None:
    ours = crms.hubspot_contact(email="ada@example.com", lastname="Lovelace")
    theirs = crms.put(SALESFORCE, "Contact", Email="ada@example.com", LastName="Lovelace")
    plan = dry(crms)
    crms.sync(apply_plan=plan)
    assert crms.links() == {ours: theirs}
    assert converged(crms)


def test_a_plan_that_the_guard_stopped_is_applied_by_its_id(crms: TwoCrms) -> None:
    crms.policies["companies"] = frozenset(System)
    crms.rules["companies"] = {"needs_contact": frozenset()}
    ids = [crms.put(SALESFORCE, "Account", Name=f"Firm {at}") for at in range(14)]
    crms.sync()
    for id_ in ids[:12]:
        crms.salesforce.remove(id_)
    with pytest.raises(GuardTripped) as stopped:
        crms.sync()
    assert len(crms.records(HUBSPOT, "companies")) == 14
    restored = next(iter(crms.salesforce.bin))
    crms.salesforce.restore(restored)
    crms.sync(apply_plan=plan_named_in(stopped.value))
    assert len(crms.records(HUBSPOT, "companies")) == 3
    done = outcome(crms, plan_named_in(stopped.value))
    assert done.results == {"applied": 11, "superseded": 1}
    assert f"{restored} came back in Salesforce" in "".join(done.left.values())
    assert converged(crms)


def test_plans_of_several_object_types_are_applied_by_one_run(crms: TwoCrms) -> None:
    _, account = crms.rules, crms.put(SALESFORCE, "Account", Name="Firm")
    crms.put(SALESFORCE, "Contact", Email="ada@example.com", LastName="Lovelace")
    contacts, companies = dry(crms), dry(crms, "companies")
    told = crms.sync(apply_plan=f"{contacts}, {companies}")
    assert [one["state"] for one in told["object_types"]] == ["done", "done", "nothing_to_do"]
    assert account in crms.links("companies").values()
    assert len(crms.links()) == 1


def test_a_plan_that_is_too_old_is_refused(crms: TwoCrms) -> None:
    hubspot_id, _ = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    plan = dry(crms)
    crms.settings["plan_age"] = timedelta(hours=5)
    crms.clock.advance(5 * 3600 + 1)
    with pytest.raises(StalePlan, match=r"older than CRMSYNC_PLAN_HOURS \(5\)"):
        crms.sync(apply_plan=plan)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("0123456789abcdef", "no plan 0123456789abcdef is kept"),
        ("../../state", "is no plan's id"),
        ("{plan} 0123456789abcdef", "no plan 0123456789abcdef is kept"),
        ("{plan} {other}", "several plans of contacts"),
    ],
)
def test_what_names_no_plan_is_refused_before_anything_is_read(
    crms: TwoCrms, named: str, words: str
) -> None:
    hubspot_id, _ = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    other = dry(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Chief of Staff")
    plan = dry(crms)
    calls = crms.hubspot.calls, crms.salesforce.calls
    with pytest.raises(ConfigError, match=words):
        crms.sync(apply_plan=named.format(plan=plan, other=other))
    assert (crms.hubspot.calls, crms.salesforce.calls) == calls


def test_a_run_is_dry_or_applies_a_plan(crms: TwoCrms) -> None:
    crms.hubspot_contact(email="ada@example.com", lastname="Lovelace")
    with pytest.raises(ConfigError, match="leave out dry_run, or apply_plan"):
        crms.sync(apply_plan=dry(crms), dry_run=True)


def test_fields_whose_schema_was_changed_since_are_stale_and_others_are_not(
    crms: TwoCrms,
) -> None:
    hubspot_id, salesforce_id = person(crms)
    other, counterpart = person(crms, "grace")
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    crms.hubspot.edit(other, lastname="Hopper")
    crms.salesforce.fields = {"Contact": _fields(crms, Title=80)}
    crms.settings["schema_age"] = timedelta(0)
    plan = dry(crms)
    crms.salesforce.fields = {"Contact": _fields(crms, Title=40)}
    crms.sync(apply_plan=plan)
    assert title(crms, salesforce_id) == "Analyst"
    assert crms.salesforce.records[counterpart].raw["LastName"] == "Hopper"
    [why] = outcome(crms, plan).left.values()
    assert why.startswith("the mapping or the schema of title was changed after the plan")


def _fields(crms: TwoCrms, **lengths: int) -> dict[str, FieldSchema]:
    """A live schema of Salesforce's contacts in which every mapped field is a text."""
    shop = crms.workshop()
    mapping = shop.mappings["contacts"]
    shop.close()
    names = [*mapping.wire_fields(SALESFORCE, "Contact"), mapping.salesforce_key]
    plain = FieldSchema("string", length=255)
    found = {name: replace(plain, length=lengths.get(name, 255)) for name in names}
    found[mapping.salesforce_key] = FieldSchema("string", unique=True, external_id=True)
    return found


def test_a_mapping_that_recognises_records_otherwise_refuses_the_whole_plan(
    crms: TwoCrms,
) -> None:
    hubspot_id, _ = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    plan = dry(crms)
    written = crms.writes()
    crms.rules["contacts"] = {"creates_in": frozenset({HUBSPOT})}
    with pytest.raises(StalePlan, match="the mapping of contacts was changed"):
        crms.sync(apply_plan=plan)
    assert crms.writes() == written


def test_a_plan_of_somebody_who_was_forgotten_cannot_be_applied(crms: TwoCrms) -> None:
    hubspot_id, _ = person(crms)
    crms.hubspot.edit(hubspot_id, jobtitle="Chief")
    plan = dry(crms)
    shop = crms.workshop()
    forget(shop, Person(email="ada@example.com"))
    shop.close()
    with pytest.raises(ConfigError, match="names a contact who was forgotten"):
        crms.sync(apply_plan=plan)


def test_people_who_exchange_addresses_do_so_all_or_none(crms: TwoCrms) -> None:
    ada, ben = person(crms, "ada"), person(crms, "ben")
    crms.salesforce.edit(ada[1], Email="ben@example.com")
    crms.salesforce.edit(ben[1], Email="ada@example.com")
    plan = dry(crms)
    crms.salesforce.edit(ben[1], Email="new@example.com")
    crms.sync(apply_plan=plan)
    assert "applied" not in outcome(crms, plan).results
    mails = {id_: crms.hubspot.records[id_].raw["email"] for id_ in (ada[0], ben[0])}
    assert mails == {ada[0]: "ada@example.com", ben[0]: "ben@example.com"}
    assert converged(crms)
    assert crms.hubspot.records[ada[0]].raw["email"] == "ben@example.com"


def test_what_the_plan_held_is_held_by_the_next_run(crms: TwoCrms) -> None:
    ada, _ = person(crms, "ada"), person(crms, "ben")
    crms.salesforce.edit(ada[1], Title="Chief", Email="ben@example.com")
    stranger = crms.hubspot_contact(email="no address", lastname="Nobody")
    plan = dry(crms)
    crms.sync(apply_plan=plan)
    assert crms.hubspot.records[ada[0]].raw["jobtitle"] == "Chief"
    assert crms.held() == {}
    crms.sync()
    assert crms.held()[ada[1]] == {"value_unshared"}
    assert stranger in crms.held()
