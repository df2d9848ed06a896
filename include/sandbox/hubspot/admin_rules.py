"""What a portal's administrators require of records, beyond what HubSpot itself does.

Which properties have to be filled when a record is created, and which once another one has
some value. The rules are live settings. The API is only held to them from 2026-09 on.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from include.sandbox.hubspot.failures import VALIDATION, Failure
from include.sandbox.hubspot.object_types import ObjectType

Properties = Mapping[str, str]


class AdminRules:
    """Refuses records that lack what is required."""

    def __init__(self, setting: Callable[[str], Any]) -> None:
        self._setting = setting

    def check_created(self, kind: ObjectType, properties: Properties) -> None:
        """Refuse a new record that lacks something."""
        always = _names(self._setting("required_on_create").get(kind.name))
        _check([*always, *self._conditional(kind, properties)], properties)

    def check_changed(self, kind: ObjectType, before: Properties, after: Properties) -> None:
        """Refuse a change that makes something required and does not fill it."""
        needed = [
            name
            for name in self._conditional(kind, after)
            if name not in self._conditional(kind, before) or before.get(name)
        ]
        _check(needed, after)

    def _conditional(self, kind: ObjectType, properties: Properties) -> list[str]:
        rules = self._setting("conditional_required").get(kind.name)
        needed: list[str] = []
        for rule in rules if isinstance(rules, list) else []:
            if isinstance(rule, Mapping) and _holds(rule.get("when"), properties):
                needed += _names(rule.get("require"))
        return needed


def _holds(when: Any, properties: Properties) -> bool:
    if not isinstance(when, Mapping) or not when:
        return False
    return all(properties.get(str(name)) == str(value) for name, value in when.items())


def _names(told: Any) -> list[str]:
    return [str(one) for one in told] if isinstance(told, list) else []


def _check(needed: Iterable[str], properties: Properties) -> None:
    missing = [name for name in dict.fromkeys(needed) if not properties.get(name)]
    if missing:
        raise Failure(
            400,
            VALIDATION,
            f"Required properties are missing: [{', '.join(missing)}]",
            errors=[
                {
                    "message": f'Property "{name}" is required',
                    "code": "REQUIRED_PROPERTY",
                    "context": {"propertyName": [name]},
                }
                for name in missing
            ],
            context={"properties": missing},
        )
