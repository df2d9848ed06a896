"""Companies version 2: who works at a company, by id alone or with what is known of them."""

import uuid
from typing import Any

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.failures import not_found
from include.sandbox.hubspot.legacy.pages import limit_of, offset_of
from include.sandbox.hubspot.legacy.property_values import PropertyValues
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.row import Row
from include.sandbox.hubspot.uniqueness import mails
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/companies/v2/companies/{company_id}"
LARGEST_PAGE, DEFAULT_PAGE = 100, 20
_NAMES = ("firstname", "lastname", "email", "lastmodifieddate")


class CompanyContacts:
    """Serves the contacts of a company."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._values = PropertyValues(portal)

    def routes(self) -> list[Route]:
        return [
            Route("GET", f"{BASE}/vids", self._vids),
            Route("GET", f"{BASE}/contacts", self._contacts),
        ]

    def _vids(self, call: Call, company_id: str) -> Answer:
        ids, more = self._ids(call, company_id)
        return Answer(200, {"vids": ids, "vidOffset": ids[-1] if ids else 0, "hasMore": more})

    def _contacts(self, call: Call, company_id: str) -> Answer:
        ids, more = self._ids(call, company_id)
        found = self._portal.live(self._portal.types.of("contacts"), ids)
        shown = [self._shown(found[one]) for one in ids if one in found]
        body = {"contacts": shown, "vidOffset": ids[-1] if ids else 0, "hasMore": more}
        return Answer(200, body)

    def _ids(self, call: Call, company_id: str) -> tuple[list[int], bool]:
        companies = self._portal.types.of("companies")
        row = self._portal.by(companies, "", [company_id]).get(company_id)
        if row is None:
            raise not_found()
        limit, after = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), offset_of(call, "vidOffset")
        found = self._portal.associations.of("companies", row.id, "contacts", after, limit + 1)
        return [one.to_id for one in found[:limit]], len(found) > limit

    def _shown(self, row: Row) -> dict[str, Any]:
        versions = self._values.of(self._portal.types.of("contacts"), row, _NAMES)
        return {
            "vid": row.id,
            "canonicalVid": row.id,
            "portalId": PORTAL_ID,
            "isContact": True,
            "publicToken": f"AO_T-{uuid.uuid5(uuid.NAMESPACE_URL, f'profile:{row.id}').hex}",
            "identities": [
                {
                    "vid": row.id,
                    "identity": [
                        {"type": "EMAIL", "value": mail, "timestamp": row.created}
                        for mail in mails(row.properties)
                    ],
                    "linkedVid": [],
                }
            ],
            "properties": [
                {"name": name, "value": listed[0].value, "sourceVid": [row.id]}
                for name, listed in versions.items()
            ],
            "vids": [],
            "mergedVids": [],
            "mergeAudit": [],
            "formSubmissions": [],
            "listMembership": [],
            "imports": [],
            "campaigns": [],
            "stateChanges": [],
        }
