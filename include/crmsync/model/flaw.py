"""A flaw: a value that fails a criterion about its field alone.

The record goes on and the field stays behind. Whether the value would have travelled at all,
where to, and into which kind of record is known only when the run plans, so a flaw names the
very value it is about: another value of the same field is not touched by it.
"""

from dataclasses import dataclass

from include.crmsync.model.plan import Verb
from include.crmsync.model.record import Value


@dataclass(frozen=True, slots=True)
class Flaw:
    """One value of one record that may not be written to the other system."""

    criterion: str
    field: str
    value: Value
    """Canonical, as the record holds it; blank where that is the flaw."""
    reason: str
    """What is wrong and what to do, without the value."""
    applies_to: frozenset[Verb]
    kinds: frozenset[str] = frozenset()
    """The other system's kinds that would not take it; none named: none of them would."""
    vital: bool = False
    """Whether no record can be created because of it: it lacks what none can be without."""

    def stops(self, name: str, value: Value, verb: Verb, kind: str) -> bool:
        """Whether it keeps this value out of a record of `kind` that is created or updated."""
        return (
            (name, value) == (self.field, self.value)
            and verb in self.applies_to
            and (not self.kinds or kind in self.kinds)
        )
