"""One filter of a search as a condition in SQL, with its values as parameters.

What is compared depends on the property: moments and ids as numbers from the record's own
columns, numbers as numbers, text without regard to case, options exactly. A blank property is
unequal to everything, so the negative operators let it pass.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.call import is_id
from include.sandbox.hubspot.failures import Failure, bad_request
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.property import Property
from include.sandbox.hubspot.search_words import words_of

Told = Mapping[str, Any]

COMPARE = {"EQ": "=", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
OPERATORS = (
    *COMPARE,
    "NEQ",
    "BETWEEN",
    "IN",
    "NOT_IN",
    "HAS_PROPERTY",
    "NOT_HAS_PROPERTY",
    "CONTAINS_TOKEN",
    "NOT_CONTAINS_TOKEN",
)
ASSOCIATIONS = "associations."
ASSOCIATED = "hs_association"
"""Occurs in the conditions that look at other things than records."""


@dataclass(slots=True)
class Terms:
    """Builds conditions and gathers their parameters."""

    kind: ObjectType
    known: Mapping[str, Property]
    named: Callable[[str], ObjectType]
    """Finds an object type by any of its names."""
    parameters: dict[str, Any] = field(default_factory=dict)
    exact: frozenset[str] = frozenset()
    """Properties whose holders `hs_unique` can tell, which is quicker than looking at all."""
    narrow: bool = False
    """Whether some condition finds a handful of records by itself: then no index may be
    walked for the sake of the order."""

    def condition(self, told: Told) -> str:
        """One filter; raises Failure when it makes no sense."""
        name, operator = str(told.get("propertyName")), str(told.get("operator"))
        if operator not in OPERATORS:
            raise bad_request(f"Invalid operator: {operator}. One of {', '.join(OPERATORS)}")
        if name.startswith(ASSOCIATIONS):
            return self._associated(name.removeprefix(ASSOCIATIONS), operator, told)
        declared = self._declared(name)
        self.narrow |= name == "hs_object_id" and operator in ("EQ", "IN")
        if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
            word = "IS NOT NULL" if operator == "HAS_PROPERTY" else "IS NULL"
            return f"{self.raw(declared)} {word}"
        if operator.endswith("CONTAINS_TOKEN"):
            return self._token(declared, operator, told)
        if operator in ("IN", "NOT_IN"):
            return self._among(declared, operator, values_of(told))
        if operator == "BETWEEN":
            low, high = (
                self._value(declared, told, "value"),
                self._value(declared, told, "highValue"),
            )
            return f"{self.compared(declared)} BETWEEN {low} AND {high}"
        return self._compare(declared, operator, told)

    def words(self, query: str) -> str:
        """A condition for the free-text query; one without any word finds nothing."""
        if not words_of(query):
            return "0"
        parts = [
            f"coalesce({self.raw(self.known[name])}, '')"
            for name in self.kind.searched
            if name in self.known
        ]
        # SQLite itself sets aside most of the records that have not got the words anywhere.
        plain = (one for one in words_of(query) if one.isascii())
        near = [f"properties LIKE {self.bind(f'%{one}%')}" for one in plain]
        found = f"hs_words({' || char(10) || '.join(parts)}, {self.bind(query)})"
        return " AND ".join([*near, found])

    def column(self, declared: Property) -> str | None:
        """The column that a property is, None for those that stand together."""
        return {
            "hs_object_id": "id",
            "createdate": "created",
            "hs_createdate": "created",
            self.kind.modified: "modified",
        }.get(declared.name)

    def raw(self, declared: Property) -> str:
        """A property as it is kept."""
        path = f'$."{declared.name}"'
        return self.column(declared) or f"json_extract(properties, {self.bind(path)})"

    def compared(self, declared: Property) -> str:
        """A property as it is compared and sorted."""
        kept = self.raw(declared)
        if declared.type == "number":
            return f"CAST({kept} AS REAL)" if kept.startswith("json") else kept
        return f"hs_fold({kept})" if is_text(declared) else kept

    def bind(self, value: Any) -> str:
        """A parameter that holds a value."""
        name = f"v{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def _compare(self, declared: Property, operator: str, told: Told) -> str:
        if declared.several and operator in ("EQ", "NEQ"):
            return self._among(declared, "IN" if operator == "EQ" else "NOT_IN", [value_of(told)])
        value = self._value(declared, told, "value")
        if operator == "NEQ":
            return f"{self.compared(declared)} IS NOT {value}"
        plain = f"{self.compared(declared)} {COMPARE[operator]} {value}"
        if operator == "EQ" and self._is_exact(declared, [value_of(told)]):
            return f"{self._held(declared, [value_of(told)])} AND {plain}"
        return plain

    def _among(self, declared: Property, operator: str, told: Sequence[str]) -> str:
        if declared.several:
            found = f"hs_any({self.raw(declared)}, {self.bind(json.dumps(list(told)))})"
        else:
            # Text is folded in the index and these values are not: capitals never match.
            values = ", ".join(self.bind(comparable(declared, one)) for one in told)
            found = f"{self.compared(declared)} IN ({values})"
        if operator == "NOT_IN":
            return f"NOT coalesce({found}, 0)"
        exact = f"{self._held(declared, told)} AND " if self._is_exact(declared, told) else ""
        return f"{exact}{found}"

    def _is_exact(self, declared: Property, told: Sequence[str]) -> bool:
        """Whether `hs_unique` can tell the holders; its index only folds plain letters."""
        if declared.name not in self.exact:
            return False
        return declared.name == "email" or all(one.isascii() for one in told)

    def _held(self, declared: Property, told: Sequence[str]) -> str:
        self.narrow = True
        values = ", ".join(self.bind(one.lower()) for one in told)
        # E-mails are kept folded; anything else is kept as it was told.
        fits = (
            f"value IN ({values})"
            if declared.name == "email"
            else f"property <> 'email' AND value COLLATE NOCASE IN ({values})"
        )
        return (
            "id IN (SELECT id FROM hs_unique WHERE type = :type "  # noqa: S608  names of parameters
            f"AND property = {self.bind(declared.name)} AND {fits})"
        )

    def _token(self, declared: Property, operator: str, told: Told) -> str:
        found = f"hs_token({self.raw(declared)}, {self.bind(value_of(told))})"
        return found if operator == "CONTAINS_TOKEN" else f"NOT {found}"

    def _associated(self, name: str, operator: str, told: Told) -> str:
        rows = (
            "SELECT 1 FROM hs_association WHERE from_type = :type AND from_id = id "  # noqa: S608
            f"AND to_type = {self.bind(self.named(name).name)}"
        )
        negative = operator in ("NEQ", "NOT_IN", "NOT_HAS_PROPERTY")
        if operator in ("EQ", "NEQ", "IN", "NOT_IN"):
            ids = [value_of(told)] if operator in ("EQ", "NEQ") else values_of(told)
            bound = ", ".join(self.bind(int(one) if is_id(one) else -1) for one in ids)
            rows += f" AND to_id IN ({bound})"
        elif not operator.endswith("HAS_PROPERTY"):
            raise bad_request(f"Operator {operator} does not work on associations")
        return f"{'NOT ' if negative else ''}EXISTS ({rows})"

    def _declared(self, name: str) -> Property:
        return find_property(self.known, name)

    def _value(self, declared: Property, told: Told, key: str) -> str:
        value = comparable(declared, value_of(told, key))
        return self.bind(
            value.casefold() if is_text(declared) and isinstance(value, str) else value
        )


def find_property(known: Mapping[str, Property], name: str) -> Property:
    """The property a search names; raises Failure when there is none."""
    declared = known.get(name)
    if declared is None:
        raise Failure(
            400,
            "VALIDATION_ERROR",
            "There was a problem with the request.",
            errors=[
                {
                    "message": f"Property {name} does not exist",
                    "code": "PROPERTY_DOESNT_EXIST",
                    "context": {"propertyName": [name]},
                }
            ],
        )
    return declared


def is_text(declared: Property) -> bool:
    """Whether a property is compared without regard to case."""
    return declared.type in ("string", "phone_number")


def value_of(told: Told, key: str = "value") -> str:
    """The value of a filter as text."""
    value = told.get(key)
    if not isinstance(value, str | int | float):
        raise bad_request(f"A filter with operator {told.get('operator')} needs {key}")
    return str(value).lower() if isinstance(value, bool) else str(value)


def values_of(told: Told) -> list[str]:
    """The list of values of a filter."""
    values = told.get("values")
    if not isinstance(values, list) or not values:
        raise bad_request(f"A filter with operator {told.get('operator')} needs values")
    return [str(one) for one in values]


def comparable(declared: Property, told: str) -> str | float | int:
    """A filter's value as the property is kept."""
    kind = "stamp" if declared.name in _STAMPS else declared.type
    reader = _READERS.get(kind)
    return reader(declared, told) if reader else told


_STAMPS = {"createdate", "hs_createdate", "lastmodifieddate", "hs_lastmodifieddate"}


def _number(declared: Property, told: str) -> float | int:
    if declared.name == "hs_object_id" and is_id(told):
        return int(told)
    try:
        return float(told)
    except ValueError:
        raise _bad_value(declared, told) from None


def _stamp(declared: Property, told: str) -> int:
    stamp = moments.read(told)
    if stamp is None:
        raise _bad_value(declared, told)
    return stamp


def _bad_value(declared: Property, told: str) -> Failure:
    return bad_request(f"{told} is not a value of the {declared.type} property {declared.name}")


_READERS: dict[str, Callable[[Property, str], str | float | int]] = {
    "number": _number,
    "stamp": _stamp,
    "datetime": lambda declared, told: moments.stored(_stamp(declared, told)),
    "date": lambda declared, told: moments.stored(_stamp(declared, told))[:10],
}
