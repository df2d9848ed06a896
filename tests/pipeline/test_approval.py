"""A person is asked before a plan is written: what the question says, and what a no does."""

from typing import Any

import pytest

from include.crmsync.model.run import RunState
from include.crmsync.pipeline import approval, commit, extract, load, plan, validate
from include.crmsync.pipeline.summary import summary
from include.crmsync.pipeline.undo import asked as undo_asked
from include.crmsync.pipeline.undo import extract as undo_extract
from include.crmsync.pipeline.undo import plan as undo_plan
from tests.pipeline.two_crms import TwoCrms

RUN = "scheduled__1"
NAMES: dict[str, str] = {"sync_run": RUN, "object_type": "contacts"}
CANARIES = ("canary@example.com", "Canarylace", "Canaryness")


def planned(crms: TwoCrms) -> str:
    """Everything up to the plan; its reference."""
    shop = crms.workshop()
    try:
        extracted = extract.run("contacts", RUN, workshop=shop)
        assert extracted is not None
        judged = str(validate.run(extracted, **NAMES, workshop=shop))
        made = plan.run(judged, **NAMES, workshop=shop)
        assert made is not None
        return made
    finally:
        shop.close()


def asked(crms: TwoCrms, made: str) -> approval.Question | None:
    shop = crms.workshop()
    try:
        return approval.ask(made, **NAMES, workshop=shop)
    finally:
        shop.close()


def rejected(crms: TwoCrms, *, answered: bool) -> dict[str, Any]:
    shop = crms.workshop()
    try:
        approval.reject(**NAMES, answered=answered, workshop=shop)
        return summary(RUN, shop)
    finally:
        shop.close()


@pytest.fixture
def made(crms: TwoCrms) -> str:
    crms.hubspot_contact(email="canary@example.com", lastname="Canarylace", jobtitle="Canaryness")
    return planned(crms)


def test_the_question_has_counts_ids_and_the_plans_place_and_no_value(
    crms: TwoCrms, made: str
) -> None:
    question = asked(crms, made)
    assert question is not None
    shop = crms.workshop()
    [kept] = shop.plans.all()
    where = str(shop.plans.folder(kept.id))
    shop.close()
    text = f"{question.subject}\n{question.body}"
    [hubspot_id] = crms.hubspot.records
    assert question.subject == f"Write 1 changes of contacts? Plan {kept.id}"
    assert "1 to create in Salesforce" in text
    assert f"create Contact `new`, counterpart `{hubspot_id}` in Salesforce: email" in text
    assert where in text
    assert f"plan show {kept.id}" in text
    assert [one for one in CANARIES if one.lower() in text.lower()] == []


def test_a_question_names_some_records_and_counts_the_rest(crms: TwoCrms) -> None:
    for at in range(approval.NAMED + 5):
        crms.hubspot_contact(email=f"p{at}@example.com", lastname="P")
    question = asked(crms, planned(crms))
    assert question is not None
    assert question.body.count("- create") == approval.NAMED
    assert "- and 5 more" in question.body


def test_nobody_is_asked_about_a_plan_that_writes_nothing(crms: TwoCrms) -> None:
    crms.hubspot_contact(listed=False, email="canary@example.com", lastname="Canarylace")
    assert asked(crms, planned(crms)) is None


@pytest.mark.parametrize(
    ("answered", "words"), [(True, "a person rejected"), (False, "nobody approved")]
)
def test_a_rejected_plan_ends_the_run_which_says_so_and_the_next_plans_afresh(
    crms: TwoCrms, made: str, answered: bool, words: str
) -> None:
    asked(crms, made)
    told = rejected(crms, answered=answered)
    assert told["state"] == RunState.REJECTED
    assert told["object_types"][0]["note"].startswith(words)
    assert crms.writes() == 0
    crms.sync()
    assert len(crms.links()) == 1


def test_an_approved_plan_is_written_by_its_own_run(crms: TwoCrms, made: str) -> None:
    asked(crms, made)
    shop = crms.workshop()
    commit.run(load.run(made, **NAMES, workshop=shop), **NAMES, workshop=shop)
    shop.close()
    assert len(crms.links()) == 1


def test_a_kept_plan_that_is_applied_is_asked_about_as_it_is_kept(crms: TwoCrms) -> None:
    crms.hubspot_contact(email="canary@example.com", lastname="Canarylace")
    crms.sync(dry_run=True)
    shop = crms.workshop()
    [kept] = [one for one in shop.plans.all() if one.object_type == "contacts"]
    before = shop.plans.load(kept.id)
    extracted = extract.run("contacts", RUN, apply_plan=kept.id, workshop=shop)
    assert extracted is not None
    judged = str(validate.run(extracted, **NAMES, workshop=shop))
    made = plan.run(judged, **NAMES, workshop=shop)
    assert made is not None
    question = approval.ask(made, **NAMES, workshop=shop)
    assert question is not None
    assert kept.id in question.subject
    assert shop.plans.load(kept.id) == before
    shop.close()


def test_a_run_that_is_to_be_taken_back_is_asked_about_too(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(email="canary@example.com", lastname="Canarylace")
    crms.sync()
    crms.hubspot.edit(hubspot_id, jobtitle="Canaryness")
    crms.sync()
    shop = crms.workshop()
    undo = undo_asked.asked({"sync_run": f"run-{crms.runs}", "dry_run": False}, shop)
    undo_asked.remember(undo, RUN, shop)
    recalled = undo_extract.run("contacts", RUN, workshop=shop)
    assert recalled is not None
    made = undo_plan.run(recalled, **NAMES, workshop=shop)
    assert made is not None
    question = approval.ask(made, **NAMES, workshop=shop)
    assert question is not None
    assert "1 to update in Salesforce" in question.body
    assert "title" in question.body
    assert [one for one in CANARIES if one.lower() in question.body.lower()] == []
    approval.reject(**NAMES, answered=True, workshop=shop)
    assert summary(RUN, shop)["state"] == RunState.REJECTED
    shop.close()
    assert crms.salesforce.records[crms.links()[hubspot_id]].raw["Title"] == "Canaryness"
