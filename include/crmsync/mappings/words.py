"""What Pydantic finds wrong with a mapping, in words a person can act on."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import ErrorDetails

from include.crmsync.mappings.problem import meant, none_of
from include.crmsync.model.mapping import FieldType
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.transform import Transform

_WANTED = {
    ("", "string_type"): "text",
    ("", "int_type"): "a whole number",
    ("", "list_type"): "a list",
    ("", "dict_type"): "keys with values",
    ("", "model_type"): "keys with values",
    ("salesforce", "dict_type"): "one name, or a name per object",
}
"""What a key, or any key, was to hold, by Pydantic's word for its not being that."""


def words(error: ErrorDetails, key: str, known: Sequence[str]) -> str:
    """What is wrong with `key`; `known` are the keys that may stand where it stands."""
    value = error["input"]
    match error["type"]:
        case "extra_forbidden":
            last = str(error["loc"][-1])
            return f'unknown key "{key}"{meant(last, known) or "; known are " + ", ".join(known)}'
        case "enum":
            return f"{key} {none_of(_spelled(value), _choices(key))}"
        case "literal_error":
            return f"{key} {none_of(_spelled(value), ('created', 'always'))}"
        case "name":
            return f"{key} {error['msg']}"
        case kind:
            wanted = _WANTED.get((key, kind)) or _WANTED.get(("", kind), "something else")
            return f"{key or 'it'} must be {wanted}, not {_kind(value)}"


def _choices(key: str) -> list[str]:
    choices = {"rule": SyncRule, "type": FieldType, "transform": Transform}.get(key, System)
    return [str(one) for one in choices]


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kind(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return "true or false (quote it to make it text)"
        case int():
            return "a number (quote it to make it text)"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "keys with values"
