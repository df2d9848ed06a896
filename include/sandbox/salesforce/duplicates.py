"""Duplicate rules: a record that looks like another is refused, or let through on request.

Off unless the setting `duplicate_rules` lists some. A rule compares fields, without regard
to case: `{"sobject": "Contact", "fields": ["Email"], "name": "...", "allow_save": true}`.
An alerting rule (`allow_save`) yields to a header of the request, a blocking one does not.
"""

from collections.abc import Mapping
from typing import Any

from include.sandbox.salesforce.errors import Fault, Refusal
from include.sandbox.salesforce.settings import Settings
from include.sandbox.salesforce.store import Row, Store
from include.sandbox.salesforce.writer import Candidate

MESSAGE = "Use one of these records?"


class Duplicates:
    """Judges records by the duplicate rules."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def judge(self, candidate: Candidate) -> None:
        """Raise Refusal with the records this one is like."""
        for rule in self._settings["duplicate_rules"]:
            if not isinstance(rule, Mapping) or rule.get("sobject") != candidate.sobject.name:
                continue
            alerts = rule.get("allow_save", True) is True
            if alerts and candidate.author.saves_duplicates:
                continue
            if found := self._alike(rule, candidate):
                raise Refusal([_fault(rule, candidate, found, allow_save=alerts)])

    def _alike(self, rule: Mapping[str, Any], candidate: Candidate) -> list[Row]:
        columns = [candidate.sobject.field(str(name)) for name in rule.get("fields", ("Email",))]
        names = [column.name for column in columns if column]
        values = [candidate.row.get(name) for name in names]
        if not names or None in values or not _moved(candidate, names):
            return []
        found = self._store.holding(candidate.sobject, names[0], values[0])
        return [
            row
            for row in found
            if row["Id"] != candidate.row.get("Id")
            and all(_folded(row.get(name)) == _folded(candidate.row.get(name)) for name in names)
        ]


def _moved(candidate: Candidate, names: list[str]) -> bool:
    before = candidate.before
    return before is None or any(before.get(name) != candidate.row.get(name) for name in names)


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _fault(
    rule: Mapping[str, Any], candidate: Candidate, found: list[Row], *, allow_save: bool
) -> Fault:
    kind = candidate.sobject.name
    matched = {
        "entityType": kind,
        "errors": [],
        "matchEngine": "ExactMatchEngine",
        "matchRecords": [_match(kind, row) for row in found],
        "rule": f"{kind}_Matching_Rule",
        "size": len(found),
        "success": True,
    }
    result = {
        "allowSave": allow_save,
        "duplicateRule": str(rule.get("name") or f"{kind}_Duplicate_Rule"),
        "duplicateRuleEntityType": kind,
        "errorMessage": MESSAGE,
        "matchResults": [matched],
    }
    return Fault("DUPLICATES_DETECTED", MESSAGE, None, {"duplicateResult": result})


def _match(kind: str, row: Row) -> dict[str, Any]:
    return {
        "additionalInformation": [],
        "fieldDiffs": [],
        "matchConfidence": 100.0,
        "record": {"attributes": {"type": kind}, "Id": row["Id"]},
    }
