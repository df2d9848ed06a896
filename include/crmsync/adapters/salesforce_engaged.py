"""People with a contact role in an opportunity that is open or won.

A role is a record of its own between contact and opportunity, with its own time of change; the
opportunity's time tells that its stage moved. Both are asked in one query. A lost opportunity says
nothing of anybody.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from include.crmsync.adapters.failures import Refused
from include.crmsync.adapters.salesforce_api import SalesforceApi
from include.crmsync.adapters.soql import STAMP, moment, portions, select, within
from include.crmsync.errors import ConfigError
from include.crmsync.model.record_id import is_id

ROLE = "OpportunityContactRole"
_FIELDS = ["ContactId", "Opportunity.IsClosed", "Opportunity.IsWon"]
_ALIVE = "Opportunity.IsDeleted = false"
_HIDDEN = frozenset({"INVALID_TYPE", "INVALID_FIELD"})


def engaged(
    api: SalesforceApi, since: datetime | None, ids: Sequence[str] | None
) -> dict[str, bool]:
    """Contact -> whether one of its opportunities is won."""
    found: dict[str, bool] = {}
    for role in _roles(api, _conditions(since, ids)):
        told = role.get("Opportunity") or {}
        contact, won = role.get("ContactId"), bool(told.get("IsWon"))
        if contact and (won or not told.get("IsClosed")):
            found[contact] = won or found.get(contact, False)
    return found


def _conditions(since: datetime | None, ids: Sequence[str] | None) -> Iterator[list[str]]:
    """The conditions of each query: a short one, or as many as the ids need."""
    if ids is not None:
        asked = [id_ for id_ in dict.fromkeys(ids) if is_id(id_)]
        yield from ([_ALIVE, within("ContactId", portion)] for portion in portions(asked))
    elif since is not None:
        at = moment(since)
        yield [_ALIVE, f"({STAMP} >= {at} OR Opportunity.{STAMP} >= {at})"]
    else:
        yield [_ALIVE]


def _roles(api: SalesforceApi, queries: Iterable[list[str]]) -> Iterator[Mapping[str, Any]]:
    for where in queries:
        try:
            yield from api.query(select(_FIELDS, ROLE, where=where))
        except Refused as refusal:
            if refusal.code not in _HIDDEN:
                raise
            raise ConfigError(
                "lifecycle: the integration user may not read contact roles of opportunities."
                " Grant it read access to opportunities and their contact roles in Salesforce, or"
                " take `lifecycle` out of mappings/contacts.yaml."
            ) from None
