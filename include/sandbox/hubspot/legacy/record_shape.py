"""A company, a deal or another object as version 1 or 2 tells it.

The same for all but for the name of the id and what stands beside the properties.
"""

from collections.abc import Iterable
from typing import Any

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.legacy.property_values import PropertyValues, full
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.row import Row

_MERGED = "hs_merged_object_ids"


class RecordShape:
    """Shows records."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._values = PropertyValues(portal)

    def company(
        self, row: Row, names: Iterable[str] | None, with_history: Iterable[str] = ()
    ) -> dict[str, Any]:
        """A company with these properties, or with all."""
        domains = row.properties.get("hs_additional_domains", "")
        return {
            "portalId": PORTAL_ID,
            "companyId": row.id,
            "isDeleted": row.archived is not None,
            "properties": self.properties("companies", row, names, with_history),
            "additionalDomains": [{"domain": one} for one in domains.split(";") if one],
            "stateChanges": [],
            "mergeAudits": _audits(row),
        }

    def deal(
        self,
        row: Row,
        names: Iterable[str] | None,
        with_history: Iterable[str] = (),
        *,
        associations: bool = True,
    ) -> dict[str, Any]:
        """A deal with these properties, or with all."""
        told: dict[str, Any] = {
            "portalId": PORTAL_ID,
            "dealId": row.id,
            "isDeleted": row.archived is not None,
            "properties": self.properties("deals", row, names, with_history),
            "imports": [],
            "stateChanges": [],
        }
        if associations:
            told["associations"] = {
                "associatedVids": self._associated(row, "contacts"),
                "associatedCompanyIds": self._associated(row, "companies"),
                "associatedDealIds": self._associated(row, "deals"),
                "associatedTicketIds": self._associated(row, "tickets"),
            }
        return told

    def other(
        self,
        kind: ObjectType,
        row: Row,
        names: Iterable[str] | None,
        with_history: Iterable[str] = (),
    ) -> dict[str, Any]:
        """A ticket, a product, a line item."""
        return {
            "objectType": kind.singular.upper(),
            "portalId": PORTAL_ID,
            "objectId": row.id,
            "properties": self.properties(kind.name, row, names, with_history),
            "version": 1,
            "isDeleted": row.archived is not None,
        }

    def properties(
        self,
        name: str,
        row: Row,
        names: Iterable[str] | None,
        with_history: Iterable[str] = (),
    ) -> dict[str, Any]:
        """The properties alone."""
        return full(self._values.of(self._portal.types.of(name), row, names), with_history)

    def _associated(self, row: Row, there: str) -> list[int]:
        return [one.to_id for one in self._portal.associations.of("deals", row.id, there)]


def names_in(call: Call, portal: Portal, kind: str) -> tuple[list[str] | None, list[str]]:
    """Which properties a page of records shows, and of which also what they were before.

    None stands for all of them, without any a page tells ids alone.
    """
    past = call.names("propertiesWithHistory")
    if call.flag("includeAllProperties"):
        every = call.request.get("allPropertiesFetchMode") == "all_versions"
        return None, list(portal.schema.of(kind)) if every else past
    return list(dict.fromkeys([*call.names("properties"), *past])), past


def _audits(row: Row) -> list[dict[str, Any]]:
    return [
        {"mergedCompanyId": int(one), "canonicalCompanyId": row.id, "entityId": "sandbox"}
        for one in row.properties.get(_MERGED, "").split(";")
        if one
    ]
