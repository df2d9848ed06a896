"""An engagement: a call, an e-mail, a meeting, a note or a task, as version 1 tells them all.

What is the same of each stands in `engagement`, what differs in `metadata`, and whom it is
about in `associations`.
"""

from collections.abc import Callable, Iterable
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.recency import Found
from include.sandbox.hubspot.row import Row

_ENDS = {
    "contactIds": "contacts",
    "companyIds": "companies",
    "dealIds": "deals",
    "ticketIds": "tickets",
    "quoteIds": "quotes",
}
_NEVER = ("ownerIds", "workflowIds", "contentIds", "marketingEventIds")
_PREVIEW = 140
"""Characters."""


def shown(portal: Portal, found: Found) -> dict[str, Any]:
    """One engagement."""
    row, name = found.row, found.object_type
    metadata = _METADATA[name](row)
    return {
        "engagement": {**_common(row, metadata), "type": type_of(found)},
        "associations": {
            **{key: _ids(portal, found, there) for key, there in _ENDS.items()},
            **{key: [] for key in _NEVER},
        },
        "attachments": [
            {"id": int(one)}
            for one in row.properties.get("hs_attachment_ids", "").split(";")
            if one.isascii() and one.isdigit()
        ],
        "scheduledTasks": [],
        "metadata": metadata,
    }


def type_of(found: Found) -> str:
    """What version 1 calls it."""
    if found.object_type == "communications":
        return found.row.properties.get("hs_communication_channel_type", "SMS")
    return found.object_type.removesuffix("s").upper()


def _common(row: Row, metadata: dict[str, Any]) -> dict[str, Any]:
    body = str(metadata.get("body") or metadata.get("text") or "")
    told: dict[str, Any] = {
        "id": row.id,
        "portalId": PORTAL_ID,
        "active": True,
        "createdAt": row.created,
        "lastUpdated": row.modified,
        "timestamp": _stamp(row, "hs_timestamp") or row.created,
        "allAccessibleTeamIds": [],
        "bodyPreview": body[:_PREVIEW],
        "bodyPreviewHtml": body[:_PREVIEW],
        "bodyPreviewIsTruncated": len(body) > _PREVIEW,
        "queueMembershipIds": [],
        "gdprDeleted": False,
        "source": row.source,
    }
    owner = row.properties.get("hubspot_owner_id")
    return {**told, "ownerId": int(owner)} if owner else told


def _ids(portal: Portal, found: Found, there: str) -> list[int]:
    if portal.kinds.plain_number(found.object_type, there) is None:
        return []
    rows = portal.associations.of(found.object_type, found.row.id, there)
    return [one.to_id for one in rows]


def _stamp(row: Row, name: str) -> int | None:
    told = row.properties.get(name)
    return moments.read(told) if told else None


def _filled(told: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in told if value is not None}


def _texts(row: Row, **names: str) -> Iterable[tuple[str, Any]]:
    return [(ours, row.properties.get(theirs)) for ours, theirs in names.items()]


def _note(row: Row) -> dict[str, Any]:
    return {"body": row.properties.get("hs_note_body", "")}


def _call(row: Row) -> dict[str, Any]:
    told = _texts(
        row,
        title="hs_call_title",
        body="hs_call_body",
        status="hs_call_status",
        toNumber="hs_call_to_number",
        fromNumber="hs_call_from_number",
        disposition="hs_call_disposition",
    )
    length = row.properties.get("hs_call_duration")
    return _filled([*told, ("durationMilliseconds", int(float(length)) if length else None)])


def _email(row: Row) -> dict[str, Any]:
    told = _texts(
        row,
        subject="hs_email_subject",
        text="hs_email_text",
        html="hs_email_html",
        status="hs_email_status",
    )
    return _filled([("from", {}), ("to", []), ("cc", []), ("bcc", []), *told])


def _meeting(row: Row) -> dict[str, Any]:
    told = _texts(
        row,
        title="hs_meeting_title",
        body="hs_meeting_body",
        location="hs_meeting_location",
        meetingOutcome="hs_meeting_outcome",
        internalMeetingNotes="hs_internal_meeting_notes",
    )
    start, end = _stamp(row, "hs_meeting_start_time"), _stamp(row, "hs_meeting_end_time")
    return _filled([*told, ("startTime", start), ("endTime", end)])


def _task(row: Row) -> dict[str, Any]:
    told = _texts(
        row,
        subject="hs_task_subject",
        body="hs_task_body",
        status="hs_task_status",
        priority="hs_task_priority",
        taskType="hs_task_type",
    )
    return _filled([*told, ("forObjectType", "CONTACT"), ("reminders", [])])


def _mail(row: Row) -> dict[str, Any]:
    return {"body": row.properties.get("hs_postal_mail_body", "")}


def _communication(row: Row) -> dict[str, Any]:
    told = _texts(row, body="hs_communication_body", loggedFrom="hs_communication_logged_from")
    return _filled(told)


_METADATA: dict[str, Callable[[Row], dict[str, Any]]] = {
    "notes": _note,
    "calls": _call,
    "emails": _email,
    "meetings": _meeting,
    "tasks": _task,
    "communications": _communication,
    "postal_mail": _mail,
}
