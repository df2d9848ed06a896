"""Properties of tickets and of everything people log: calls, e-mails, meetings, notes, tasks."""

from include.sandbox.hubspot.declared.kinds import (
    choice,
    computed,
    long_text,
    moment,
    number,
    owner,
    text,
)
from include.sandbox.hubspot.property import Property

_TICKET = "ticketinformation"
_GROUP = "engagement"


def _stamps(group: str) -> tuple[Property, ...]:
    return (
        owner(group),
        computed(moment("createdate", "Create date", group)),
        computed(moment("hs_createdate", "Object create date/time", group)),
        computed(moment("hs_lastmodifieddate", "Last modified date", group)),
    )


def _logged(*own: Property) -> tuple[Property, ...]:
    when = moment("hs_timestamp", "Activity date", _GROUP)
    return (when, *own, *_stamps(_GROUP), text("hs_attachment_ids", "Attached file IDs", _GROUP))


PROPERTIES: dict[str, tuple[Property, ...]] = {
    "tickets": (
        text("subject", "Ticket name", _TICKET),
        long_text("content", "Ticket description", _TICKET),
        Property("hs_pipeline", "Pipeline", "enumeration", "select", _TICKET, external=True),
        Property(
            "hs_pipeline_stage", "Ticket status", "enumeration", "select", _TICKET, external=True
        ),
        choice(
            "hs_ticket_priority",
            "Priority",
            _TICKET,
            "LOW=Low; MEDIUM=Medium; HIGH=High; URGENT=Urgent",
        ),
        choice(
            "hs_ticket_category",
            "Category",
            _TICKET,
            "PRODUCT_ISSUE=Product Issue; BILLING_ISSUE=Billing Issue; "
            "FEATURE_REQUEST=Feature Request; GENERAL_INQUIRY=General Inquiry",
            "checkbox",
        ),
        choice("source_type", "Source", _TICKET, "CHAT=Chat; EMAIL=Email; FORM=Form; PHONE=Phone"),
        *_stamps(_TICKET),
    ),
    "calls": _logged(
        text("hs_call_title", "Call Title", _GROUP),
        long_text("hs_call_body", "Call notes", _GROUP),
        choice("hs_call_direction", "Call direction", _GROUP, "INBOUND=Inbound; OUTBOUND=Outbound"),
        choice(
            "hs_call_status",
            "Call status",
            _GROUP,
            "BUSY; CALLING_CRM_USER; CANCELED; COMPLETED; CONNECTING; FAILED; IN_PROGRESS; "
            "MISSED; NO_ANSWER; QUEUED; RINGING",
        ),
        number("hs_call_duration", "Call duration", _GROUP),
        text("hs_call_disposition", "Call outcome", _GROUP),
        text("hs_call_from_number", "From Number", _GROUP),
        text("hs_call_to_number", "To Number", _GROUP),
    ),
    "emails": _logged(
        text("hs_email_subject", "Email subject", _GROUP),
        long_text("hs_email_text", "Text body", _GROUP),
        long_text("hs_email_html", "Email html body", _GROUP),
        choice(
            "hs_email_direction",
            "Email Direction",
            _GROUP,
            "EMAIL=Email; INCOMING_EMAIL=Incoming Email; FORWARDED_EMAIL=Forwarded Email",
        ),
        choice(
            "hs_email_status",
            "Email send status",
            _GROUP,
            "BOUNCED; FAILED; SCHEDULED; SENDING; SENT",
        ),
        long_text("hs_email_headers", "Email headers", _GROUP),
    ),
    "meetings": _logged(
        text("hs_meeting_title", "Meeting name", _GROUP),
        long_text("hs_meeting_body", "Meeting description", _GROUP),
        text("hs_meeting_location", "Meeting location", _GROUP),
        moment("hs_meeting_start_time", "Meeting start time", _GROUP),
        moment("hs_meeting_end_time", "Meeting end time", _GROUP),
        choice(
            "hs_meeting_outcome",
            "Meeting outcome",
            _GROUP,
            "SCHEDULED=Scheduled; COMPLETED=Completed; RESCHEDULED=Rescheduled; "
            "NO_SHOW=No show; CANCELED=Canceled",
        ),
        long_text("hs_internal_meeting_notes", "Internal notes", _GROUP),
    ),
    "notes": _logged(long_text("hs_note_body", "Note body", _GROUP)),
    "tasks": _logged(
        text("hs_task_subject", "Task Title", _GROUP),
        long_text("hs_task_body", "Task Notes", _GROUP),
        choice(
            "hs_task_status",
            "Task Status",
            _GROUP,
            "NOT_STARTED=Not started; IN_PROGRESS=In progress; WAITING=Waiting; "
            "DEFERRED=Deferred; COMPLETED=Completed",
        ),
        choice(
            "hs_task_priority", "Priority", _GROUP, "NONE=None; LOW=Low; MEDIUM=Medium; HIGH=High"
        ),
        choice("hs_task_type", "Task Type", _GROUP, "CALL=Call; EMAIL=Email; TODO=To-do"),
    ),
    "postal_mail": _logged(long_text("hs_postal_mail_body", "Postal mail body", _GROUP)),
    "communications": _logged(
        long_text("hs_communication_body", "Communication body", _GROUP),
        choice(
            "hs_communication_channel_type",
            "Channel type",
            _GROUP,
            "SMS=SMS; WHATS_APP=WhatsApp; LINKEDIN_MESSAGE=LinkedIn Message",
        ),
        choice("hs_communication_logged_from", "Logged from", _GROUP, "CRM=CRM"),
    ),
}
