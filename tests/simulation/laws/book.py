"""All laws, and when each is judged."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.simulation.laws import (
    i01_convergence,
    i02_no_echo,
    i03_no_lost_update,
    i04_non_interference,
    i05_no_duplicates,
    i07_idempotent,
    i08_determinism,
    i09_isolation,
    i11_honest_base,
    i12_bounded_calls,
    i13_bounded_change,
    i14_shrunken_reads,
    i15_parents_first,
    i16_merges,
    i17_undo,
    i19_complete_journal,
    i20_single_writer,
    i23_watermark,
    i24_privacy,
    rules,
)

Laws = Sequence[tuple[str, Callable[..., Iterator[Any]]]]

SENT: Laws = (
    ("I4", i04_non_interference.only_what_changed),
    ("I4", i04_non_interference.nothing_unchanged),
    ("I18", i04_non_interference.written_as_planned),
    ("I5", i05_no_duplicates.one_counterpart),
    ("I5", i05_no_duplicates.nobody_matches),
    ("I6", i05_no_duplicates.no_revival),
    ("I7", i07_idempotent.applied_once),
    ("I13", i13_bounded_change.no_mass_deletion),
    ("I14", i14_shrunken_reads.deletions_have_a_cause),
    ("I15", i15_parents_first.parents_are_linked),
    ("I20", i20_single_writer.one_writes),
    ("I20", i20_single_writer.no_transaction_is_open),
    ("I24", i24_privacy.never_again),
)
"""Whenever a write reaches a CRM."""

TASK: Laws = (
    ("I1", rules.as_the_table_says),
    ("I8", i08_determinism.same_plan_from_shuffled_rows),
    ("I11", i11_honest_base.both_held_it),
    ("I24", i24_privacy.found),
)
"""Whenever a task ends well."""

RAN: Laws = (
    ("I12", i12_bounded_calls.within_bounds),
    ("I17", i17_undo.put_back_or_listed),
    ("I17", i17_undo.nothing_else_is_touched),
    ("I23", i23_watermark.nothing_is_passed),
)
"""Whenever a run ends, or is given up."""

ENDED: Laws = (
    ("I1", i01_convergence.equal_or_held),
    ("I1", i01_convergence.nobody_is_forgotten),
    ("I1", i01_convergence.holds_are_true),
    ("I3", i03_no_lost_update.lost_values_are_journalled),
    ("I5", i05_no_duplicates.keys_are_unique),
    ("I9", i09_isolation.nobody_waits),
    ("I14", i14_shrunken_reads.the_gone_are_gone),
    ("I16", i16_merges.one_stays_linked),
    ("I19", i19_complete_journal.the_journal_is_what_happened),
)
"""When edits have stopped and two runs have followed."""

QUIET: Laws = (
    ("I2", i02_no_echo.nothing_more_is_written),
    ("I24", i24_privacy.nothing_is_left),
)
"""When some more runs have followed."""
