"""One record's refusal, whichever CRM said it: what to tell first, and which fields to blame.

Fields are blamed only where every single thing that is wrong names some, and none of it passes by
itself; else the refusal is about the record as a whole.
"""

from collections.abc import Sequence

from include.crmsync.adapters.gateway import Blamed, Write, Written
from include.crmsync.errors.catalogue import advice
from include.crmsync.model.record import System

Told = tuple[str, str, list[str]]
"""Code, sentence and fields of one of the things that are wrong with a record."""


def leading(told: Sequence[Told]) -> Told:
    """What to know first: what names no field is against the record as a whole."""
    return next((one for one in told if not one[2]), told[0])


def refused(write: Write, told: Sequence[Told], system: System, *, passes: bool = False) -> Written:
    """The answer to a write that was refused; `passes` where its sender knows that it will pass."""
    code, message, _ = leading(told)
    passes = passes or any(advice(system, one).passes for one, _, _ in told)
    whole = passes or not all(names for _, _, names in told)
    blamed = [Blamed(name, one, text) for one, text, names in told for name in names]
    return Written(
        write.key, write.record_id, code, message, passes, blamed=() if whole else tuple(blamed)
    )
