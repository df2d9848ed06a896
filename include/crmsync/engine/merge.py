"""Three-way merge of one field: the specification, in plain Python.

A field is judged against its base: the value both systems held when a sync run last
touched the link. One system moved: its value travels. Both moved to the same value:
nothing travels and the base catches up. Both moved apart: that is a conflict; the field's
sync rule picks a value, and the conflict is reported even so. A field with an owner takes
the owner's value, blank or not, save that a rule that yields lets the other system fill a
blank that was not itself the owner's latest edit.

Runs do not call this: `merge_frames` is the same table over whole columns, and a
property test holds the two together.
"""

from dataclasses import dataclass

from include.crmsync.model.record import System, Value
from include.crmsync.model.rule import SyncRule


@dataclass(frozen=True, slots=True)
class Versions:
    """One field three ways: as last synced, and as each system holds it now."""

    base: Value
    hubspot: Value
    salesforce: Value

    def held_by(self, system: System) -> Value:
        return self.hubspot if system is System.HUBSPOT else self.salesforce

    @property
    def moved_apart(self) -> bool:
        return self.base not in (self.hubspot, self.salesforce) and (
            self.hubspot != self.salesforce
        )


def settle(field: Versions, rule: SyncRule, newest: System) -> Value:
    """Pick the one value both systems should hold; `newest` is the system edited last."""
    if rule.owner is None:
        return _most_recent(field, newest)
    theirs, ours = field.held_by(rule.owner), field.held_by(rule.owner.other)
    cleared = theirs is None and field.base is not None
    if theirs is None and rule.yields_when_blank and not cleared:
        return ours
    return theirs


def _most_recent(field: Versions, newest: System) -> Value:
    if field.moved_apart:
        return field.held_by(newest)
    return field.salesforce if field.hubspot == field.base else field.hubspot
