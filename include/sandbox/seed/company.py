"""One company, and how each system spells it.

The facts are neutral; `as_hubspot` and `as_salesforce` say them in the words of a HubSpot
company and a Salesforce account. The two picklist tables are the org's own and are
deliberately written down here again: the sandbox shares no table with the sync.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from include.sandbox.seed import names, staff
from include.sandbox.seed.names import Place, phone
from include.sandbox.seed.pairs import Editable
from include.sandbox.seed.staff import Colleague

Known = TypeVar("Known")

INDUSTRIES = {
    "ACCOUNTING": "Finance",
    "APPAREL_FASHION": "Apparel",
    "BIOTECHNOLOGY": "Biotechnology",
    "CHEMICALS": "Chemicals",
    "COMPUTER_SOFTWARE": "Technology",
    "CONSTRUCTION": "Construction",
    "ELECTRICAL_ELECTRONIC_MANUFACTURING": "Electronics",
    "HOSPITAL_HEALTH_CARE": "Healthcare",
    "INSURANCE": "Insurance",
    "RETAIL": "Retail",
    "TELECOMMUNICATIONS": "Telecommunications",
}
TYPES = {
    "PROSPECT": "Prospect",
    "PARTNER": "Technology Partner",
    "RESELLER": "Channel Partner / Reseller",
    "VENDOR": "Integrator",
    "OTHER": "Other",
}


@dataclass(slots=True)
class Company:
    """What is true of one company, whichever system holds it."""

    name: str
    """Blank for the few that HubSpot knows by their domain alone."""
    domain: str
    place: Place
    owner: Colleague
    industry: str | None = None
    type: str | None = None
    phone: str | None = None
    street: str | None = None
    employees: int | None = None
    revenue: int | None = None
    description: str | None = None
    hubspot_id: str | None = None
    salesforce_id: str | None = None


def companies(rng: Random) -> Iterator[Company]:
    """Made-up companies, no two with one name or one domain."""
    stock = [(first, *second) for first in names.COMPANY_FIRST for second in names.COMPANY_SECOND]
    rng.shuffle(stock)
    for first, second, industry in stock:
        suffix = rng.choice(("", f" {rng.choice(names.COMPANY_SUFFIXES)}"))
        place = rng.choice(names.PLACES)
        yield Company(
            name=f"{first} {second}{suffix}",
            domain=f"{first}-{second}.example.com".lower(),
            place=place,
            owner=rng.choice(staff.SHARED),
            industry=industry,
            type=rng.choice((*TYPES, None)),
            phone=_sometimes(rng, phone(place, rng.randrange(1000))),
            street=_sometimes(rng, f"{rng.randrange(1, 240)} {rng.choice(names.STREETS)}"),
            employees=_sometimes(rng, rng.choice((0, 3, 12, 48, 150, 900, 12_500))),
            revenue=_sometimes(rng, rng.randrange(50, 90_000) * 1000),
            description=rng.choice((None, None, f"{second} since {rng.randrange(1890, 2024)}.")),
        )


def as_hubspot(company: Company) -> dict[str, str | None]:
    """The company as HubSpot properties."""
    place = company.place
    return {
        "name": company.name or None,
        "domain": company.domain,
        "website": company.domain,
        "phone": company.phone,
        "industry": company.industry,
        "type": company.type,
        "numberofemployees": _text(company.employees),
        "annualrevenue": _text(company.revenue),
        "address": company.street,
        "city": place.city,
        "state": place.state,
        "zip": place.postal_code,
        "country": place.country,
        "description": company.description,
        "hubspot_owner_id": company.owner.hubspot_id,
    }


def as_salesforce(company: Company) -> dict[str, Any]:
    """The company as fields of an Account; what has no owner there is the integration user's."""
    place = company.place
    return {
        "Name": company.name,
        "Website": company.domain,
        "Phone": company.phone,
        "Industry": INDUSTRIES.get(company.industry or ""),
        "Type": TYPES.get(company.type or ""),
        "NumberOfEmployees": company.employees,
        "AnnualRevenue": company.revenue,
        "BillingStreet": company.street,
        "BillingCity": place.city,
        "BillingState": place.state,
        "BillingPostalCode": place.postal_code,
        "BillingCountry": place.country,
        "Description": company.description,
        "OwnerId": company.owner.salesforce_id or staff.INTEGRATION_USER.salesforce_id,
    }


DESCRIPTIONS = (None, "Moved to a new building.", "Under new management.")
MENU = (
    Editable("phone", "Phone", lambda rng: phone(rng.choice(names.PLACES), rng.randrange(1000))),
    Editable(
        "address",
        "BillingStreet",
        lambda rng: f"{rng.randrange(1, 240)} {rng.choice(names.STREETS)}",
    ),
    Editable(
        "numberofemployees", "NumberOfEmployees", lambda rng: str(rng.randrange(5, 20_000)), int
    ),
    Editable("description", "Description", lambda rng: rng.choice(DESCRIPTIONS)),
    Editable("city", "BillingCity", lambda rng: rng.choice(("Cambridge", "Montréal", "Kraków"))),
)
"""What people edit on a company."""


def _sometimes(rng: Random, value: Known) -> Known | None:
    return value if rng.random() < 0.8 else None


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
