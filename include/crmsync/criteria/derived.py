"""Criteria derived from demands: what a system would refuse, said before a call is spent.

Each demand becomes one expectation with words of its own, and holds its field alone. The result
is a suite like a written one, kept apart from it: it is made anew when a schema or the mapping
changes, and nobody edits it. Its fingerprint tells one such suite from another.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from include.crmsync.criteria.suite import Effect, Expectation, Suite, suite_name
from include.crmsync.model.demand import EMAIL, Demand, What
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System

IN_FILTER = "in_salesforce_filter"
"""Column and criterion of the mapping's own filter, where it has one."""

CRITERIA: Mapping[What, str] = {
    What.VALUE: "required_value",
    What.LENGTH: "fits_length",
    What.DIGITS: "fits_digits",
    What.OPTION: "picklist_value",
    What.EMAIL: "email_syntax",
}
"""What each demand's criterion is called."""


def derive(
    demands: Iterable[Demand], object_type: str, system: System, filters: Mapping[str, str] = {}
) -> Suite:
    """The suite for records of `system`, from what the other one asks of their values.

    `filters`: Salesforce object -> the condition of the records that take part.
    """
    target = system.other
    filtered = (_in_filter(object_type),) if filters and system is System.SALESFORCE else ()
    expectations = (*filtered, *(_expectation(one, target) for one in demands))
    return Suite(f"{suite_name(object_type, system)}.derived", object_type, system, expectations)


def _in_filter(object_type: str) -> Expectation:
    return Expectation(
        type="expect_column_values_to_be_in_set",
        kwargs={"column": IN_FILTER, "value_set": ["true"]},
        criterion=IN_FILTER,
        field=IN_FILTER,
        reason=(
            "It is outside the filter of the mapping, so no change travels, in either direction."
            f" Let the record meet `salesforce.where` in mappings/{object_type}.yaml, or change"
            " that; it goes on when the record is next modified."
        ),
        applies_to=frozenset({"create", "update"}),
        derived=True,
    )


def fingerprint(suite: Suite) -> str:
    """Sixteen characters that change with anything the suite says."""
    text = json.dumps(as_json(suite), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def as_json(suite: Suite) -> dict[str, Any]:
    """The suite as Great Expectations writes one, and as a written one looks."""
    return {"name": suite.name, "expectations": [_told(one) for one in suite.expectations]}


def from_json(told: Mapping[str, Any], object_type: str, system: System) -> Suite:
    """The suite that `as_json` told of."""
    return Suite(
        str(told["name"]),
        object_type,
        system,
        tuple(
            Expectation(
                type=one["type"],
                kwargs=one["kwargs"],
                criterion=one["meta"]["criterion"],
                field=one["meta"]["field"],
                reason=one["meta"]["reason"],
                applies_to=frozenset(one["meta"]["applies_to"]),
                effect=Effect(one["meta"]["effect"]),
                kinds=frozenset(one["meta"]["kinds"]),
                derived=True,
            )
            for one in told["expectations"]
        ),
    )


def _told(one: Expectation) -> dict[str, Any]:
    return {
        "type": one.type,
        "kwargs": dict(one.kwargs),
        "meta": {
            "criterion": one.criterion,
            "field": one.field,
            "applies_to": sorted(one.applies_to),
            "effect": str(one.effect),
            "kinds": sorted(one.kinds),
            "reason": one.reason,
        },
    }


def _expectation(one: Demand, target: System) -> Expectation:
    type_, kwargs = _asked(one)
    return Expectation(
        type=f"expect_column_{type_}",
        kwargs={"column": one.field, **kwargs},
        criterion=CRITERIA[one.what],
        field=one.field,
        reason=_reason(one, target),
        applies_to=frozenset(map(str, one.applies_to)),
        effect=Effect.HOLD_FIELD,
        kinds=one.kinds,
        derived=True,
    )


def _asked(one: Demand) -> tuple[str, dict[str, Any]]:
    """The expectation's type and what it compares with."""
    match one.what:
        case What.VALUE:
            return "values_to_not_be_null", {}
        case What.LENGTH:
            return "value_lengths_to_be_between", {"max_value": one.limit}
        case What.DIGITS:
            beyond = float(10 ** (one.limit or 0))
            limits = {"min_value": -beyond, "max_value": beyond}
            return "values_to_be_between", {**limits, "strict_min": True, "strict_max": True}
        case What.OPTION if not one.options:
            return "values_to_be_null", {}
        case What.OPTION if one.several:
            return "values_to_match_regex", {"regex": _several(one.options)}
        case What.OPTION:
            return "values_to_be_in_set", {"value_set": list(one.options)}
        case What.EMAIL:
            return "values_to_match_regex", {"regex": EMAIL}


def _several(options: Iterable[str]) -> str:
    any_of = "|".join(re.escape(option) for option in options)
    return f"^(?:{any_of})(?:;(?:{any_of}))*$"


def _reason(one: Demand, target: System) -> str:
    where = f"{target.label}'s {' and '.join(sorted(one.kinds))}" if one.kinds else target.label
    match one.what:
        case What.VALUE:
            kept = (
                f" One that is synced already keeps the {one.field} it has there, its other fields"
                " are synced, and the blank is not sent until it is filled in."
            )
            return (
                f"{where} takes no record without {one.field}, and it is blank. Fill it in; a new"
                " record goes through when it changes, or when the mapping has a default."
                f"{kept if Verb.UPDATE in one.applies_to else ''}"
            )
        case What.LENGTH:
            return (
                f"{one.field} is longer than the {one.limit} characters {where} stores."
                " Shorten it; the record's other fields are synced."
            )
        case What.DIGITS:
            return (
                f"{one.field} has more digits than the {one.limit} before the point that {where}"
                " stores. Mend the number, or widen the field."
            )
        case What.OPTION if one.paired:
            return (
                f"{one.field} holds a value that the mapping's `values` do not pair, or that"
                f" {where} does not list, so it would not be known there. Add it to `values` or to"
                " the list, or change the record."
            )
        case What.OPTION:
            return (
                f"{one.field} holds a value that is no option of the field in {where}, which would"
                " refuse it. Add the option there, map the value, or change the record."
            )
        case What.EMAIL:
            return (
                f"{one.field} is not written as {where} takes an e-mail address: plain ASCII, one"
                " @, and a domain with a dot. Correct it; the record's other fields are synced."
            )
