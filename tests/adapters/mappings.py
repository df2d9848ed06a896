"""Three small mappings, enough to ask a gateway everything."""

from dataclasses import replace

from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule

BOTH = frozenset(System)


def field(
    name: str,
    hubspot: str,
    salesforce: dict[str, str],
    kind: FieldType = FieldType.STRING,
    parent: str | None = None,
) -> FieldMapping:
    return FieldMapping(name, hubspot, salesforce, kind, SyncRule.TWO_WAY, parent=parent)


COMPANIES = ObjectMapping(
    object_type="companies",
    hubspot="companies",
    hubspot_key="crmsync_salesforce_id",
    salesforce=("Account",),
    salesforce_key="crmsync_hubspot_id__c",
    match_on=None,
    fields=(
        field("name", "name", {"Account": "Name"}),
        field("phone", "phone", {"Account": "Phone"}),
    ),
    creates_in=BOTH,
)
DOMAINS = replace(
    COMPANIES,
    match_domain={System.HUBSPOT: "domain", System.SALESFORCE: "Website"},
    fields=(*COMPANIES.fields, field("domain", "domain", {"Account": "Website"})),
)
CONTACTS = ObjectMapping(
    object_type="contacts",
    hubspot="contacts",
    hubspot_key="crmsync_salesforce_id",
    salesforce=("Contact", "Lead"),
    salesforce_key="crmsync_hubspot_id__c",
    match_on="email",
    fields=(
        field("email", "email", {"Contact": "Email", "Lead": "Email"}, FieldType.EMAIL),
        field("last_name", "lastname", {"Contact": "LastName", "Lead": "LastName"}),
        field("phone", "phone", {"Contact": "Phone", "Lead": "Phone"}),
        field("account", "companies", {"Contact": "AccountId"}, FieldType.PARENT, "companies"),
    ),
    creates_in=BOTH,
)
WITHOUT_MATCH = replace(CONTACTS, match_on=None)
DEALS = ObjectMapping(
    object_type="deals",
    hubspot="deals",
    hubspot_key="crmsync_salesforce_id",
    salesforce=("Opportunity",),
    salesforce_key="crmsync_hubspot_id__c",
    match_on=None,
    fields=(
        field("name", "dealname", {"Opportunity": "Name"}),
        field("account", "companies", {"Opportunity": "AccountId"}, FieldType.PARENT, "companies"),
    ),
    creates_in=BOTH,
)
PEOPLE = field(
    "people", "contacts", {"Opportunity": "OpportunityContactRole"}, FieldType.ROLES, "contacts"
)
WITH_ROLES = replace(
    DEALS,
    fields=(
        *DEALS.fields,
        field("stage", "dealstage", {"Opportunity": "StageName"}),
        field("close_date", "closedate", {"Opportunity": "CloseDate"}, FieldType.DATE),
        PEOPLE,
    ),
)
