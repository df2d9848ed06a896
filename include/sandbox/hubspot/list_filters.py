"""What a dynamic list's filters choose, as a condition of search.

Branches of AND and OR, filters on properties, and membership of another list are understood.
Of anything else (page views, e-mail events) nothing is known here: such a list keeps the
members it has.
"""

from collections.abc import Callable, Mapping
from typing import Any

from include.sandbox.hubspot.call import is_id
from include.sandbox.hubspot.failures import bad_request
from include.sandbox.hubspot.property import Property
from include.sandbox.hubspot.search_terms import Terms, find_property, is_text

DEEPEST = 10
"""Branches within branches."""
_COMPARED = {
    "IS_EQUAL_TO": "EQ",
    "IS_NOT_EQUAL_TO": "NEQ",
    "IS_GREATER_THAN": "GT",
    "IS_GREATER_THAN_OR_EQUAL_TO": "GTE",
    "IS_LESS_THAN": "LT",
    "IS_LESS_THAN_OR_EQUAL_TO": "LTE",
}
_AMONG = {
    "IS_EQUAL_TO": "IN",
    "IS_ANY_OF": "IN",
    "IS_NOT_EQUAL_TO": "NOT_IN",
    "IS_NONE_OF": "NOT_IN",
}
_LIKE = {
    "CONTAINS": ("CONTAINS_TOKEN", "*{}*"),
    "DOES_NOT_CONTAIN": ("NOT_CONTAINS_TOKEN", "*{}*"),
    "STARTS_WITH": ("CONTAINS_TOKEN", "{}*"),
    "ENDS_WITH": ("CONTAINS_TOKEN", "*{}"),
}
_KNOWN = {
    "IS_KNOWN": "HAS_PROPERTY",
    "IS_NOT_BLANK": "HAS_PROPERTY",
    "IS_UNKNOWN": "NOT_HAS_PROPERTY",
    "IS_BLANK": "NOT_HAS_PROPERTY",
}

Told = Mapping[str, Any]


class NotUnderstood(Exception):
    """A filter about something the sandbox keeps no record of."""


def condition(terms: Terms, branch: Any, depth: int = 0) -> str:
    """The filters of a branch as SQL; raises NotUnderstood, or Failure for nonsense."""
    if not isinstance(branch, Mapping) or depth > DEEPEST:
        raise bad_request("Invalid input JSON: a filterBranch is an object")
    kind = branch.get("filterBranchType")
    if kind not in ("AND", "OR"):
        if isinstance(kind, str):
            raise NotUnderstood(kind)
        raise bad_request("Invalid input JSON: a filterBranch needs filterBranchType")
    filters, branches = branch.get("filters") or [], branch.get("filterBranches") or []
    if not isinstance(filters, list) or not isinstance(branches, list):
        raise bad_request("Invalid input JSON: filters and filterBranches are lists")
    parts = [_filter(terms, one) for one in filters]
    parts += [condition(terms, one, depth + 1) for one in branches]
    if not parts:
        return "1" if kind == "AND" else "0"
    return f" {kind} ".join(f"({part})" for part in parts)


def _filter(terms: Terms, told: Any) -> str:
    if not isinstance(told, Mapping) or not isinstance(told.get("filterType"), str):
        raise bad_request("Invalid input JSON: a filter is an object with filterType")
    if told["filterType"] == "IN_LIST":
        return _in_list(terms, told)
    operation = told.get("operation")
    if told["filterType"] != "PROPERTY":
        raise NotUnderstood(told["filterType"])
    if not isinstance(operation, Mapping):
        raise bad_request("Invalid input JSON: a property filter needs operation")
    declared = find_property(terms.known, str(told.get("property")))
    found = _operation(declared, operation)
    sql = terms.condition({"propertyName": declared.name, **found})
    if operation.get("includeObjectsWithNoValueSet") is True:
        blank = {"propertyName": declared.name, "operator": "NOT_HAS_PROPERTY"}
        return f"({sql}) OR {terms.condition(blank)}"
    return sql


def _operation(declared: Property, told: Told) -> Told:
    """A list's operation as a filter of search."""
    reader = _READERS.get(str(told.get("operationType")), _unknown)
    return reader(declared, told, str(told.get("operator")))


def _all(_: Property, __: Told, operator: str) -> Told:
    if operator not in _KNOWN:
        raise NotUnderstood(operator)
    return {"operator": _KNOWN[operator]}


def _text(declared: Property, told: Told, operator: str) -> Told:
    values = told["values"] if isinstance(told.get("values"), list) else [told.get("value")]
    if operator in _AMONG:
        folded = [str(one).casefold() if is_text(declared) else str(one) for one in values]
        return {"operator": _AMONG[operator], "values": folded}
    if operator not in _LIKE or len(values) != 1:
        raise NotUnderstood(operator)
    name, pattern = _LIKE[operator]
    return {"operator": name, "value": pattern.format(values[0])}


def _compared(_: Property, told: Told, operator: str) -> Told:
    if operator not in _COMPARED:
        raise NotUnderstood(operator)
    return {"operator": _COMPARED[operator], "value": told.get("value")}


def _ranged(_: Property, told: Told, operator: str) -> Told:
    if operator != "IS_BETWEEN":
        raise NotUnderstood(operator)
    return {
        "operator": "BETWEEN",
        "value": told.get("lowerBound"),
        "highValue": told.get("upperBound"),
    }


def _unknown(_: Property, told: Told, __: str) -> Told:
    raise NotUnderstood(str(told.get("operationType")))


_READERS: dict[str, Callable[[Property, Told, str], Told]] = {
    "ALL_PROPERTY": _all,
    "STRING": _text,
    "MULTISTRING": _text,
    "ENUMERATION": _text,
    "BOOL": _compared,
    "NUMBER": _compared,
    "NUMBER_RANGED": _ranged,
}


def _in_list(terms: Terms, told: Told) -> str:
    number = str(told.get("listId"))
    if not is_id(number):
        raise bad_request("Invalid input JSON: an IN_LIST filter needs listId")
    rows = f"SELECT record_id FROM hs_member WHERE list_id = {terms.bind(int(number))}"  # noqa: S608
    return f"id {'NOT IN' if told.get('operator') == 'NOT_IN_LIST' else 'IN'} ({rows})"
