"""The properties every portal has, by object type, and those of the sandbox's own portal."""

from include.sandbox.hubspot.declared import (
    catalogue,
    companies,
    contacts,
    deals,
    engagements,
    others,
)
from include.sandbox.hubspot.declared.portal import SHARED, portal
from include.sandbox.hubspot.property import Property

DECLARED: dict[str, tuple[Property, ...]] = {
    "contacts": (*contacts.PROPERTIES, *SHARED, *portal("contacts")),
    "companies": (*companies.PROPERTIES, *SHARED, *portal("companies")),
    "deals": (*deals.PROPERTIES, *SHARED, *portal("deals")),
    **{
        name: (*rows, *SHARED)
        for table in (engagements.PROPERTIES, catalogue.PROPERTIES, others.PROPERTIES)
        for name, rows in table.items()
    },
}
"""Object type -> its properties, before anybody adds one through the API."""
