"""Laws of kept plans: applied at once it is what a run would have written; edited since, a part."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.crmsync.errors import StalePlan
from include.crmsync.model.kept_plan import Applied, KeptPlan
from include.crmsync.model.plan import Action, Verb
from include.crmsync.model.record import Record, System
from tests.pipeline.story_judge import story_judge
from tests.pipeline.two_crms import TwoCrms

HUBSPOT, SALESFORCE = System
PEOPLE = 4
NAMES = {
    "title": ("jobtitle", "Title"),
    "phone": ("phone", "Phone"),
    "city": ("city", "MailingCity"),
}
VALUES = ("+1 555 0100 200", "+1 555 0100 300", "")


@dataclass(frozen=True)
class Edit:
    """Somebody edits, deletes or adds a contact in one system."""

    system: System
    whom: int
    """Of the first contacts; one behind the last is new."""
    field: str
    value: str
    """None of the fields': the record is deleted."""


edit = st.builds(
    Edit,
    st.sampled_from(System),
    st.integers(0, PEOPLE),
    st.sampled_from([*NAMES, "delete"]),
    st.sampled_from(VALUES),
)
edits = st.lists(edit, min_size=1, max_size=6)
few = settings(max_examples=settings().max_examples // 10)
"""Each plays some whole runs."""


Held = dict[System, dict[str, dict[str, Any]]]


class World:
    """Two CRMs with some people in both of them, or in one."""

    def __init__(self, folder: Path) -> None:
        self.crms = TwoCrms(folder, judge=story_judge)
        for at in range(PEOPLE):
            self.crms.hubspot_contact(email=f"p{at}@example.com", lastname=f"P{at}")
        self.crms.sync()
        links = self.crms.links()
        self.people = {
            HUBSPOT: sorted(links, key=lambda id_: self.crms.hubspot.records[id_].raw["email"]),
        }
        self.people[SALESFORCE] = [links[id_] for id_ in self.people[HUBSPOT]]
        self.made = 0

    def edit(self, some: Sequence[Edit]) -> None:
        for one in some:
            self.crms.clock.advance(7)
            self._edit(one)
        self.crms.clock.advance(60)

    def _edit(self, one: Edit) -> None:
        crm = self.crms.crm(one.system)
        if one.whom == PEOPLE:
            self.made += 1
            email = f"new{self.made}@example.com"
            if one.system is HUBSPOT:
                self.crms.hubspot_contact(email=email, lastname="New")
            else:
                self.crms.put(SALESFORCE, "Contact", Email=email, LastName="New")
            return
        id_ = self.people[one.system][one.whom]
        if id_ not in crm.records:
            return
        if one.field == "delete":
            crm.remove(id_)
        else:
            crm.edit(id_, **{NAMES[one.field][one.system is SALESFORCE]: one.value})

    def plan(self) -> KeptPlan | None:
        """The plan of a dry run; None where there was nothing to plan."""
        shop = self.crms.workshop()
        try:
            self.crms.sync(dry_run=True)
            known = [one for one in shop.plans.all() if one.object_type == "contacts"]
            return shop.plans.load(known[0].id) if known else None
        finally:
            shop.close()

    def applied(self, plan: str) -> Applied:
        shop = self.crms.workshop()
        try:
            found = shop.plans.applied(plan)
            assert found is not None
            return found
        finally:
            shop.close()

    def names(self, action: Action) -> set[str]:
        """The system's own names of what an action writes."""
        shop = self.crms.workshop()
        try:
            mapping = shop.mappings[action.object_type]
            told = {one.field for one in action.changes}
            named = {mapping.wire_name(one, action.system, action.kind) for one in told}
            return {name for name in named if name}
        finally:
            shop.close()

    def held(self) -> Held:
        return {
            system: {id_: _mapped(one) for id_, one in self.crms.crm(system).records.items()}
            for system in System
        }


def _mapped(record: Record) -> dict[str, Any]:
    return {name: value for name, value in record.raw.items() if value not in (None, "")}


@few
@given(edits)
def test_a_plan_applied_at_once_is_what_a_run_would_have_written(some: list[Edit]) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        planned, ran = World(Path(one)), World(Path(other))
        for world in (planned, ran):
            world.edit(some)
        plan = planned.plan()
        ran.crms.sync(dry_run=True)  # the clocks keep step
        if plan is None:
            return
        planned.crms.sync(apply_plan=plan.id)
        ran.crms.sync()
        assert planned.held() == ran.held()
        assert planned.crms.links() == ran.crms.links()
        for world in (planned, ran):
            world.crms.clock.advance(60)
            world.crms.sync()
        assert planned.held() == ran.held()
        assert planned.crms.writes() == ran.crms.writes()


@few
@given(edits, edits)
def test_after_more_edits_what_is_written_is_a_part_of_the_plan_and_no_edit_is_lost(
    before: list[Edit], since: list[Edit]
) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.edit(before)
        plan = world.plan()
        if plan is None:
            return
        world.edit(since)
        was, written = world.held(), world.crms.writes()
        world.crms.sync(apply_plan=plan.id)
        now, done = world.held(), world.applied(plan.id)
        landed = [one for one in plan.plan.actions if one.id not in done.left]
        assert world.crms.writes() - written == done.results.get("applied", 0) == len(landed)
        _assert_only_these(landed, was, now, world)
        with pytest.raises(StalePlan):
            world.crms.sync(apply_plan=plan.id)
        assert world.held() == now
        for _ in range(2):
            world.crms.clock.advance(60)
            world.crms.sync()
        writes = world.crms.writes()
        world.crms.clock.advance(60)
        world.crms.sync()
        assert world.crms.writes() == writes


def _assert_only_these(landed: list[Action], was: Held, now: Held, world: World) -> None:
    """Whatever moved between two moments, one of these actions moved it."""
    allowed = {(one.system, one.record_id): world.names(one) for one in landed}
    creates = sum(one.verb is Verb.CREATE for one in landed)
    assert sum(len(now[one].keys() - was[one].keys()) for one in System) == creates
    for system in System:
        for id_, before in was[system].items():
            moved = _moved(before, now[system].get(id_))
            assert moved <= allowed.get((system, id_), set())


def _moved(was: dict[str, Any] | None, now: dict[str, Any] | None) -> set[str]:
    before, after = was or {}, now or {}
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
