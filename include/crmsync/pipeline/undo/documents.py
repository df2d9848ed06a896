"""What the steps of taking a run back hand on: what was asked for, and what the run had done."""

from dataclasses import dataclass

from include.crmsync.model.undo import Touched, Undo


@dataclass(frozen=True, slots=True)
class Recalled:
    """Step 1: what the run left in each record, by the journal; what they hold is beside it."""

    undo: Undo
    extracted: str
    """Reference of the artifact with the records as they are now."""
    validated: str
    touched: tuple[Touched, ...]
    redo: bool
    """Whether the run took another one back."""
    parents: frozenset[int] = frozenset()
    """Links to whose records others belong; asked only where records are to be deleted."""
