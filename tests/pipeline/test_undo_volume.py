"""Taking back a run of 5,000 changes after somebody edited a tenth of them."""

import tracemalloc

import pytest

from include.crmsync.errors import GuardTripped
from include.crmsync.model.record import System
from tests.pipeline.two_crms import TwoCrms, plan_named_in

MANY, EDITED = 5_000, 500


@pytest.mark.long
def test_what_was_edited_is_listed_and_all_else_comes_back(crms: TwoCrms) -> None:
    for number in range(MANY):
        crms.hubspot_contact(email=f"p{number}@example.com", lastname="Person", jobtitle="Analyst")
    crms.sync("contacts")
    links = crms.links()
    for id_ in links:
        crms.hubspot.edit(id_, jobtitle="Boss")
    with pytest.raises(GuardTripped) as stopped:
        crms.sync("contacts")
    crms.sync("contacts", allow_plan=plan_named_in(stopped.value))
    done = crms.runs
    edited = sorted(links.values())[::10][:EDITED]
    for id_ in edited:
        crms.salesforce.edit(id_, Title="Chief")
    calls = crms.hubspot.calls + crms.salesforce.calls
    tracemalloc.start()
    with pytest.raises(GuardTripped) as stopped:
        crms.undo(done)
    left = crms.undo(done, allow_plan=plan_named_in(stopped.value))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    titles = [one.raw["Title"] for one in crms.records(System.SALESFORCE, "Contact")]
    assert titles.count("Analyst") == MANY - EDITED
    assert titles.count("Chief") == EDITED
    assert {one.record_id for one in left} == set(edited)
    assert {(one.criterion, one.field) for one in left} == {("undo_edited", "title")}
    # Each record is read to plan, twice, and to look; nothing is asked one by one.
    assert crms.hubspot.calls + crms.salesforce.calls - calls < 200
    assert peak < 200_000_000
    written = crms.writes()
    crms.sync("contacts")
    assert {one.raw["jobtitle"] for one in crms.records(System.HUBSPOT, "contacts")} == {
        "Boss",
        "Chief",
    }
    assert crms.writes() == written + EDITED
