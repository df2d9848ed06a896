"""Creating, changing and archiving one record by HubSpot's rules.

A value that equals the stored one is no change: it moves no stamp and leaves no version. A
stamp is the clock's millisecond, or one more than the last where the clock has not moved, so
that a record's stamps only ever grow. The lifecycle stage goes forward only: an earlier one
is silently ignored, as HubSpot does, until the stage is cleared.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.admin_rules import AdminRules
from include.sandbox.hubspot.derived import Derived
from include.sandbox.hubspot.failures import Failure, Problem, invalid_values
from include.sandbox.hubspot.history import History
from include.sandbox.hubspot.object_types import ObjectType, numbered_with
from include.sandbox.hubspot.records import Records
from include.sandbox.hubspot.row import CALCULATED, INTEGRATION, Row
from include.sandbox.hubspot.schema import Schema
from include.sandbox.hubspot.unindexed import Unindexed
from include.sandbox.hubspot.uniqueness import Uniqueness, swap_mails
from include.sandbox.hubspot.values import Invalid, Values

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tables:
    """What a write reads and changes."""

    schema: Schema
    records: Records
    history: History
    unindexed: Unindexed


@dataclass(frozen=True, slots=True)
class Rules:
    """What a write is held to."""

    values: Values
    derived: Derived
    unique: Uniqueness
    admin: AdminRules


class Writing:
    """Writes single records; a caller makes several one transaction."""

    def __init__(self, tables: Tables, rules: Rules, now: Callable[[], int]) -> None:
        self._schema = tables.schema
        self._records = tables.records
        self._history = tables.history
        self._unindexed = tables.unindexed
        self._values = rules.values
        self._derived = rules.derived
        self._unique = rules.unique
        self._rules = rules.admin
        self._now = now

    def create(
        self, kind: ObjectType, told: Told, *, strict: bool = False, source: str = INTEGRATION
    ) -> Row:
        """A new record; raises Failure and then changes nothing.

        `strict` also holds it to what the portal's administrators require.
        """
        properties = self._merged(kind, told, {})
        properties |= self._derived.defaults(kind, properties)
        _check_required(kind, properties)
        if strict:
            self._rules.check_created(kind, properties)
        held = self._unique.claim(kind, None, properties)
        id_, now = self._records.next_id(numbered_with(kind)), self._now()
        row = Row(id_, properties, now, now, source=source)
        self._settle(kind, row)
        self._unindexed.note(kind.name, id_, None)
        self._records.put(kind.name, [row])
        self._records.hold(kind.name, id_, held)
        return row

    def update(
        self,
        kind: ObjectType,
        row: Row,
        told: Told,
        *,
        strict: bool = False,
        source: str = INTEGRATION,
    ) -> tuple[Row, set[str]]:
        """The record after a change, and which properties changed; raises Failure."""
        after = row.copy()
        after.properties = self._merged(kind, told, row.properties)
        if strict:
            self._rules.check_changed(kind, row.properties, after.properties)
        if kind.name == "contacts":
            swap_mails(row.properties, after.properties)
        self._settle(kind, after)
        changed = differing(row.properties, after.properties)
        if not changed and after.created == row.created:
            return row, set()
        held = self._unique.claim(kind, row.id, after.properties)
        self.store(kind, row, after, changed, source)
        self._records.hold(kind.name, row.id, held)
        return after, changed

    def store(
        self,
        kind: ObjectType,
        before: Row,
        after: Row,
        changed: set[str],
        source: str = INTEGRATION,
    ) -> None:
        """Keep a changed record with a fresh stamp and its versions."""
        after.modified = max(self._now(), before.modified + 1)
        self._unindexed.note(kind.name, before.id, before)
        sources = dict.fromkeys(changed, source)
        sources |= dict.fromkeys(changed.intersection(self._derived.names(kind)), CALCULATED)
        self._history.note(kind.name, before, after, sources)
        self._records.put(kind.name, [after])

    def archive(self, kind: ObjectType, row: Row) -> None:
        """Archive a record; what it held alone becomes free."""
        after = row.copy()
        after.archived = self._now()
        self._unindexed.note(kind.name, row.id, row)
        self._records.put(kind.name, [after])
        self._records.hold(kind.name, row.id, ())

    def _merged(self, kind: ObjectType, told: Told, now: Mapping[str, str]) -> dict[str, str]:
        """What is kept when this is told; all problems are refused at once."""
        known = self._schema.of(kind.name)
        merged, problems = dict(now), list[Problem]()
        for name, value in told.items():
            declared = known.get(name)
            if declared is None:
                words = f'Property "{name}" does not exist'
                problems.append(Problem(name, "PROPERTY_DOESNT_EXIST", words))
            elif declared.read_only:
                words = f'"{name}" is a read only property; its value cannot be set.'
                problems.append(Problem(name, "READ_ONLY_VALUE", words))
            else:
                self._take(kind, name, value, merged, problems)
        if problems:
            raise invalid_values(problems)
        return merged

    def _take(
        self,
        kind: ObjectType,
        name: str,
        value: Any,
        merged: dict[str, str],
        problems: list[Problem],
    ) -> None:
        declared = self._schema.of(kind.name)[name]
        try:
            kept = self._values.kept(kind, declared, value, merged.get(name))
        except Invalid as invalid:
            problems.append(invalid.problem)
            return
        if kept is None:
            merged.pop(name, None)
        elif name != "lifecyclestage" or not self._goes_back(kind, merged.get(name), kept):
            merged[name] = kept

    def _goes_back(self, kind: ObjectType, before: str | None, after: str) -> bool:
        order = [one.value for one in self._schema.of(kind.name)["lifecyclestage"].options]
        return before in order and order.index(after) < order.index(before)

    def _settle(self, kind: ObjectType, row: Row) -> None:
        """Bring what follows from other properties up to date."""
        if told := row.properties.pop("createdate", None):
            row.created = moments.read(told) or row.created
        self._derived.settle(kind, row.id, row.properties)


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """Names of the properties that two versions of a record do not share."""
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def _check_required(kind: ObjectType, properties: Mapping[str, str]) -> None:
    missing = [
        group[0] for group in kind.required if not any(properties.get(name) for name in group)
    ]
    if missing:
        raise Failure(
            400,
            "VALIDATION_ERROR",
            f"Error creating {kind.singular.upper()}. Some required properties were not set.",
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
