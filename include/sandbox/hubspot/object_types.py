"""HubSpot's own object types.

The plural is the name used inside; a path may say `contacts`, `contact`, `CONTACT` or `0-1`.
What people add to them are custom objects, see `custom_types.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One object type."""

    name: str
    """The plural: contacts. A custom object's is its full name: p4242_cars."""
    singular: str
    id: str
    """0-1; a custom object's is 2-1 and up."""
    modified: str = "hs_lastmodifieddate"
    """The property that shows when a record last changed."""
    defaults: tuple[str, ...] = ()
    """What is shown when nobody asks for properties, besides what always is."""
    searched: tuple[str, ...] = ()
    """What the free-text query of a search looks at."""
    required: tuple[tuple[str, ...], ...] = ()
    """Groups of properties of which one has to be filled at creation."""
    pipeline: tuple[str, str] | None = None
    """The properties that hold pipeline and stage, where records go through stages."""
    custom: bool = False

    @property
    def always(self) -> tuple[str, ...]:
        """What every answer shows of a record."""
        first = "hs_createdate" if self.custom or self.logged else "createdate"
        return (first, self.modified, "hs_object_id")

    @property
    def logged(self) -> bool:
        """Whether it is something people log: a call, a note."""
        return ("hs_timestamp",) in self.required


PIPELINE = ("hs_pipeline", "hs_pipeline_stage")
"""Where most object types keep pipeline and stage."""


def _logged(name: str, singular: str, id_: str, searched: str) -> ObjectType:
    return ObjectType(name, singular, id_, searched=(searched,), required=(("hs_timestamp",),))


TYPES = (
    ObjectType(
        "contacts",
        "contact",
        "0-1",
        "lastmodifieddate",
        ("email", "firstname", "lastname"),
        ("firstname", "lastname", "email", "phone", "hs_additional_emails", "company"),
        (("email", "firstname", "lastname"),),
    ),
    ObjectType(
        "companies",
        "company",
        "0-2",
        defaults=("domain", "name"),
        searched=("website", "phone", "name", "domain"),
        required=(("name", "domain"),),
    ),
    ObjectType(
        "deals",
        "deal",
        "0-3",
        defaults=("amount", "closedate", "dealname", "dealstage", "pipeline"),
        searched=("dealname", "pipeline", "dealstage", "description", "dealtype"),
        required=(("dealname",), ("dealstage",)),
        pipeline=("pipeline", "dealstage"),
    ),
    ObjectType(
        "tickets",
        "ticket",
        "0-5",
        defaults=("content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_priority", "subject"),
        searched=("subject", "content", "hs_pipeline_stage"),
        required=(("hs_pipeline_stage",),),
        pipeline=PIPELINE,
    ),
    ObjectType(
        "products",
        "product",
        "0-7",
        defaults=("description", "name", "price"),
        searched=("name", "description", "price", "hs_sku"),
    ),
    ObjectType(
        "line_items",
        "line_item",
        "0-8",
        defaults=("amount", "hs_product_id", "name", "price", "quantity"),
        searched=("name", "description", "hs_sku"),
    ),
    ObjectType(
        "quotes",
        "quote",
        "0-14",
        defaults=("hs_expiration_date", "hs_status", "hs_title"),
        searched=("hs_title",),
    ),
    ObjectType(
        "leads",
        "lead",
        "0-136",
        defaults=("hs_lead_name", "hs_lead_type"),
        searched=("hs_lead_name",),
        required=(("hs_lead_name",),),
    ),
    ObjectType(
        "postal_mail",
        "postal_mail",
        "0-116",
        searched=("hs_postal_mail_body",),
        required=(("hs_timestamp",),),
    ),
    _logged("communications", "communication", "0-18", "hs_communication_body"),
    _logged("tasks", "task", "0-27", "hs_task_subject"),
    _logged("notes", "note", "0-46", "hs_note_body"),
    _logged("meetings", "meeting", "0-47", "hs_meeting_title"),
    _logged("calls", "call", "0-48", "hs_call_title"),
    _logged("emails", "email", "0-49", "hs_email_subject"),
)

LOGGED = tuple(one.name for one in TYPES if one.logged)
"""What people log; it shares its numbers, because the engagements API tells it by id alone."""


def numbered_with(kind: ObjectType) -> tuple[str, ...]:
    """The object types of which no two records have one id."""
    return LOGGED if kind.name in LOGGED else (kind.name,)
