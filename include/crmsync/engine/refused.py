"""What a CRM refused is not sent again as it was.

A refused field is remembered by a digest of all that could make the answer another one: its
value, its mapping, and what both schemas say of it. While the digest is the same, the field
stands back and is held with the CRM's own words, and no call is spent on it; once one of the
three has changed it goes again. A record that was refused as a whole is remembered alike, by
its mapping and schemas: its values are looked at when it changes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from include.crmsync.engine.obstacle import Obstacle
from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System, Value

RefusedFields = Mapping[System, Mapping[str, Mapping[str, Held]]]
"""The system a value comes from -> record -> field -> how the other system refused it."""

NOTHING_REFUSED: RefusedFields = {system: {} for system in System}


@dataclass(slots=True)
class Digests:
    """Digests under one mapping; a field's own part of them is worked out once."""

    mapping: ObjectMapping
    _fields: dict[str, str] = field(default_factory=dict)

    def of(self, name: str | None, value: Value) -> str | None:
        """The digest of a value of a field, or of the record as a whole; None: no such field."""
        if name is None:
            return _digest([self._field(one) for one in self.mapping.fields])
        known = next((one for one in self.mapping.fields if one.name == name), None)
        return None if known is None else _digest([self._field(known), value])

    def _field(self, one: FieldMapping) -> str:
        if one.name not in self._fields:
            self._fields[one.name] = _digest(asdict(one))
        return self._fields[one.name]


def remembered(held: Iterable[Held], mapping: ObjectMapping) -> list[Held]:
    """Held rows with the digest of what was refused, where a CRM refused it just now."""
    digests = Digests(mapping)
    return [
        replace(one, sent=digests.of(one.field, one.value)) if one.code and not one.sent else one
        for one in held
    ]


def moved_on(held: Iterable[Held], mapping: ObjectMapping) -> list[Held]:
    """Those whose mapping or schema is not what it was when they were refused."""
    digests = Digests(mapping)
    return [one for one in held if one.sent and one.sent != digests.of(one.field, one.value)]


def refused_fields(held: Iterable[Held], mapping: ObjectMapping) -> RefusedFields:
    """What must not be sent again, of held rows: fields that nothing has changed about."""
    digests = Digests(mapping)
    found: dict[System, dict[str, dict[str, Held]]] = {system: {} for system in System}
    for one in held:
        if one.field and one.sent and one.sent == digests.of(one.field, one.value):
            found[one.system].setdefault(one.record_id, {})[one.field] = one
    return found


def refused_before(
    value: Value, name: str, origin: tuple[System, str], refused: RefusedFields
) -> Obstacle | None:
    """What a CRM said to this very value of a record's field, if it did."""
    system, record_id = origin
    known = refused[system].get(record_id, {}).get(name)
    if known is None or known.value != value:
        return None
    return Obstacle(known.criterion, known.reason, code=known.code, sent=known.sent)


def _digest(told: Any) -> str:
    text = json.dumps(told, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:32]


def _plain(told: Any) -> Any:
    return sorted(told) if isinstance(told, set | frozenset) else str(told)
