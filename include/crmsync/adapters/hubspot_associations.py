"""Parents in HubSpot: the associated company of a contact or a deal.

HubSpot lets a record have many companies, Salesforce one account. The parent is the company
marked primary, or else the one with the lowest id, so that the answer never depends on the
order of a list. Taking a parent away ends that one association; other companies stay
associated, because nobody asked to lose them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from include.crmsync.adapters.batches import chunks
from include.crmsync.adapters.failures import Refused, one_word
from include.crmsync.adapters.hubspot_api import ASSOCIATIONS, HubSpotApi, only_missing, results
from include.crmsync.adapters.hubspot_roles import to_roles
from include.crmsync.model.mapping import FieldType, ObjectMapping
from include.crmsync.model.record import Associations
from include.crmsync.model.role import Role

READ = 1000
"""The most inputs of an association read."""

PRIMARY = {("contacts", "companies"): 1, ("deals", "companies"): 5}
"""HubSpot's own association types that mark the primary company."""


def associations_of(
    api: HubSpotApi, mapping: ObjectMapping, ids: Sequence[str]
) -> Mapping[str, Associations]:
    """For each id, the parent of each object type the mapping has parents of, and the roles."""
    parents: dict[str, dict[str, str | None]] = {id_: {} for id_ in ids}
    roles: dict[str, dict[str, tuple[Role, ...]]] = {id_: {} for id_ in ids}
    for field in mapping.associated:
        associated = read_associations(api, mapping.hubspot, field.hubspot, ids)
        primary = PRIMARY.get((mapping.hubspot, field.hubspot))
        name = field.parent or field.hubspot
        for id_ in ids:
            if field.type is FieldType.ROLES:
                roles[id_][name] = to_roles(associated.get(id_, []), field)
            else:
                parents[id_][name] = choose(associated.get(id_, []), primary)
    return {id_: Associations(parents[id_], roles[id_]) for id_ in ids}


def read_associations(
    api: HubSpotApi, here: str, there: str, ids: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """For each id that has any, everything of the other object type it is associated with."""
    found: dict[str, list[dict[str, Any]]] = {}
    for portion in chunks(dict.fromkeys(ids), READ):
        inputs = [{"id": id_} for id_ in portion]
        while inputs:
            answer = api.post(f"{ASSOCIATIONS}/{here}/{there}/batch/read", {"inputs": inputs})
            only_missing(answer, f"read of associations {here} to {there}")
            for item in results(answer):
                found.setdefault(str(item["from"]["id"]), []).extend(item["to"])
            inputs = list(_unfinished(answer))
    return found


def choose(associated: Sequence[Mapping[str, Any]], primary: int | None) -> str | None:
    """The one parent among associated records: the primary, or else the lowest id."""
    marked = [
        item
        for item in associated
        if any(kind.get("typeId") == primary for kind in item.get("associationTypes") or ())
    ]
    ids = [str(item["toObjectId"]) for item in marked or associated]
    return min(ids, key=lambda id_: (len(id_), id_), default=None)


def associate(api: HubSpotApi, here: str, there: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Make the second of each pair the first one's parent."""
    inputs: list[dict[str, Any]] = [{"from": {"id": one}, "to": {"id": two}} for one, two in pairs]
    path = f"{ASSOCIATIONS}/{here}/{there}/batch/associate/default"
    if type_id := PRIMARY.get((here, there)):
        path = f"{ASSOCIATIONS}/{here}/{there}/batch/create"
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
        inputs = [{**pair, "types": types} for pair in inputs]
    _all_or_refused(api.post(path, {"inputs": inputs}), f"association of {here} with {there}")


def part(api: HubSpotApi, here: str, there: str, ids: Sequence[str]) -> None:
    """Take away the parent each of these records has."""
    primary = PRIMARY.get((here, there))
    associated = read_associations(api, here, there, ids)
    parents = {id_: choose(associated.get(id_, []), primary) for id_ in ids}
    inputs = [
        {"from": {"id": id_}, "to": [{"id": parent}]} for id_, parent in parents.items() if parent
    ]
    if inputs:
        answer = api.post(f"{ASSOCIATIONS}/{here}/{there}/batch/archive", {"inputs": inputs})
        _all_or_refused(answer, f"parting of {here} from {there}")


def _unfinished(answer: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for item in results(answer):
        after = ((item.get("paging") or {}).get("next") or {}).get("after")
        if after is not None:
            yield {"id": str(item["from"]["id"]), "after": str(after)}


def _all_or_refused(answer: Mapping[str, Any], what: str) -> None:
    """A partial answer is a refusal: the pairs are then tried apart, and repeating is harmless."""
    for error in answer.get("errors") or ():
        code = one_word(error.get("category")) or "PARTIAL"
        raise Refused(f"{what} was done in part: {code}", code, status=207, body=error)
