"""A contact as version 1 tells it: hyphens in its names, and the people it was before.

With the properties come who the contact is by e-mail, on which lists it is, what it told forms,
what was merged into it and the company it belongs to. Each is read from where it is kept.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.forms import Submission
from include.sandbox.hubspot.legacy.property_values import PropertyValues, brief
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.row import Row
from include.sandbox.hubspot.uniqueness import mails

PRIMARY_COMPANY = 1
"""The number of the association with the company a contact belongs to."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a call wants to know of each contact."""

    names: tuple[str, ...] | None = None
    """Properties; None: all."""
    with_history: bool = False
    submissions: str = "newest"
    """all, none, newest or oldest."""
    lists: bool = False
    company: bool = False


class ContactShape:
    """Shows contacts."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._values = PropertyValues(portal)

    def shown(self, row: Row, wanted: Wanted) -> dict[str, Any]:
        """One contact."""
        contacts = self._portal.types.of("contacts")
        versions = self._values.of(contacts, row, wanted.names)
        merges = _merges(row)
        told: dict[str, Any] = {
            "addedAt": row.created,
            "vid": row.id,
            "canonical-vid": row.id,
            "merged-vids": [loser for loser, _ in merges],
            "portal-id": PORTAL_ID,
            "is-contact": True,
            "profile-token": _token(row),
            "profile-url": f"https://app.hubspot.com/contacts/{PORTAL_ID}/contact/{row.id}",
            "properties": brief(versions, with_history=wanted.with_history),
            "form-submissions": self._submissions(row, wanted.submissions),
            "identity-profiles": [_identity(row)],
            "merge-audits": [_audit(row, loser, at) for loser, at in merges],
        }
        if wanted.lists:
            told["list-memberships"] = self._memberships(row)
        return {**told, **self._company(row)} if wanted.company else told

    def _submissions(self, row: Row, mode: str) -> list[dict[str, Any]]:
        if mode == "none":
            return []
        found = [one for mail in mails(row.properties) for one in self._portal.forms.told_by(mail)]
        found.sort(key=lambda one: one.at, reverse=True)
        chosen = {"newest": found[:1], "oldest": found[-1:]}.get(mode, found)
        return [self._submission(one) for one in chosen]

    def _submission(self, one: Submission) -> dict[str, Any]:
        form = self._portal.forms.get(one.form)
        return {
            "conversion-id": one.conversion,
            "timestamp": one.at,
            "form-id": one.form,
            "portal-id": PORTAL_ID,
            "page-url": one.page,
            "title": form.name if form else "",
            "form-type": "HUBSPOT",
            "contact-associated-by": ["EMAIL"],
            "meta-data": [],
        }

    def _memberships(self, row: Row) -> list[dict[str, Any]]:
        contacts = self._portal.types.of("contacts")
        return [
            {
                "static-list-id": one.list_id,
                "internal-list-id": one.list_id,
                "timestamp": one.added,
                "vid": row.id,
                "is-member": True,
            }
            for one in self._portal.lists.of(row.id, contacts.id)
        ]

    def _company(self, row: Row) -> dict[str, Any]:
        companies = self._portal.types.of("companies")
        id_ = primary_company(self._portal, row)
        found = self._portal.live(companies, [] if id_ is None else [id_])
        if id_ is None or id_ not in found:
            return {}
        told = brief(self._values.of(companies, found[id_]), with_history=False)
        return {
            "associated-company": {"company-id": id_, "portal-id": PORTAL_ID, "properties": told}
        }


def primary_company(portal: Portal, row: Row) -> int | None:
    """The company a contact belongs to."""
    for one in portal.associations.of("contacts", row.id, "companies"):
        if any(kind.id == PRIMARY_COMPANY for kind in one.kinds):
            return one.to_id
    return None


def wanted_of(names: Iterable[str], kind: ObjectType) -> tuple[str, ...] | None:
    """The properties a page of contacts shows: those asked for, or a handful."""
    return tuple(names) or ("firstname", "lastname", "company", kind.modified)


def _merges(row: Row) -> list[tuple[int, int]]:
    told = row.properties.get("hs_calculated_merged_vids", "")
    pairs = (one.partition(":") for one in told.split(";") if ":" in one)
    return [(int(loser), int(at)) for loser, _, at in pairs]


def _audit(row: Row, loser: int, at: int) -> dict[str, Any]:
    return {
        "canonical-vid": row.id,
        "vid-to-merge": loser,
        "timestamp": at,
        "entity-id": "sandbox",
        "user-id": 9_000_081,
        "num-properties-moved": 0,
        "merged_to_email": {"value": row.properties.get("email", ""), "timestamp": at},
    }


def _identity(row: Row) -> dict[str, Any]:
    first = row.properties.get("email", "").lower()
    known = [
        {"type": "EMAIL", "value": one, "timestamp": row.created}
        | ({"is-primary": True} if one == first else {"is-secondary": True})
        for one in mails(row.properties)
    ]
    guid = {"type": "LEAD_GUID", "value": _guid(row), "timestamp": row.created}
    return {
        "vid": row.id,
        "saved-at-timestamp": row.modified,
        "deleted-changed-timestamp": 0,
        "identities": [*known, guid],
    }


def _guid(row: Row) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"contact:{row.id}"))


def _token(row: Row) -> str:
    return f"AO_T-{uuid.uuid5(uuid.NAMESPACE_URL, f'profile:{row.id}').hex}"
