"""Whether a suite makes sense: expectations that judge rows, each criterion in one voice.

Only expectations that name the rows they fail can hold a record; the others are refused by
name, without importing Great Expectations. With the mapping at hand, fields and listed
values are compared with it too.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from include.crmsync.criteria.shape import Draft, each
from include.crmsync.criteria.suite import Effect, Expectation, conditions
from include.crmsync.model.mapping import ObjectMapping

BESIDE = frozenset(
    {"pipeline", "on_inclusion_list", "contact_on_inclusion_list", "contact_not_a_lead"}
)
"""Columns that stand beside the mapped fields of HubSpot's records."""

NAMES_ROWS = frozenset(
    {
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_pair_values_to_be_equal",
        "expect_column_pair_values_to_be_in_set",
        "expect_column_value_lengths_to_be_between",
        "expect_column_value_lengths_to_equal",
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_be_null",
        "expect_column_values_to_be_unique",
        "expect_column_values_to_match_regex",
        "expect_column_values_to_match_regex_list",
        "expect_column_values_to_match_strftime_format",
        "expect_column_values_to_not_be_in_set",
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_not_match_regex",
        "expect_column_values_to_not_match_regex_list",
        "expect_compound_columns_to_be_unique",
        "expect_select_column_values_to_be_unique_within_record",
    }
)
"""Expectations that judge each row by itself, or against the others, and say which failed."""

EXAMPLE = (
    '{"type": "comparison", "column": {"name": "stage"}, "operator": "==", "parameter": "Won"}'
)


def sense(draft: Draft, mapping: ObjectMapping | None) -> Iterator[str]:
    """Yield what is wrong with a suite whose parts are well-formed."""
    stem = draft.file.removesuffix(".json")
    if draft.name != stem:
        yield f'{draft.file}: name must be "{stem}", like the file'
    for where, one in each(draft):
        for check in (_type, _columns, _leaks, _regex, _condition):
            yield from (f"{where}: {text}" for text in check(one))
        if mapping is not None:
            yield from (f"{where}: {text}" for text in _fits(one, mapping))
    yield from _one_voice(draft)
    yield from _rules(draft)


def _rules(draft: Draft) -> Iterator[str]:
    """A rule is encoded or left to Salesforce, and only what goes there meets its rules."""
    encoded = {rule for _, one in draft.expectations for rule in one.encodes}
    for rule in sorted(encoded & set(draft.left)):
        yield f"{draft.file}: {rule} is encoded and left to Salesforce: say one"
    if not draft.file.endswith(".to_salesforce.json") and (encoded or draft.left):
        yield f"{draft.file}: only what goes to Salesforce meets validation rules"


def _type(one: Expectation) -> Iterator[str]:
    if one.type not in NAMES_ROWS:
        close = get_close_matches(one.type, NAMES_ROWS, n=1)
        meant = f"; did you mean {close[0]}?" if close else ""
        yield f"{one.type} is no expectation that says which records fail{meant}"


def _columns(one: Expectation) -> Iterator[str]:
    if not one.named:
        yield "kwargs names no column"


def _leaks(one: Expectation) -> Iterator[str]:
    if "mostly" in one.kwargs:
        yield "mostly lets failing records through: leave it out"


def _regex(one: Expectation) -> Iterator[str]:
    for pattern in (one.kwargs.get("regex"), *(one.kwargs.get("regex_list") or ())):
        if pattern is None:
            continue
        try:
            groups = re.compile(pattern).groups
        except (re.error, TypeError) as error:
            yield f"its pattern is no regular expression: {error}"
        else:
            if groups:
                yield "its pattern has groups that capture, which pandas warns of: write (?:"


def _condition(one: Expectation) -> Iterator[str]:
    """Only conditions whose columns can be known, and checked, before anything is judged."""
    condition = one.kwargs.get("row_condition")
    if "condition_parser" in one.kwargs or isinstance(condition, str):
        yield f"row_condition must not be text but an object such as {EXAMPLE}"
    elif condition is not None and not conditions(condition):
        yield f"row_condition compares no column; it is an object such as {EXAMPLE}"


def _fits(one: Expectation, mapping: ObjectMapping) -> Iterator[str]:
    known = {field.name: field for field in mapping.fields}
    for column in one.columns:
        if column not in known and column not in BESIDE:
            close = get_close_matches(str(column), known, n=1)
            meant = f"; did you mean {close[0]}?" if close else ""
            yield f"{mapping.object_type} have no field {column}{meant}"
    field = known.get(one.field)
    if field is None and one.effect is Effect.HOLD_FIELD:
        yield f"{one.field} is no mapped field that could be held alone: hold the record, or warn"
    if field is None or not field.values or one.type != "expect_column_values_to_be_in_set":
        return
    listed = one.kwargs.get("value_set") or []
    missing = sorted(set(listed) - set(field.values.values()))
    if missing:
        yield f"value_set lists what the mapping of {one.field} does not know: {', '.join(missing)}"


def _one_voice(draft: Draft) -> Iterator[str]:
    """A criterion of several expectations says the same in each; no expectation is repeated."""
    first: dict[str, Expectation] = {}
    for where, one in each(draft):
        other = first.setdefault(one.criterion, one)
        if other is one:
            continue
        if _said(one) != _said(other):
            yield (
                f"{where}: the criterion is there already, with other words, field, effect or"
                " applies_to"
            )
        if any(one == earlier for _, earlier in each(draft) if earlier is not one):
            yield f"{where}: the same expectation is there twice"


def _said(one: Expectation) -> tuple[object, ...]:
    return one.field, one.reason, one.applies_to, one.effect
