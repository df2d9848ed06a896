"""One person, and how a HubSpot contact, a Salesforce contact and a lead spell them.

The facts are neutral. HubSpot keeps e-mails in lower case and leaves the opt-out blank
until someone opts out; Salesforce keeps the e-mail as typed and has no blank checkbox. A
lead names its company in words, a contact hangs below an account.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from include.sandbox.seed import names, staff
from include.sandbox.seed.company import INDUSTRIES, Company
from include.sandbox.seed.names import Place, phone
from include.sandbox.seed.pairs import Editable
from include.sandbox.seed.staff import Colleague


@dataclass(frozen=True, slots=True)
class Person:
    """What is true of one person, whichever system holds them."""

    first: str | None
    last: str
    email: str | None
    place: Place
    owner: Colleague | None
    line: int = 0
    """Their line in the place's free range of phone numbers."""
    salutation: str | None = None
    title: str | None = None
    phone: str | None = None
    mobile: str | None = None
    fax: str | None = None
    street: str | None = None
    lead_source: str | None = None
    company: Company | None = None
    opted_out: bool = False
    lifecycle: str = "lead"


def person(rng: Random, number: int, company: Company | None) -> Person:
    """A made-up person; `number` keeps their e-mail from being anyone else's."""
    first, last = _name(rng)
    place = company.place if company else rng.choice(names.PLACES)
    line = rng.randrange(1000)
    return Person(
        first=first,
        last=last,
        email=email(first, last, number, company),
        place=place,
        owner=rng.choice(staff.SHARED),
        line=line,
        salutation=rng.choice((None, None, None, "Mr.", "Ms.", "Mrs.", "Dr.", "Prof.")),
        title=rng.choice((None, *names.TITLES)),
        phone=rng.choice((None, phone(place, line), phone(place, line, 1))),
        mobile=rng.choice((None, None, phone(place, line + 7))),
        fax=rng.choice((None, None, None, phone(place, line + 13))),
        street=rng.choice((None, f"{rng.randrange(1, 240)} {rng.choice(names.STREETS)}")),
        lead_source=rng.choice((None, None, "Web", "Phone Inquiry", "Partner Referral", "Other")),
        company=company,
        opted_out=rng.random() < 0.06,
        lifecycle=rng.choice(("subscriber", "lead", "opportunity", "customer")),
    )


def email(first: str, last: str, number: int, company: Company | None) -> str:
    """An address at the company, or at one of the domains kept free for examples."""
    domain = company.domain if company else f"example.{('com', 'org', 'net')[number % 3]}"
    local = f"{first}.{last}".lower()
    return f"{local if local.isascii() else 'contact'}{number}@{domain}".replace("'", "")


def as_hubspot(who: Person) -> dict[str, str | None]:
    """The person as HubSpot properties."""
    return {
        "email": who.email and who.email.lower(),
        "firstname": who.first,
        "lastname": who.last or None,
        "salutation": who.salutation,
        "jobtitle": who.title,
        "phone": who.phone,
        "mobilephone": who.mobile,
        "fax": who.fax,
        "address": who.street,
        "city": who.place.city,
        "state": who.place.state,
        "zip": who.place.postal_code,
        "country": who.place.country,
        "leadsource": who.lead_source,
        "company": (who.company.name or None) if who.company else None,
        "lifecyclestage": who.lifecycle,
        "hs_email_optout": "true" if who.opted_out else None,
        "hubspot_owner_id": who.owner.hubspot_id if who.owner else None,
    }


def as_taught_by(lead: dict[str, Any]) -> dict[str, str | None]:
    """What a HubSpot contact knows only from the lead it is linked to."""
    revenue = lead["AnnualRevenue"]
    return {
        "company": lead["Company"],
        "industry": lead["Industry"],
        "annualrevenue": None if revenue is None else str(revenue),
    }


def as_contact(who: Person) -> dict[str, Any]:
    """The person as fields of a Salesforce Contact."""
    return _as_salesforce(who) | {
        "MailingStreet": who.street,
        "MailingCity": who.place.city,
        "MailingState": who.place.state,
        "MailingPostalCode": who.place.postal_code,
        "MailingCountry": who.place.country,
        "AccountId": who.company.salesforce_id if who.company else None,
    }


def as_lead(who: Person) -> dict[str, Any]:
    """The person as fields of a Lead; the company is never blank there."""
    company = who.company
    return _as_salesforce(who) | {
        "Company": company.name if company else "[not provided]",
        "Status": "Open - Not Contacted",
        "Street": who.street,
        "City": who.place.city,
        "State": who.place.state,
        "PostalCode": who.place.postal_code,
        "Country": who.place.country,
        "Industry": INDUSTRIES.get(company.industry or "") if company else None,
        "NumberOfEmployees": company.employees if company else None,
        "AnnualRevenue": company.revenue if company else None,
    }


def _as_salesforce(who: Person) -> dict[str, Any]:
    owner = who.owner or staff.INTEGRATION_USER
    return {
        "FirstName": who.first,
        "LastName": who.last,
        "Email": who.email,
        "Salutation": who.salutation,
        "Title": who.title,
        "Phone": who.phone,
        "MobilePhone": who.mobile,
        "Fax": who.fax,
        "LeadSource": who.lead_source,
        "HasOptedOutOfEmail": who.opted_out,
        "OwnerId": owner.salesforce_id or staff.INTEGRATION_USER.salesforce_id,
    }


def _mobile(rng: Random) -> str | None:
    return rng.choice((None, phone(rng.choice(names.PLACES), rng.randrange(1000))))


def _name(rng: Random) -> tuple[str, str]:
    kind = rng.random()
    if kind < 0.05:
        return rng.choice(names.NON_LATIN)
    if kind < 0.14:
        return rng.choice(names.ACCENTED)
    return rng.choice(names.FIRST_NAMES), rng.choice(names.LAST_NAMES)


MENU = (
    Editable("jobtitle", "Title", lambda rng: rng.choice(names.TITLES)),
    Editable("phone", "Phone", lambda rng: phone(rng.choice(names.PLACES), rng.randrange(1000))),
    Editable("lastname", "LastName", lambda rng: rng.choice(names.LAST_NAMES)),
    Editable("mobilephone", "MobilePhone", _mobile),
)
"""What people edit on a person, contact or lead alike; the last one is often cleared."""
