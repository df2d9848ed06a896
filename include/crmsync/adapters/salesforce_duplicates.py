"""What a duplicate rule found, of the answer in which Salesforce refuses a record for it.

Its message is the rule's alert, mostly "Use one of these records?", and names none. Which rule it
was, and the records it found, are beside it: a rule's name and ids, so no value of any record. An
answer of a bulk job has the message alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from include.crmsync.adapters.failures import one_word

RESULTS = ("duplicateResult", "duplicateResut")
"""Salesforce spells it either way, by the version of its API."""

_FEW = 5
"""Records that are named; more are counted."""


def alike(error: Mapping[str, Any]) -> str:
    """The rule and the records it found, to stand behind the message; empty where none is told."""
    result = next((told for name in RESULTS if (told := _object(error.get(name)))), {})
    rule = one_word(result.get("duplicateRule"))
    ids = list(dict.fromkeys(_ids(result)))
    if not rule and not ids:
        return ""
    by = f"the duplicate rule {rule}" if rule else "a duplicate rule"
    more = f" and {len(ids) - _FEW} more" if len(ids) > _FEW else ""
    found = f" found {', '.join(ids[:_FEW])}{more}" if ids else " found other records"
    return f" ({by}{found})"


def _ids(result: Mapping[str, Any]) -> Iterator[str]:
    for matched in _objects(result.get("matchResults")):
        for one in _objects(matched.get("matchRecords")):
            record = _object(one.get("record"))
            if id_ := one_word(record.get("Id") or record.get("id")):
                yield id_


def _objects(told: Any) -> list[Mapping[str, Any]]:
    return [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []


def _object(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, Mapping) else {}
