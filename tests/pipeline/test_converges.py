"""Whatever people do and whatever fails: a few runs later both CRMs agree, and stay agreed.

A machine edits two CRMs at random, syncs in between, loses answers, and edits in the middle
of a run. Invariants I1 (convergence), I2 (no echo), I5 (no duplicate create), I11 (honest base).
"""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from include.crmsync.errors import Unavailable
from include.crmsync.model.record import System
from tests.pipeline.story_judge import story_judge
from tests.pipeline.two_crms import LIST, TwoCrms

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
TWO_WAY = {"jobtitle": "Title", "phone": "Phone", "firstname": "FirstName"}
ALL = {**TWO_WAY, "lastname": "LastName", "leadsource": "LeadSource"}
words = st.sampled_from([None, "Ada", "Grace", "020 7946 0001", "Zoë "])
people = st.sampled_from([f"p{number}@example.com" for number in range(6)])


class BothCrms(RuleBasedStateMachine):
    """People, and a sync, at work on two CRMs."""

    here: Bundle[str] = Bundle("here")
    there: Bundle[str] = Bundle("there")

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.crms = TwoCrms(Path(self.folder.name), judge=story_judge)

    @rule(target=here, email=people, listed=st.booleans(), title=words)
    def create_in_hubspot(self, email: str, title: str | None, *, listed: bool) -> str:
        taken = [
            one.id for one in self.crms.hubspot.records.values() if one.raw.get("email") == email
        ]
        if taken:
            return taken[0]
        return self.crms.hubspot_contact(
            listed=listed, email=email, lastname="Person", jobtitle=title
        )

    @rule(target=there, email=people, kind=st.sampled_from(["Contact", "Lead"]), title=words)
    def create_in_salesforce(self, email: str, kind: str, title: str | None) -> str:
        return self.crms.put(SALESFORCE, kind, Email=email, LastName="Person", Title=title)

    @rule(record=here, name=st.sampled_from(sorted(ALL)), value=words)
    def edit_in_hubspot(self, record: str, name: str, value: str | None) -> None:
        self.crms.clock.advance(2)
        self.crms.hubspot.edit(
            record, **{name: value or ("Person" if name == "lastname" else None)}
        )

    @rule(record=there, name=st.sampled_from(sorted(ALL.values())), value=words)
    def edit_in_salesforce(self, record: str, name: str, value: str | None) -> None:
        self.crms.clock.advance(2)
        stored = (value or "").strip() or ("Person" if name == "LastName" else None)
        self.crms.salesforce.edit(record, **{name: stored})

    @rule(record=here)
    def join_or_leave(self, record: str) -> None:
        members = self.crms.hubspot.lists[LIST]
        members.symmetric_difference_update({record})

    @rule(seconds=st.sampled_from([1, 100, 10_000]))
    def time_passes(self, seconds: int) -> None:
        self.crms.clock.advance(seconds)

    @rule()
    def sync(self) -> None:
        self.crms.sync("contacts")

    @rule(
        system=st.sampled_from([HUBSPOT, SALESFORCE]),
        lost=st.sampled_from(["before", "after"]),
    )
    def sync_that_loses_an_answer(self, system: System, lost: str) -> None:
        crm = self.crms.crm(system)
        crm.fail_next(lost=lost)  # type: ignore[arg-type]  # one of the two words
        try:
            self.crms.sync("contacts")
        except Unavailable:
            pass
        finally:
            crm._failures.clear()

    @rule(system=st.sampled_from([HUBSPOT, SALESFORCE]), code=st.sampled_from(["A", "B"]))
    def sync_with_a_refusal(self, system: System, code: str) -> None:
        crm = self.crms.crm(system)
        crm.fail_next(code, retryable=code == "A")
        self.crms.sync("contacts")
        crm._failures.clear()

    @rule(record=there, value=words)
    def sync_with_an_edit_in_the_middle(self, record: str, value: str | None) -> None:
        def edit() -> None:
            self.crms.salesforce.edit(record, Title=(value or "").strip() or None)

        self.crms.salesforce.before_next_write(edit)
        self.crms.sync("contacts")
        self.crms.salesforce._interruptions.clear()

    @invariant()
    def nobody_was_created_twice(self) -> None:
        if not hasattr(self, "crms"):
            return
        for system, key in (
            (HUBSPOT, "crmsync_salesforce_id"),
            (SALESFORCE, "crmsync_hubspot_id__c"),
        ):
            carried = [
                one.raw[key] for one in self.crms.crm(system).records.values() if one.raw.get(key)
            ]
            assert len(carried) == len(set(carried))

    def teardown(self) -> None:
        if not hasattr(self, "crms"):
            return
        try:
            self._settle()
        finally:
            self.folder.cleanup()

    def _settle(self) -> None:
        for _ in range(3):
            self.crms.sync("contacts")
        written = self.crms.writes()
        self.crms.sync("contacts")
        assert self.crms.writes() == written
        held = self.crms.held()
        for hubspot_id, salesforce_id in self.crms.links().items():
            if hubspot_id in held or salesforce_id in held:
                continue
            ours = self.crms.hubspot.records[hubspot_id].raw
            theirs = self.crms.salesforce.records[salesforce_id].raw
            for one, two in TWO_WAY.items():
                assert _canonical(ours.get(one)) == _canonical(theirs.get(two)), (one, hubspot_id)


def _canonical(value: object) -> str:
    return str(value or "").strip()


TestBothCrms = BothCrms.TestCase
TestBothCrms.settings = settings(
    max_examples=max(10, settings().max_examples // 5), stateful_step_count=15, deadline=None
)
