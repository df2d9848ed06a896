"""Taking back, in values alone: what comes back, what stays, and that nothing travels again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.engine.advance import advance
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.merge import Versions, settle
from include.crmsync.engine.reconcile import Situation, reconcile
from include.crmsync.engine.touched import touched
from include.crmsync.engine.undo import Scene, take_back
from include.crmsync.model.link import Link
from include.crmsync.model.outcome import Outcome, Refusal, Result
from include.crmsync.model.plan import Action, Change, Plan, Verb
from include.crmsync.model.record import System, Value
from include.crmsync.model.rule import SyncRule
from tests.builders import field, frame, link, mapping, record

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
IDS = {HUBSPOT: "1", SALESFORCE: "a"}
ADA = "ada@example.com"
VALUES = st.sampled_from([None, "1", "2", "3"])
RULES = st.sampled_from([one for one in SyncRule if one is not SyncRule.DONT_SYNC])


@dataclass
class Pair:
    """A linked pair with one field, and what runs make of it."""

    rule: SyncRule
    held: dict[System, Value]
    link: Link

    def sync(self) -> Plan:
        of = mapping(field("phone", rule=self.rule))
        known = Directory()
        records = {
            system: frame(
                system, [record(system, IDS[system], email=ADA, phone=self.held[system])], of, known
            )
            for system in System
        }
        plan = reconcile(Situation(of, records, (self.link,), known))
        self.land(plan)
        return plan

    def undo(self, done: Plan, *, redo: bool = False) -> Plan:
        journalled = [(one, Outcome(one.id, Result.APPLIED, one.record_id)) for one in done.actions]
        plan = take_back(
            Scene(
                mapping=mapping(field("phone", rule=self.rule)),
                directory=Directory(),
                sync_run="run",
                touched=touched(journalled),
                now={
                    system: {IDS[system]: {"email": ADA, "phone": self.held[system]}}
                    for system in System
                },
                links={system: {IDS[system]: self.link} for system in System},
                redo=redo,
            )
        )
        self.land(plan)
        return plan

    def land(self, plan: Plan, result: Result = Result.APPLIED) -> None:
        """Everything is written and stored as sent."""
        for action in plan.actions if result is Result.APPLIED else ():
            for change in action.changes:
                assert self.held[action.system] == change.before
                self.held[action.system] = change.after
        outcomes = {one.id: Outcome(one.id, result, one.record_id) for one in plan.actions}
        for stored in advance(plan, outcomes, {1: self.link}).links:
            self.link = stored


def linked(rule: SyncRule, base: Value) -> Pair:
    known = link("1", "a", {"email": ADA, "phone": base})
    return Pair(rule, dict.fromkeys(System, base), replace(known, id=1))


@given(rule=RULES, base=VALUES, hubspot=VALUES, salesforce=VALUES)
def test_what_was_taken_back_stays_so_for_ten_runs_and_comes_again_when_that_is_taken_back(
    rule: SyncRule, base: Value, hubspot: Value, salesforce: Value
) -> None:
    pair = linked(rule, base)
    pair.held = {HUBSPOT: hubspot, SALESFORCE: salesforce}
    edited = dict(pair.held)
    done = pair.sync()
    settled = dict(pair.held)
    taken = pair.undo(done)
    assert pair.held == edited
    assert taken.held == ()
    for _ in range(10):
        assert pair.sync().actions == ()
    assert pair.undo(taken, redo=True).held == ()
    assert pair.held == settled
    for _ in range(10):
        assert pair.sync().actions == ()


@given(
    rule=RULES,
    base=VALUES,
    hubspot=VALUES,
    salesforce=VALUES,
    edit=VALUES,
    where=st.sampled_from(System),
)
def test_an_edit_after_that_is_settled_as_if_nothing_else_had_moved(
    rule: SyncRule, base: Value, hubspot: Value, salesforce: Value, edit: Value, where: System
) -> None:
    pair = linked(rule, base)
    pair.held = {HUBSPOT: hubspot, SALESFORCE: salesforce}
    done = pair.sync()
    pair.undo(done)
    pair.sync()
    before = dict(pair.held)
    pair.held[where] = edit
    pair.sync()
    if edit == before[where]:
        assert pair.held == before
        return
    # The other one holds what it did, which is the base of what is merged.
    now = {**before, where: edit}
    told = Versions(before[where.other], now[HUBSPOT], now[SALESFORCE])
    right = settle(told, rule, where)
    assert pair.held == dict.fromkeys(System, right)
    assert pair.sync().actions == ()


def test_the_hold_says_so_and_ends_with_the_first_edit() -> None:
    pair = linked(SyncRule.TWO_WAY, "1")
    pair.held[HUBSPOT] = "2"
    pair.undo(pair.sync())
    [held] = pair.sync().held
    assert (held.criterion, held.field, held.value) == ("taken_back", "phone", "2")
    pair.held[SALESFORCE] = "3"
    assert pair.sync().held == ()
    assert pair.held == {HUBSPOT: "3", SALESFORCE: "3"}


def test_what_did_not_land_leaves_the_base_as_it_was() -> None:
    pair = linked(SyncRule.TWO_WAY, "1")
    pair.held[HUBSPOT] = "2"
    done = pair.sync()
    base = pair.link.base
    journalled = [(one, Outcome(one.id, Result.APPLIED, one.record_id)) for one in done.actions]
    [one] = touched(journalled)
    assert dict(one.fields)["phone"].before == "1"
    pair.held[SALESFORCE] = "9"
    taken = pair.undo(done)
    assert taken.actions == ()
    assert [held.criterion for held in taken.held] == ["undo_edited"]
    assert pair.link.base == base


def action(verb: Verb, name: str, before: Value, after: Value) -> Action:
    change = Change(name, before, after, "")
    return Action(f"{verb}:{name}", verb, HUBSPOT, "contacts", "contacts", "1", "a", (change,))


def test_of_several_writes_the_first_says_what_was_and_the_last_what_is() -> None:
    freed, given_ = action(Verb.FREE, "email", "a", None), action(Verb.UPDATE, "email", None, "b")
    landed = [(one, Outcome(one.id, Result.APPLIED, "1")) for one in (freed, given_)]
    [one] = touched(landed)
    assert (one.fields["email"].before, one.fields["email"].after) == ("a", "b")


def test_what_was_refused_or_never_sent_is_nothing_to_take_back() -> None:
    done = action(Verb.UPDATE, "phone", "1", "2")
    refused = Outcome(done.id, Result.APPLIED, "1", refused=(Refusal("phone", "NO", "no"),))
    assert touched([(done, refused)]) == []
    assert touched([(done, Outcome(done.id, Result.REJECTED, "1"))]) == []


def test_a_write_whose_answer_never_came_counts_if_the_record_shows_it() -> None:
    [one] = touched([(action(Verb.UPDATE, "phone", "1", "2"), None)])
    assert one.fields["phone"].known is False
    told: Mapping[str, Value] = {"phone": "2"}
    plan = take_back(
        Scene(
            mapping=mapping(),
            directory=Directory(),
            sync_run="run",
            touched=[one],
            now={HUBSPOT: {"1": told}, SALESFORCE: {}},
            links={HUBSPOT: {"1": replace(link("1", "a", {"phone": "1"}), id=1)}, SALESFORCE: {}},
        )
    )
    [put_back] = plan.actions
    assert [(change.before, change.after) for change in put_back.changes] == [("2", "1")]
