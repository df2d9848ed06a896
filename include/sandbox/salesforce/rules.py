"""The org's validation rules: what else a record must fulfil to be saved.

Rules are declared in a file; the setting `validation_rules` turns one off or on by its name
or by `Object.name`, and may declare more. Every rule that a record breaks is reported.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from include.sandbox.salesforce.errors import Fault, Refusal
from include.sandbox.salesforce.formula import Evaluate, compile_formula
from include.sandbox.salesforce.formula_functions import FormulaError
from include.sandbox.salesforce.schema import Schema, SObject
from include.sandbox.salesforce.settings import Settings
from include.sandbox.salesforce.writer import Candidate

SHIPPED = Path(__file__).parent / "validation_rules.yaml"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule refuses a record for which its formula is true."""

    sobject: str
    name: str
    formula: str
    error_message: str
    error_field: str | None = None
    active: bool = True

    @property
    def full_name(self) -> str:
        return f"{self.sobject}.{self.name}"


class Rules:
    """Judges records by the active rules."""

    def __init__(self, schema: Schema, settings: Settings) -> None:
        self._schema = schema
        self._settings = settings
        self._shipped = [Rule(**one) for one in yaml.safe_load(SHIPPED.read_text("utf-8"))]
        self._usual: dict[str, list[Rule]] = {}
        for rule in self._shipped:
            if rule.active:
                self._usual.setdefault(rule.sobject, []).append(rule)

    def every(self, sobject: str | None = None) -> Iterator[Rule]:
        """Every rule, shipped and set, of an object or of all; each says whether it is on."""
        switches: Mapping[str, Any] = self._settings["validation_rules"]
        for rule in self._shipped:
            if sobject not in (None, rule.sobject):
                continue
            told = switches.get(rule.full_name, switches.get(rule.name, rule.active))
            yield rule if told is rule.active else replace(rule, active=told is True)
        for name, declared in switches.items():
            if not isinstance(declared, Mapping):
                continue
            rule = _declared(name, declared)
            if sobject in (None, rule.sobject):
                yield rule

    def switch(self, rule: Rule, *, active: bool) -> None:
        """Turn a rule on or off."""
        switches = dict(self._settings["validation_rules"])
        declared = switches.get(rule.full_name)
        told = {**declared, "active": active} if isinstance(declared, Mapping) else active
        self._settings.set("validation_rules", value={**switches, rule.full_name: told})

    def judge(self, candidate: Candidate) -> None:
        """Raise Refusal naming every rule the record breaks."""
        broken = [
            rule for rule in self._active(candidate.sobject.name) if self._breaks(rule, candidate)
        ]
        if broken:
            raise Refusal(_fault(rule) for rule in broken)

    def _active(self, sobject: str) -> Sequence[Rule]:
        if not self._settings["validation_rules"]:
            return self._usual.get(sobject, ())
        return [rule for rule in self.every(sobject) if rule.active]

    def _breaks(self, rule: Rule, candidate: Candidate) -> bool:
        try:
            return bool(_compiled(rule.formula, candidate.sobject)(candidate.row))
        except FormulaError as error:
            message = f"The validation rule {rule.full_name} cannot be read: {error}"
            raise Refusal([Fault("FIELD_INTEGRITY_EXCEPTION", message, ())]) from None


def _declared(name: str, declared: Mapping[str, Any]) -> Rule:
    sobject, _, bare = name.rpartition(".")
    return Rule(
        sobject=str(declared.get("sobject") or sobject),
        name=bare,
        formula=str(declared.get("formula") or "FALSE"),
        error_message=str(declared.get("error_message") or bare),
        error_field=declared.get("error_field"),
        active=declared.get("active", True) is True,
    )


@lru_cache(maxsize=256)
def _compiled(formula: str, sobject: SObject) -> Evaluate:
    return compile_formula(formula, {one.name.lower(): one.name for one in sobject.stored})


def _fault(rule: Rule) -> Fault:
    fields = (rule.error_field,) if rule.error_field else ()
    return Fault("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.error_message, fields)
