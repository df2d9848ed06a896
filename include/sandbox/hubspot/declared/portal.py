"""What every object type has, and what the sandbox's portal added to it.

The portal has the unique property in which a sync keeps the Salesforce id, made as an
administrator would make it, and the properties the native Salesforce integration leaves.
"""

from dataclasses import replace

from include.sandbox.hubspot.declared.kinds import computed, moment, number, switch, text
from include.sandbox.hubspot.property import Property

_GROUP = "record_information"

SHARED: tuple[Property, ...] = (
    computed(number("hs_object_id", "Record ID", _GROUP)),
    computed(text("hs_object_source", "Record creation source", _GROUP)),
    computed(text("hs_object_source_label", "Record source", _GROUP)),
    computed(text("hs_object_source_id", "Record creation source ID", _GROUP)),
    computed(text("hs_merged_object_ids", "Merged record IDs", _GROUP)),
    computed(text("hs_created_by_user_id", "Created by user ID", _GROUP)),
    computed(text("hs_updated_by_user_id", "Updated by user ID", _GROUP)),
    computed(switch("hs_read_only", "Read only object", _GROUP)),
    computed(moment("hubspot_owner_assigneddate", "Owner assigned date", _GROUP)),
    text("hubspot_team_id", "HubSpot team", _GROUP),
    text("hs_unique_creation_key", "Unique creation key", _GROUP),
)
"""Properties of every object type."""

_NATIVE = {
    "contacts": (
        ("salesforceleadid", "Salesforce Lead ID"),
        ("salesforcecontactid", "Salesforce Contact ID"),
        ("salesforceaccountid", "Salesforce Account ID"),
    ),
    "companies": (("salesforceaccountid", "Salesforce Account ID"),),
    "deals": (("hs_salesforceopportunityid", "Salesforce Opportunity ID"),),
}


def portal(object_type: str) -> tuple[Property, ...]:
    """What the sandbox's portal added to an object type."""
    group = "salesforceinformation"
    label = "Salesforce id (crmsync)"
    key = replace(text("crmsync_salesforce_id", label, group), unique=True, own=False)
    return (key, *(text(name, shown, group) for name, shown in _NATIVE[object_type]))
