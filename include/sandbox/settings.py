"""Live switches: what may be set, to what, and what holds when nothing is.

Each CRM declares its switches as a nested dict of defaults, and the type of a default is the
type of the switch. A change names only what it changes; a name nobody declared or a value of
another type is refused, and then nothing changes at all. An empty dict among the defaults is
an open table: any name fits in it, and null takes one out again.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Self

GENERAL: dict[str, Any] = {"latency_seconds": 0.0}
"""Switches of the server itself. `latency_seconds`: how long each answer is held back."""


LARGEST = 1e9
"""No number among the switches is that large."""


class BadSetting(ValueError):
    """A change that names no switch, or gives one a value it cannot take."""


class Choice(str):
    """A default that also says which other words the switch can take."""

    options: tuple[str, ...]

    def __new__(cls, default: str, *others: str) -> Self:
        made = super().__new__(cls, default)
        made.options = (default, *others)
        return made


def fresh(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the defaults, free to be changed."""
    return deepcopy(dict(defaults))


def change(current: dict[str, Any], changes: Any, defaults: Mapping[str, Any]) -> None:
    """Apply the changes to `current` in place, all or none; raises BadSetting."""
    if not isinstance(changes, Mapping):
        raise BadSetting("settings are a JSON object")
    _check(changes, defaults, "")
    _merge(current, changes, defaults)


def changed(current: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the defaults, in the shape of a change."""
    told: dict[str, Any] = {}
    for name, value in current.items():
        default = defaults.get(name)
        if isinstance(value, Mapping) and isinstance(default, Mapping) and default:
            if nested := changed(value, default):
                told[name] = nested
        elif value != default:
            told[name] = value
    return told


def _check(changes: Mapping[str, Any], defaults: Mapping[str, Any], place: str) -> None:
    for name, value in changes.items():
        path = f"{place}{name}"
        if name not in defaults:
            raise BadSetting(f"no setting is called {path}; known: {', '.join(sorted(defaults))}")
        default = defaults[name]
        if isinstance(default, Mapping):
            _check_table(value, default, path)
        elif not _fits(value, default):
            raise BadSetting(f"{path} takes {_kind(default)}, not {value!r}")


def _check_table(value: Any, default: Mapping[str, Any], path: str) -> None:
    if not isinstance(value, Mapping):
        raise BadSetting(f"{path} takes an object, not {value!r}")
    if default:
        _check(value, default, f"{path}.")


def _fits(value: Any, default: Any) -> bool:
    if isinstance(default, Choice):
        return value in default.options
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, int | float):
        whole = isinstance(default, int)
        return isinstance(value, int if whole else int | float) and 0 <= value < LARGEST
    if default is None:
        return value is None or isinstance(value, str | int | float)
    return isinstance(value, type(default))


def _kind(default: Any) -> str:
    if isinstance(default, Choice):
        return f"one of {', '.join(default.options)}"
    names = {bool: "true or false", int: "a whole number of at least 0", str: "a text"}
    return names.get(type(default), "a number of at least 0" if _numeric(default) else "a list")


def _numeric(default: Any) -> bool:
    return isinstance(default, float)


def _merge(
    current: dict[str, Any], changes: Mapping[str, Any], defaults: Mapping[str, Any]
) -> None:
    for name, value in changes.items():
        default = defaults.get(name)
        if isinstance(default, Mapping) and isinstance(current.get(name), dict):
            _merge(current[name], value, default)
        elif value is None and name not in defaults:
            current.pop(name, None)
        else:
            current[name] = value
