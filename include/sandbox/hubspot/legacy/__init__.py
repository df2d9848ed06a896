"""The APIs before version 3, as far as they are read: public ETL connectors still call them.

They are built over the same tables as the present ones and change nothing. HubSpot has retired
some of them; those are answered as the connectors that read them expect.
"""

from include.sandbox.hubspot.legacy.absent import Absent
from include.sandbox.hubspot.legacy.account_calls import AccountCalls
from include.sandbox.hubspot.legacy.company_calls import CompanyCalls
from include.sandbox.hubspot.legacy.company_contacts import CompanyContacts
from include.sandbox.hubspot.legacy.contact_calls import ContactCalls
from include.sandbox.hubspot.legacy.contact_lists import ContactLists
from include.sandbox.hubspot.legacy.contact_search import ContactSearch
from include.sandbox.hubspot.legacy.deal_calls import DealCalls
from include.sandbox.hubspot.legacy.email_calls import EmailCalls
from include.sandbox.hubspot.legacy.engagement_calls import EngagementCalls
from include.sandbox.hubspot.legacy.form_calls import FormCalls
from include.sandbox.hubspot.legacy.marketing_email_calls import MarketingEmailCalls
from include.sandbox.hubspot.legacy.object_calls import ObjectCalls
from include.sandbox.hubspot.legacy.owner_calls import OwnerCalls
from include.sandbox.hubspot.legacy.pipeline_calls import PipelineCalls
from include.sandbox.hubspot.legacy.property_calls import PropertyCalls
from include.sandbox.hubspot.legacy.subscription_calls import SubscriptionCalls
from include.sandbox.hubspot.limits import Limits
from include.sandbox.hubspot.membership import Membership
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.property_calls import PropertyCalls as CurrentPropertyCalls
from include.sandbox.router import Route


def routes(
    portal: Portal, membership: Membership, properties: CurrentPropertyCalls, limits: Limits
) -> list[Route]:
    """Every route of them; what has fixed words stands before what has ids."""
    return [
        *ContactCalls(portal, membership).routes(),
        *ContactSearch(portal).routes(),
        *ContactLists(portal, membership).routes(),
        *PropertyCalls(portal, properties).routes(),
        *CompanyContacts(portal).routes(),
        *CompanyCalls(portal).routes(),
        *DealCalls(portal).routes(),
        *PipelineCalls(portal).routes(),
        *OwnerCalls(portal).routes(),
        *EngagementCalls(portal).routes(),
        *ObjectCalls(portal).routes(),
        *SubscriptionCalls(portal).routes(),
        *EmailCalls(portal).routes(),
        *MarketingEmailCalls(portal).routes(),
        *FormCalls(portal).routes(),
        *AccountCalls(limits).routes(),
        *Absent().routes(),
    ]
