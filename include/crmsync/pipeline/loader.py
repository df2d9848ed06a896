"""One load at work: its looks, its intents, and what becomes of its actions, in one system.

What landed is recorded as soon as it is known, and before it what the write had overwritten unseen.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from include.crmsync.adapters.batches import chunks
from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.salesforce_write import BROKEN_RULE
from include.crmsync.errors import LimitReached
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action
from include.crmsync.model.record import System
from include.crmsync.pipeline.landed import outcomes
from include.crmsync.pipeline.look import before_write, current
from include.crmsync.pipeline.look_back import overwritten
from include.crmsync.pipeline.partial import LeftOut
from include.crmsync.pipeline.schemas import is_passing, look_for_rule
from include.crmsync.pipeline.surroundings import directory_of
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.pipeline.writes import to_write

WAITS = "there is no room for it in the calls of the day; it goes by itself when there is"


class Load:
    """One load at work, in one system."""

    def __init__(self, sync_run: str, mapping: ObjectMapping, system: System, shop: Workshop):
        self.sync_run = sync_run
        self.mapping = mapping
        self.shop = shop
        self.gateway = shop.gateways[system]
        self.directory = directory_of(sync_run, mapping, shop)
        self.done = shop.journal.outcomes(sync_run, mapping.object_type)
        self.intended = shop.journal.intended(sync_run, mapping.object_type)
        self.left_out = LeftOut(sync_run, mapping, shop)
        self.looks_back = False
        """Whether it writes so little that it asks afterwards what was overwritten."""
        self.looked_at: datetime | None = None
        self.follows = True
        """Whether what is deleted follows a counterpart that is gone."""

    def record(self, found: Sequence[Outcome]) -> None:
        if found:
            self.shop.journal.record(
                self.sync_run, self.mapping.object_type, found, self.shop.now()
            )
            self.done |= {outcome.action_id: outcome for outcome in found}

    def intend(self, actions: Sequence[Action]) -> None:
        ids = [action.id for action in actions]
        self.shop.journal.intend(self.sync_run, self.mapping.object_type, ids, self.shop.now())

    def look(self, actions: Sequence[Action]) -> list[Action]:
        """The actions that may be written: what landed already or came too late is recorded."""
        left = [self.left_out.rest_of(one) for one in actions]
        self.record([self.left_out.all_refused(one) for one in left if not one.changes])
        left = [one for one in left if one.changes]
        now = current(left, self.mapping, self.gateway, self.directory)
        self.looked_at = self.gateway.answered_at
        judged = (before_write(one, now, intended=one.id in self.intended) for one in left)
        found = [self.left_out.told(outcome) for outcome in judged if outcome]
        self.look_back(found, {one.id: one for one in left}, None)
        self.record(found)
        return [action for action in left if action.id not in self.done]

    def settle(self, answers: Sequence[Written], actions: Sequence[Action]) -> None:
        """Record what became of actions; one that a field stops stays open, without the field."""
        by_id = {action.id: self.left_out.rest_of(action) for action in actions}
        for refused in self.left_out.note(answers, by_id):
            self._learn(refused.code, refused.message)
        rest = {one.key: self.left_out.rest_of(by_id[one.key]) for one in answers}
        self.record([self.left_out.all_refused(one) for one in rest.values() if not one.changes])
        ended = [one for one in answers if rest[one.key] == by_id[one.key]]
        for some in chunks(ended, self.gateway.window):
            ends = outcomes(some, by_id, self.mapping, self.gateway, self.directory)
            found = [self._retried(self.left_out.told(one)) for one in ends]
            self.look_back(found, by_id, self.looked_at)
            self.record(found)

    def look_back(
        self, found: Sequence[Outcome], actions: Mapping[str, Action], since: datetime | None
    ) -> None:
        """Journal what was overwritten unseen; before the outcomes, so that a killed load asks."""
        if not self.looks_back:
            return
        with suppress(LimitReached):
            lost = overwritten(found, actions, since, self.mapping, self.gateway, self.directory)
            self.shop.journal.amend(self.sync_run, self.mapping.object_type, lost)

    def wait(self, actions: Sequence[Action]) -> None:
        """Leave what has no outcome yet to a run that has room for it."""
        left = [one for one in actions if one.id not in self.done]
        self.record([Outcome(one.id, Result.WAITING, one.record_id, message=WAITS) for one in left])

    def _retried(self, outcome: Outcome) -> Outcome:
        """A refusal that fresh schemas may mend is tried once more."""
        if outcome.code is None:
            return outcome
        passing = self._learn(outcome.code, outcome.message or "")
        if outcome.result is Result.REJECTED and passing:
            return replace(outcome, result=Result.RETRYABLE)
        return outcome

    def _learn(self, code: str, message: str) -> bool:
        """Let the next run look at fields and rules anew where a refusal says that they moved."""
        if code == BROKEN_RULE:
            look_for_rule(message, self.mapping.object_type, self.sync_run, self.shop)
        return self.is_passing(code)

    def is_passing(self, code: str) -> bool:
        return is_passing(code, self.mapping.object_type, self.sync_run, self.shop)

    def writes(self, actions: Sequence[Action]) -> list[Write]:
        return [to_write(action, self.mapping, self.directory) for action in actions]
