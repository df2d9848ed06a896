"""HubSpot's object types and the many names each one answers to.

A path may say `contacts`, `contact`, `CONTACT` or `0-1`. The plural is the name used inside.
"""

from dataclasses import dataclass

from include.sandbox.hubspot.failures import bad_request


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One object type."""

    name: str
    """The plural: contacts."""
    singular: str
    id: str
    """0-1."""
    modified: str = "hs_lastmodifieddate"
    """The property that shows when a record last changed."""
    defaults: tuple[str, ...] = ()
    """What is shown when nobody asks for properties, besides what always is."""
    searched: tuple[str, ...] = ()
    """What the free-text query of a search looks at."""

    @property
    def always(self) -> tuple[str, ...]:
        """What every answer shows of a record."""
        return ("createdate", self.modified, "hs_object_id")


def _engagement(name: str, singular: str, id_: str, body: str) -> ObjectType:
    return ObjectType(name, singular, id_, searched=(body,))


TYPES = (
    ObjectType(
        "contacts",
        "contact",
        "0-1",
        "lastmodifieddate",
        ("email", "firstname", "lastname"),
        ("firstname", "lastname", "email", "phone", "hs_additional_emails", "company"),
    ),
    ObjectType(
        "companies",
        "company",
        "0-2",
        defaults=("domain", "name"),
        searched=("website", "phone", "name", "domain"),
    ),
    ObjectType(
        "deals",
        "deal",
        "0-3",
        defaults=("amount", "closedate", "dealname", "dealstage", "pipeline"),
        searched=("dealname", "pipeline", "dealstage", "description", "dealtype"),
    ),
    ObjectType(
        "tickets",
        "ticket",
        "0-5",
        defaults=("content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_priority", "subject"),
        searched=("subject", "content", "hs_pipeline_stage"),
    ),
    _engagement("communications", "communication", "0-18", "hs_communication_body"),
    _engagement("tasks", "task", "0-27", "hs_task_subject"),
    _engagement("notes", "note", "0-46", "hs_note_body"),
    _engagement("meetings", "meeting", "0-47", "hs_meeting_title"),
    _engagement("calls", "call", "0-48", "hs_call_title"),
    _engagement("emails", "email", "0-49", "hs_email_subject"),
)

BY_NAME = {one.name: one for one in TYPES}
_ALIASES = {alias: one for one in TYPES for alias in (one.name, one.singular, one.id)}


def find_type(told: str) -> ObjectType | None:
    """The object type a path means, None if there is no such type."""
    return _ALIASES.get(told.lower())


def object_type(told: str) -> ObjectType:
    """The object type a path means; an unknown one is refused."""
    found = find_type(told)
    if found is None:
        raise bad_request(f"Unable to infer object type from: {told}")
    return found
