"""Roles in HubSpot: associations of a record, each with or without one of the mapping's labels.

A label is an association type of its own beside the plain one, so whoever is given a name gets
both, and loses the other labels that the mapping knows. Labels it does not know are nobody's
business here and stay. Giving and taking can be repeated: HubSpot takes an association that is
there, or one that is not there any more, for done.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from include.crmsync.adapters.batches import chunks, settle
from include.crmsync.adapters.failures import Refused, one_word
from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.hubspot_api import ASSOCIATIONS, HubSpotApi, results
from include.crmsync.adapters.hubspot_refusal import blame, word
from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.role import Role, RoleWrite

CREATE = 2000
"""The most inputs of a call that creates associations."""

NO_LABEL = "ASSOCIATION_LABEL_MISSING"
"""Our word where the portal has no label of the name that the mapping states."""

Kind = Mapping[str, Any]
"""An association type as bodies name it."""


def to_roles(associated: Sequence[Mapping[str, Any]], field: FieldMapping) -> tuple[Role, ...]:
    """A role for each associated record, under the first of its labels that the mapping has."""
    found = []
    for item in associated:
        labels = {kind.get("label") for kind in item.get("associationTypes") or ()}
        name = next((one for one in field.values if one in labels), "")
        found.append(Role(str(item["toObjectId"]), name))
    return tuple(sorted(found, key=lambda one: (len(one.record_id), one.record_id)))


def write_roles(
    api: HubSpotApi, mapping: ObjectMapping, rows: Sequence[Write], answers: Sequence[Written]
) -> list[Written]:
    """The answers, in the order of `rows`, after roles were written where records landed."""
    told = {answer.key: answer for answer in answers}
    for field in mapping.roles:
        ready = [row for row in rows if field.parent in row.roles and told[row.key].code is None]
        if ready:
            told |= {one.key: one for one in _written(api, mapping, field, ready, told)}
    return [told[row.key] for row in rows]


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two object types, and the association types between them."""

    api: HubSpotApi
    here: str
    there: str
    plain: Kind
    labels: Mapping[str, Kind]
    """The mapping's labels that the portal has."""

    def create(self, inputs: Iterable[Mapping[str, Any]]) -> None:
        self._post("create", inputs, CREATE)

    def unlabel(self, inputs: Iterable[Mapping[str, Any]]) -> None:
        self._post("labels/archive", inputs, CREATE)

    def archive(self, inputs: Iterable[Mapping[str, Any]]) -> None:
        self._post("archive", inputs, CREATE)

    def _post(self, what: str, inputs: Iterable[Mapping[str, Any]], most: int) -> None:
        for some in chunks(inputs, most):
            path = f"{ASSOCIATIONS}/{self.here}/{self.there}/batch/{what}"
            answer = self.api.post(path, {"inputs": some})
            for error in answer.get("errors") or ():
                code = one_word(error.get("category")) or "PARTIAL"
                text = f"roles of {self.there} in {self.here} were written in part: {code}"
                raise Refused(text, code, status=207, body=error)


def _written(
    api: HubSpotApi,
    mapping: ObjectMapping,
    field: FieldMapping,
    ready: Sequence[Write],
    told: Mapping[str, Written],
) -> Iterator[Written]:
    pair = _pair(api, mapping, field)
    ids = {row.key: told[row.key].record_id or "" for row in ready}
    roles = {row.key: row.roles[field.parent or ""] for row in ready}
    unsayable = [row for row in ready if _unknown(roles[row.key], pair)]
    for row in unsayable:
        text = f"{NO_LABEL}: HubSpot has no association label that the mapping names for a role"
        yield Written(row.key, ids[row.key], NO_LABEL, text)
    sayable = [row for row in ready if row not in unsayable]
    if sayable:
        for answer in settle(sayable, _sending(pair, ids, roles), blame, word):
            yield replace(answer, record_id=ids[answer.key])


def _pair(api: HubSpotApi, mapping: ObjectMapping, field: FieldMapping) -> _Pair:
    """One call tells all association types between the two."""
    here, there = mapping.hubspot, field.hubspot
    kinds = {
        item.get("label"): {
            "associationCategory": item["category"],
            "associationTypeId": item["typeId"],
        }
        for item in results(api.get(f"{ASSOCIATIONS}/{here}/{there}/labels"))
    }
    labels = {name: kinds[name] for name in field.values if name in kinds}
    return _Pair(api, here, there, kinds[None], labels)


def _unknown(roles: RoleWrite, pair: _Pair) -> bool:
    return any(name and name not in pair.labels for name in roles.given.values())


def _sending(
    pair: _Pair, ids: Mapping[str, str], roles: Mapping[str, RoleWrite]
) -> Callable[[Sequence[Write]], list[Written]]:
    def send(rows: Sequence[Write]) -> list[Written]:
        given = [(ids[row.key], who, name) for row in rows for who, name in _given(roles[row.key])]
        taken = [(ids[row.key], sorted(roles[row.key].taken)) for row in rows]
        pair.create(_input(one, who, _kinds(name, pair)) for one, who, name in given)
        pair.unlabel(
            _input(one, who, others)
            for one, who, name in given
            if name is not None and (others := _others(name, pair))
        )
        pair.archive(
            {"from": {"id": one}, "to": [{"id": who} for who in several]}
            for one, several in taken
            if several
        )
        return [Written(row.key) for row in rows]

    return send


def _given(roles: RoleWrite) -> list[tuple[str, str | None]]:
    return sorted(roles.given.items())


def _input(record_id: str, who: str, kinds: Sequence[Kind]) -> dict[str, Any]:
    return {"from": {"id": record_id}, "to": {"id": who}, "types": list(kinds)}


def _kinds(name: str | None, pair: _Pair) -> list[Kind]:
    return [pair.plain, pair.labels[name]] if name else [pair.plain]


def _others(name: str, pair: _Pair) -> list[Kind]:
    return [kind for label, kind in pair.labels.items() if label != name]
