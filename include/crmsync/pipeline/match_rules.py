"""By what records without a link match, where a baseline says otherwise than the mapping.

External keys always count: without them an interrupted create would be doubled. Beside them, the
properties that HubSpot's own integration left behind, e-mail addresses, HubSpot's further
addresses, and domains can be switched on or off, for the run that asks for it.
"""

from collections.abc import Collection
from dataclasses import replace

from include.crmsync.adapters.hubspot_records import MORE_MAILS
from include.crmsync.errors import ConfigError
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System

NATIVE_LINKS, EMAIL, FURTHER_EMAILS, DOMAIN = "native_links", "email", "further_emails", "domain"
WEBSITE = "website"
"""HubSpot's properties of a company's domain and web address; the first is a rule's name, too."""
RULES = {
    "companies": (NATIVE_LINKS, DOMAIN),
    "contacts": (NATIVE_LINKS, EMAIL, FURTHER_EMAILS),
    "deals": (NATIVE_LINKS,),
}
"""Object type -> the rules there are for it, beside the keys."""


def matched_by(mapping: ObjectMapping, rules: Collection[str]) -> ObjectMapping:
    """A mapping that matches by these rules, as far as they are for its object type."""
    emails = EMAIL in rules
    further = mapping.match_further or MORE_MAILS
    domains = DOMAIN in rules and mapping.object_type == "companies"
    wanted = FURTHER_EMAILS in rules and emails and mapping.hubspot == "contacts"
    return replace(
        mapping,
        linked_by=mapping.linked_by if NATIVE_LINKS in rules else (),
        match_on=mapping.match_on if emails else None,
        match_further=further if wanted else None,
        match_domain=by_domain(mapping).match_domain if domains else None,
    )


def by_domain(mapping: ObjectMapping) -> ObjectMapping:
    """A mapping by which companies are found by their domain, whether or not they match by it."""
    if mapping.match_domain is not None:
        return mapping
    for name in (DOMAIN, WEBSITE):
        for one in mapping.fields:
            theirs = next(iter(one.salesforce.values()), None)
            if one.hubspot == name and theirs:
                ends = {System.HUBSPOT: DOMAIN, System.SALESFORCE: theirs}
                return replace(mapping, match_domain=ends)
    raise ConfigError(
        "companies cannot be found by domain: the mapping has no field for HubSpot's domain or"
        " website. Name them by ids, or map one"
    )
