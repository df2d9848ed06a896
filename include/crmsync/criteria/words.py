"""What an expectation asks, in a few words: for documents, differences and Data Docs.

The words are about the suite, never about a record. An expectation that is not known here is
told by its own name and arguments, so nothing is left out.
"""

from collections.abc import Mapping
from typing import Any

from include.crmsync.criteria.suite import Expectation, conditions

_PREFIX = "expect_column_"
_PLAIN = {"values_to_not_be_null": "not blank", "values_to_be_null": "blank"}
_FEW = 6
"""Options that are named; more are counted."""
_LONG = 60
"""Characters of a pattern that are shown."""


def subject(one: Expectation) -> str:
    """The criterion, its field, and whose kinds it is about."""
    kinds = f" ({', '.join(sorted(one.kinds))})" if one.kinds else ""
    return f"{one.criterion} of {one.field}{kinds}"


def asked(one: Expectation) -> str:
    """What must hold."""
    kwargs = {key: value for key, value in one.kwargs.items() if key != "row_condition"}
    return f"{_asked(one.type.removeprefix(_PREFIX), kwargs)}{_where(one)}"


def _asked(name: str, kwargs: Mapping[str, Any]) -> str:
    if name in _PLAIN:
        return _PLAIN[name]
    match name, kwargs:
        case "value_lengths_to_be_between", {"max_value": most, **rest} if not _bounded(rest):
            return f"at most {most} characters"
        case "values_to_be_between", _:
            return _between(kwargs)
        case (("values_to_be_in_set" | "values_to_not_be_in_set"), {"value_set": [*options]}):
            return f"{'none' if '_not_' in name else 'one'} of {_options(options)}"
        case (("values_to_match_regex" | "values_to_not_match_regex"), {"regex": str(pattern)}):
            return f"{'does not match' if '_not_' in name else 'matches'} {_cut(pattern)}"
        case _:
            said = ", ".join(f"{key}={value}" for key, value in kwargs.items() if key != "column")
            return f"{name.replace('_', ' ')}{f' ({_cut(said)})' if said else ''}"


def _bounded(rest: Mapping[str, Any]) -> bool:
    return any(rest.get(key) is not None for key in ("min_value", "strict_min", "strict_max"))


def _between(kwargs: Mapping[str, Any]) -> str:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    parts = []
    if low is not None:
        parts.append(f"{'above' if kwargs.get('strict_min') else 'at least'} {_number(low)}")
    if high is not None:
        parts.append(f"{'below' if kwargs.get('strict_max') else 'at most'} {_number(high)}")
    return " and ".join(parts)


def _number(value: Any) -> str:
    return f"{value:,.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _options(options: list[Any]) -> str:
    if len(options) > _FEW:
        return f"{len(options)} options"
    return ", ".join(str(option) for option in options)


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[: _LONG - 3]}..."


def _where(one: Expectation) -> str:
    """Which records it is judged on, when not on all."""
    only = [
        f"{part['column']['name']} {part.get('operator', 'is')} {part.get('parameter', 'blank')}"
        for part in conditions(one.kwargs.get("row_condition"))
    ]
    return f", where {' / '.join(only)}" if only else ""
