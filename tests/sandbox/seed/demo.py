"""A population seen as its reader sees it: by id, by link, by company."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from include.sandbox.population import HubSpotRecord, Population, SalesforceRecord

NOW = datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC)
SOBJECTS = {
    "companies": ("Account",),
    "contacts": ("Contact", "Lead"),
    "deals": ("Opportunity",),
}
Pair = tuple[HubSpotRecord, SalesforceRecord]


@dataclass(frozen=True)
class Seen:
    """One population, indexed."""

    population: Population

    @cached_property
    def hubspot(self) -> dict[tuple[str, str], HubSpotRecord]:
        return {(one.object_type, one.id): one for one in self.population.hubspot}

    @cached_property
    def salesforce(self) -> dict[str, SalesforceRecord]:
        return {one.fields["Id"]: one for one in self.population.salesforce}

    def of_type(self, object_type: str) -> list[HubSpotRecord]:
        return [one for one in self.population.hubspot if one.object_type == object_type]

    def of_sobject(self, *sobjects: str) -> list[SalesforceRecord]:
        return [one for one in self.population.salesforce if one.sobject in sobjects]

    @cached_property
    def listed(self) -> set[str]:
        return set(self.population.lists[0].members)

    @cached_property
    def parents(self) -> dict[tuple[str, str], str]:
        return {(one.from_type, one.from_id): one.to_id for one in self.population.associations}

    @cached_property
    def links(self) -> dict[str, list[Pair]]:
        """Linked pairs by object type, whichever of the two carries the key."""
        found: dict[str, list[Pair]] = defaultdict(list)
        for here in self.population.hubspot:
            key = here.properties.get("crmsync_salesforce_id")
            if key is not None:
                found[here.object_type].append((here, self.salesforce[key]))
        for object_type, sobjects in SOBJECTS.items():
            for there in self.of_sobject(*sobjects):
                key = there.fields.get("crmsync_hubspot_id__c")
                if key is not None:
                    found[object_type].append((self.hubspot[object_type, key], there))
        return found

    @cached_property
    def linked_hubspot(self) -> dict[tuple[str, str], str]:
        return {
            (kind, here.id): there.fields["Id"]
            for kind, pairs in self.links.items()
            for here, there in pairs
        }

    @cached_property
    def linked_salesforce(self) -> set[str]:
        return set(self.linked_hubspot.values())

    @cached_property
    def by_email(self) -> dict[str, list[SalesforceRecord]]:
        """Salesforce's contacts and leads by case-folded e-mail."""
        found: dict[str, list[SalesforceRecord]] = defaultdict(list)
        for one in self.of_sobject("Contact", "Lead"):
            if one.fields.get("Email"):
                found[one.fields["Email"].lower()].append(one)
        return found

    @property
    def hubspot_emails(self) -> dict[str, HubSpotRecord]:
        return {
            email.lower(): one
            for one in self.of_type("contacts")
            if (email := one.properties.get("email"))
        }

    def alone_in_hubspot(self, object_type: str) -> list[HubSpotRecord]:
        """Neither linked, nor (for people) to be found in Salesforce by e-mail."""
        return [
            one
            for one in self.of_type(object_type)
            if (object_type, one.id) not in self.linked_hubspot
            and (one.properties.get("email") or "").lower() not in self.by_email
        ]

    def alone_in_salesforce(self, *sobjects: str) -> list[SalesforceRecord]:
        return [
            one
            for one in self.of_sobject(*sobjects)
            if one.fields["Id"] not in self.linked_salesforce
            and (one.fields.get("Email") or "").lower() not in self.hubspot_emails
        ]

    def sort_of_company(self, company_id: str) -> str:
        """linked, listed, unlisted or bare."""
        if ("companies", company_id) in self.linked_hubspot:
            return "linked"
        staff = [
            one.from_id
            for one in self.population.associations
            if one.from_type == "contacts" and one.to_id == company_id
        ]
        if self.listed.intersection(staff):
            return "listed"
        return "unlisted" if staff else "bare"


def digits(phone: str) -> int:
    return sum(char.isdigit() for char in phone)
