"""The control forms: the same as the control routes, told in fields instead of JSON."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from include.sandbox.control import Control
from include.sandbox.faults import Faults, read_faults

Form = Mapping[str, str]


class BadForm(ValueError):
    """There is no such form."""


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One switch, as the page lists it."""

    name: str
    """With its place: hubspot.page_sizes.objects."""
    value: str
    default: str

    @property
    def changed(self) -> bool:
        return self.value != self.default


class Forms:
    """Does what a form asks for."""

    def __init__(self, control: Control, faults: Faults) -> None:
        self._control = control
        self._faults = faults

    def submit(self, name: str, form: Form) -> None:
        """Do it; raises BadForm, or what the control route of that name is refused with."""
        deeds = {
            "add-fault": self._add_fault,
            "clear-faults": lambda _: self._faults.clear(),
            "setting": self._set,
            "default-settings": lambda _: self._control.restore_settings(),
            "advance-clock": self._advance,
            "reset": self._reset,
        }
        if name not in deeds:
            raise BadForm(f"there is no form {name}")
        deeds[name](form)

    def _add_fault(self, form: Form) -> None:
        told: dict[str, Any] = {
            name: form[name] for name in ("system", "method", "path", "do") if form.get(name)
        }
        told |= {name: _whole(form[name]) for name in ("skip", "times") if form.get(name)}
        self._faults.add(read_faults(told))

    def _set(self, form: Form) -> None:
        told: Any = _value(form.get("value", ""))
        for part in reversed(form.get("name", "").split(".")):
            told = {part: told}
        self._control.change_settings(told)

    def _advance(self, form: Form) -> None:
        self._control.move_clock({"advance_seconds": _whole(form.get("seconds", ""))})

    def _reset(self, form: Form) -> None:
        self._control.reset(form.get("seed", ""), _whole(form.get("random_seed") or "1"))


def rows_of_settings(told: Mapping[str, Any]) -> list[SettingRow]:
    """Every switch with its place, its value and its default."""
    current = {name: value for name, value in told.items() if name != "defaults"}
    return list(_rows(current, told["defaults"], ""))


def _rows(current: Any, defaults: Any, place: str) -> Iterator[SettingRow]:
    for name, value in current.items():
        default = defaults.get(name) if isinstance(defaults, Mapping) else None
        if isinstance(value, Mapping) and isinstance(default, Mapping) and default:
            yield from _rows(value, default, f"{place}{name}.")
        else:
            yield SettingRow(f"{place}{name}", json.dumps(value), json.dumps(default))


def _value(text: str) -> Any:
    """What was typed: JSON, or else a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadForm(f"{text!r} is not a whole number") from None
