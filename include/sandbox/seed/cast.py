"""Who is in the story: every named record, its ids, and what a first run makes of it.

Docs, screenshots and tests point at these records; their numbers lie below every generated
one, so that their ids never move, whatever the random seed. They are named after pioneers
of computing; their addresses, numbers and dealings are invented.
"""

from dataclasses import dataclass

from include.sandbox.seed.ids import salesforce_id


@dataclass(frozen=True, slots=True)
class Role:
    """One record of the story: in HubSpot under `hubspot_id`, in Salesforce under the others."""

    object_type: str
    """contacts, companies, deals."""
    name: str
    number: int
    situation: str
    """What is so, and what a first run does about it, in a sentence."""
    in_hubspot: bool
    sobjects: tuple[str, ...] = ()

    @property
    def hubspot_id(self) -> str | None:
        return str(self.number) if self.in_hubspot else None

    @property
    def salesforce_ids(self) -> tuple[str, ...]:
        return tuple(salesforce_id(sobject, self.number) for sobject in self.sobjects)


ANALYTICAL_ENGINES = Role(
    "companies",
    "Analytical Engines",
    11,
    "Linked and equal in both systems: nothing to do.",
    in_hubspot=True,
    sobjects=("Account",),
)
COMPILER_WORKS = Role(
    "companies",
    "Compiler Works",
    12,
    "Only in HubSpot, with someone on the inclusion list: created in Salesforce.",
    in_hubspot=True,
)
FREQUENCY_HOPPING = Role(
    "companies",
    "Frequency Hopping Radio",
    13,
    "Only in HubSpot, with nobody on the inclusion list: held.",
    in_hubspot=True,
)
ORBITAL_MECHANICS = Role(
    "companies",
    "Orbital Mechanics",
    14,
    "Only in Salesforce: created in HubSpot.",
    in_hubspot=False,
    sobjects=("Account",),
)

ADA = Role(
    "contacts",
    "Ada Lovelace",
    101,
    "Linked; her title was edited in both systems, in Salesforce last: a conflict. Her mobile"
    " phone was edited in HubSpot only: it travels.",
    in_hubspot=True,
    sobjects=("Contact",),
)
GRACE = Role(
    "contacts",
    "Grace Hopper",
    102,
    "Only in HubSpot, on the inclusion list: created in Salesforce, below her new account.",
    in_hubspot=True,
)
ALAN = Role(
    "contacts",
    "Alan Turing",
    103,
    "Only in HubSpot, on the inclusion list, without an e-mail: held.",
    in_hubspot=True,
)
KATHERINE = Role(
    "contacts",
    "Katherine Johnson",
    104,
    "Only in Salesforce: created in HubSpot.",
    in_hubspot=False,
    sobjects=("Contact",),
)
HEDY = Role(
    "contacts",
    "Hedy Lamarr",
    105,
    "Only in HubSpot, off the inclusion list: held.",
    in_hubspot=True,
)
CHARLES = Role(
    "contacts",
    "Charles Babbage",
    106,
    "Linked and equal in both systems: nothing to do.",
    in_hubspot=True,
    sobjects=("Contact",),
)
JOAN = Role(
    "contacts",
    "Joan Clarke",
    107,
    "In both systems under one e-mail in another case, not linked: linked, not doubled.",
    in_hubspot=True,
    sobjects=("Contact",),
)
DOROTHY = Role(
    "contacts",
    "Dorothy Vaughan",
    108,
    "Linked to a lead; her phone was edited in Salesforce: it travels to HubSpot.",
    in_hubspot=True,
    sobjects=("Lead",),
)
MARY_JACKSON = Role(
    "contacts",
    "Mary Jackson",
    109,
    "Linked, then taken off the inclusion list; her title was edited in HubSpot: it waits.",
    in_hubspot=True,
    sobjects=("Contact",),
)
EMMY = Role(
    "contacts",
    "Emmy Noether",
    110,
    "A lead and a contact in Salesforce with the e-mail of one HubSpot contact: the contact,"
    " being edited last, is linked; the lead is reported as a duplicate.",
    in_hubspot=True,
    sobjects=("Contact", "Lead"),
)
ANNIE = Role(
    "contacts",
    "Annie Easley",
    111,
    "Only a lead in Salesforce, without an e-mail.",
    in_hubspot=False,
    sobjects=("Lead",),
)
CHIEN_SHIUNG = Role(
    "contacts",
    "健雄 吳",
    112,
    "Only in HubSpot, on the inclusion list: her name arrives in Salesforce as it is.",
    in_hubspot=True,
)
JEAN = Role(
    "contacts",
    "Jean Bartik",
    113,
    "Only in HubSpot, on the inclusion list; her phone has too few digits for the org's rule.",
    in_hubspot=True,
)
MARY_SOMERVILLE = Role(
    "contacts",
    "Mary Somerville",
    114,
    "Only in HubSpot, on the inclusion list; her e-mail begins with a dot, which Salesforce"
    " alone refuses.",
    in_hubspot=True,
)
KATHLEEN = Role(
    "contacts",
    "Kathleen Booth",
    115,
    "Linked; her title was edited alike in both systems: nothing travels.",
    in_hubspot=True,
    sobjects=("Contact",),
)

DIFFERENCE_ENGINE = Role(
    "deals",
    "Difference Engine No. 2",
    501,
    "Linked; its amount was edited in HubSpot: it travels.",
    in_hubspot=True,
    sobjects=("Opportunity",),
)
COMPILER_LICENCE = Role(
    "deals",
    "Compiler licence",
    502,
    "Only in HubSpot: created in Salesforce, below the new account.",
    in_hubspot=True,
)
ORBIT_TABLES = Role(
    "deals",
    "Orbit tables",
    503,
    "Only in Salesforce, in a stage that HubSpot has no counterpart for.",
    in_hubspot=False,
    sobjects=("Opportunity",),
)
ROTOR_REPAIR = Role(
    "deals",
    "Rotor repair",
    504,
    "Only in HubSpot, won without an amount: the org's rule refuses it.",
    in_hubspot=True,
)
PIANO_ROLLS = Role(
    "deals",
    "Piano rolls",
    505,
    "Only in HubSpot; its company is held, so it waits.",
    in_hubspot=True,
)
PUNCHED_CARDS = Role(
    "deals",
    "Punched cards",
    506,
    "Only in HubSpot, without a company: created in Salesforce.",
    in_hubspot=True,
)
CAST = (
    ANALYTICAL_ENGINES,
    COMPILER_WORKS,
    FREQUENCY_HOPPING,
    ORBITAL_MECHANICS,
    ADA,
    GRACE,
    ALAN,
    KATHERINE,
    HEDY,
    CHARLES,
    JOAN,
    DOROTHY,
    MARY_JACKSON,
    EMMY,
    ANNIE,
    CHIEN_SHIUNG,
    JEAN,
    MARY_SOMERVILLE,
    KATHLEEN,
    DIFFERENCE_ENGINE,
    COMPILER_LICENCE,
    ORBIT_TABLES,
    ROTOR_REPAIR,
    PIANO_ROLLS,
    PUNCHED_CARDS,
)
