"""The story: a handful of records in unmistakable situations, the same in every demo.

`cast` says who they are and what becomes of them; here they are put in place. What happens
to them happens a fixed time before now, and nothing about them is drawn at random but when
they were born.
"""

from dataclasses import replace
from decimal import Decimal

from include.sandbox.seed import cast, deals, placing, staff
from include.sandbox.seed.cast import Role
from include.sandbox.seed.companies import add_account, add_linked, add_to_hubspot
from include.sandbox.seed.company import Company
from include.sandbox.seed.deal import Deal
from include.sandbox.seed.draft import Draft, edit_hubspot, edit_salesforce
from include.sandbox.seed.names import PLACES, phone
from include.sandbox.seed.pairs import UNTOUCHED
from include.sandbox.seed.person import Person

LONDON, NEW_YORK = PLACES[0], PLACES[2]


def tell(draft: Draft) -> None:
    """Add the whole story to the draft."""
    engines, works, radio, orbital = _companies(draft)
    _linked_people(draft, engines)
    _people_in_hubspot(draft, works, radio)
    _people_in_salesforce(draft, engines, orbital)
    _deals(draft, engines, works, radio, orbital)


def _companies(draft: Draft) -> tuple[Company, Company, Company, Company]:
    software = _company(cast.COMPILER_WORKS, "COMPUTER_SOFTWARE")
    return (
        add_linked(
            draft,
            _company(cast.ANALYTICAL_ENGINES, "ELECTRICAL_ELECTRONIC_MANUFACTURING"),
            UNTOUCHED,
            cast.ANALYTICAL_ENGINES.number,
        ),
        add_to_hubspot(draft, software, cast.COMPILER_WORKS.number),
        add_to_hubspot(
            draft,
            _company(cast.FREQUENCY_HOPPING, "TELECOMMUNICATIONS"),
            cast.FREQUENCY_HOPPING.number,
        ),
        add_account(draft, _company(cast.ORBITAL_MECHANICS, None), cast.ORBITAL_MECHANICS.number),
    )


def _linked_people(draft: Draft, engines: Company) -> None:
    for role, sobject, listed in (
        (cast.ADA, "Contact", True),
        (cast.CHARLES, "Contact", True),
        (cast.DOROTHY, "Lead", True),
        (cast.MARY_JACKSON, "Contact", False),
        (cast.KATHLEEN, "Contact", True),
    ):
        here, there = placing.add_linked(
            draft, _person(role, engines), sobject, UNTOUCHED, listed=listed, number=role.number
        )
        if role is cast.ADA:
            mobile = phone(LONDON, 815)
            edit_hubspot(here, draft.ago(days=6), {"mobilephone": mobile})
            edit_hubspot(here, draft.ago(days=5), {"jobtitle": "Chief Programmer"})
            edit_salesforce(there, draft.ago(days=3), {"Title": "Countess of Computing"})
        elif role is cast.DOROTHY:
            edit_salesforce(there, draft.ago(days=4), {"Phone": phone(LONDON, 957)})
        elif role is cast.MARY_JACKSON:
            edit_hubspot(here, draft.ago(days=4), {"jobtitle": "Aerospace Engineer"})
        elif role is cast.KATHLEEN:
            edit_hubspot(here, draft.ago(days=5), {"jobtitle": "Head of Assembly"})
            edit_salesforce(there, draft.ago(days=4), {"Title": "Head of Assembly"})


def _people_in_hubspot(draft: Draft, works: Company, radio: Company) -> None:
    for who, role, listed in (
        (_person(cast.GRACE, works), cast.GRACE, True),
        (replace(_person(cast.ALAN), email=None), cast.ALAN, True),
        (_person(cast.HEDY, radio), cast.HEDY, False),
        (
            replace(_person(cast.CHIEN_SHIUNG), first="健雄", last="吳", email="wu@example.com"),
            cast.CHIEN_SHIUNG,
            True,
        ),
        (replace(_person(cast.JEAN), phone="12345"), cast.JEAN, True),
        (
            replace(_person(cast.MARY_SOMERVILLE), email=".mary.somerville@example.com"),
            cast.MARY_SOMERVILLE,
            True,
        ),
    ):
        placing.add_to_hubspot(draft, who, listed=listed, number=role.number)


def _people_in_salesforce(draft: Draft, engines: Company, orbital: Company) -> None:
    for role in (cast.JOAN, cast.EMMY):
        who = _person(role, engines)
        placing.add_to_hubspot(draft, who, listed=True, number=role.number)
        for sobject in role.sobjects:
            at = draft.ago(days=60 if sobject == "Contact" else 90)
            email = str(who.email).title()
            placing.add_to_salesforce(draft, who, sobject, number=role.number, at=at, Email=email)
    katherine = _person(cast.KATHERINE, orbital)
    placing.add_to_salesforce(draft, katherine, "Contact", number=cast.KATHERINE.number)
    annie = replace(_person(cast.ANNIE, orbital), email=None)
    placing.add_to_salesforce(draft, annie, "Lead", number=cast.ANNIE.number)


def _deals(
    draft: Draft, engines: Company, works: Company, radio: Company, orbital: Company
) -> None:
    engine = _deal(draft, cast.DIFFERENCE_ENGINE, "contractsent", engines)
    here, _ = deals.add_linked(draft, engine, UNTOUCHED, cast.DIFFERENCE_ENGINE.number)
    edit_hubspot(here, draft.ago(days=2), {"amount": "18500"})
    for role, stage, company in (
        (cast.COMPILER_LICENCE, "qualifiedtobuy", works),
        (cast.PIANO_ROLLS, "appointmentscheduled", radio),
        (cast.PUNCHED_CARDS, "presentationscheduled", None),
    ):
        deals.add_to_hubspot(draft, _deal(draft, role, stage, company), role.number)
    rotor = replace(_deal(draft, cast.ROTOR_REPAIR, "closedwon", engines), amount=None)
    deals.add_to_hubspot(draft, rotor, cast.ROTOR_REPAIR.number)
    orbit = _deal(draft, cast.ORBIT_TABLES, "Needs Analysis", orbital)
    deals.add_to_salesforce(draft, orbit, cast.ORBIT_TABLES.number)


def _company(role: Role, industry: str | None) -> Company:
    return Company(
        name=role.name,
        domain=f"{role.name.lower().replace(' ', '-')}.example.com",
        place=LONDON,
        owner=staff.SHARED[role.number % len(staff.SHARED)],
        industry=industry,
        type="PROSPECT",
        phone=phone(LONDON, role.number),
        street="12 Foundry Row",
        employees=120,
        revenue=4_200_000,
    )


def _person(role: Role, company: Company | None = None) -> Person:
    first, last = role.name.rsplit(" ", 1)
    domain = company.domain if company else "example.com"
    return Person(
        first=first,
        last=last,
        email=f"{first}.{last}@{domain}".lower(),
        place=LONDON if company else NEW_YORK,
        owner=staff.SHARED[role.number % len(staff.SHARED)],
        line=role.number,
        title="Mathematician",
        phone=phone(LONDON, role.number),
        lead_source="Web",
        company=company,
        lifecycle="lead",
    )


def _deal(draft: Draft, role: Role, stage: str, company: Company | None) -> Deal:
    return Deal(
        name=role.name,
        stage=stage,
        closes=draft.ago(days=-30),
        owner=staff.SHARED[role.number % len(staff.SHARED)],
        company=company,
        amount=Decimal(17_000),
        type="newbusiness",
    )
