"""One bad field does not stop a record: what is left of a write when a CRM refuses some of it.

Where a refusal is about fields alone, they are left out and the others are sent again, in the
same run; what is left out is journalled before that, so that a killed load goes on with the
rest and asks for nothing twice. A new record without a field it is nothing without (a required
one, its parent, what it is recognised by) is not made: it is held as a whole. So is one whose
refusal names no field, or one that was not sent. A record that was made before its parent was
refused is there, and is linked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from include.crmsync.adapters.gateway import Written
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.outcome import Outcome, Refusal, Result
from include.crmsync.model.plan import Action, Verb
from include.crmsync.pipeline.workshop import Workshop


class LeftOut:
    """The fields that the writes of one run leave out, as the journal has them."""

    def __init__(self, sync_run: str, mapping: ObjectMapping, shop: Workshop) -> None:
        self._run = sync_run, mapping.object_type
        self._mapping = mapping
        self._journal = shop.journal
        self._refused = self._journal.left_out(*self._run)

    def rest_of(self, action: Action) -> Action:
        """What of an action is still to be sent: nothing that was refused before."""
        names = {one.field for one in self._refused.get(action.id, ())}
        if not names:
            return action
        rest = tuple(one for one in action.changes if one.field not in names)
        return replace(action, changes=rest)

    def note(self, answers: Sequence[Written], sent: Mapping[str, Action]) -> list[Refusal]:
        """Journal the fields that answers blame, before anything is sent again; all of them."""
        fresh = {
            one.key: self._refused.get(one.key, ()) + found
            for one in answers
            if (found := blamed_fields(one, sent[one.key], self._mapping))
        }
        if fresh:
            self._journal.leave_out(*self._run, fresh)
            self._refused |= fresh
        return [one for some in fresh.values() for one in some]

    def leave(self, action: Action, refusal: Refusal) -> None:
        """Journal one more field that an action leaves out."""
        known = self._refused.get(action.id, ())
        if refusal.field not in {one.field for one in known}:
            fresh = {action.id: (*known, refusal)}
            self._journal.leave_out(*self._run, fresh)
            self._refused |= fresh

    def told(self, outcome: Outcome) -> Outcome:
        """The outcome of what was sent, with what was left out beside it."""
        if outcome.result is not Result.APPLIED:
            return outcome
        return replace(outcome, refused=self._refused.get(outcome.action_id, ()))

    def all_refused(self, action: Action) -> Outcome:
        """The outcome of an action of which nothing is left to send."""
        return replace(self.given_up(action), refused=self._refused[action.id])

    def given_up(self, action: Action) -> Outcome:
        """The outcome of a record that is refused for one field after the other."""
        last = self._refused[action.id][-1]
        return Outcome(
            action.id, Result.REJECTED, action.record_id, code=last.code, message=last.message
        )


def blamed_fields(said: Written, action: Action, mapping: ObjectMapping) -> tuple[Refusal, ...]:
    """The fields to leave out after an answer; none: it is about the record as a whole."""
    if said.code is None or said.retryable or action.verb not in (Verb.CREATE, Verb.UPDATE):
        return ()
    sent = {
        mapping.wire_name(one.field, action.system, action.kind): one.field
        for one in action.changes
    }
    if not said.blamed or any(one.name not in sent for one in said.blamed):
        return ()
    found = {sent[one.name]: Refusal(sent[one.name], one.code, one.message) for one in said.blamed}
    for field in mapping.fields:
        companion = found.get(field.moves_with or "")
        if companion is not None and field.name in sent.values():
            found.setdefault(field.name, replace(companion, field=field.name))
    new = action.verb is Verb.CREATE and said.record_id is None
    if new and any(_needed(mapping[name], mapping) for name in found):
        return ()
    return tuple(found.values())


def _needed(field: FieldMapping, mapping: ObjectMapping) -> bool:
    """Whether a new record is nothing without the field."""
    return field.required or field.type is FieldType.PARENT or field.name == mapping.match_on
