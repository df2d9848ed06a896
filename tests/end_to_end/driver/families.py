"""Companies that are entered in both CRMs at once, with people who are as new as they are.

A company and an account have nothing in common but a person. Whoever that is says what the two
are: one and the same where the person is a contact in Salesforce, and nothing that makes an account
where all a company has is leads. Values are the field judge's business; here it is who is whom.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.end_to_end.driver.crms import KEY_THERE, PRIMARY, Crms, Picture
from tests.end_to_end.driver.ledger import Ledger, Link

LIST = "lists/Salesforce%20inclusion%20list/members"


@dataclass(frozen=True, slots=True)
class Family:
    """A company, the person in it, and the account they are in, too."""

    company: str
    person: str
    account: str = ""
    """Empty: the person is a lead in Salesforce."""


def enter(crms: Crms, dice: Random, number: int) -> Family:
    """Enter a new company with a new person in it, and whom Salesforce knows of them."""
    name, mail = f"Family {number}", f"f{number}@example.com"
    here = _new(crms, "companies", {"name": name})
    person = _new(crms, "contacts", {"email": mail, "lastname": name})
    path = f"/crm/v4/objects/contacts/{person}/associations/companies/{here}"
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": PRIMARY["contacts"]}
    crms.hubspot("PUT", path, [kind])
    if dice.random() < 0.8:
        crms.control("PUT", LIST, {"add": [person]})
    told = {"Email": mail.title(), "LastName": name}
    if dice.random() < 0.4:
        crms.salesforce("POST", "sobjects/Lead", told | {"Company": name})
        return Family(here, person)
    there = crms.salesforce("POST", "sobjects/Account", {"Name": f"{name} Ltd"})["id"]
    crms.salesforce("POST", "sobjects/Contact", told | {"AccountId": there})
    return Family(here, person, there)


def _new(crms: Crms, kind: str, told: dict[str, str]) -> str:
    return str(crms.hubspot("POST", f"/crm/v3/objects/{kind}", {"properties": told})["id"])


@dataclass(slots=True)
class Families:
    """Those entered so far, and which links have been looked at."""

    crms: Crms
    ledger: Ledger
    entered: list[Family] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def faults(self, after: dict[str, Picture]) -> Iterator[str]:
        """Families that were doubled, and accounts that were made of leads."""
        links = self.ledger.links("companies")
        for one in (one for one in self.entered if one.account):
            yield from _apart(one, links, after["companies"])
        fresh = [link for link in links if link.id not in self.seen]
        self.seen |= {link.id for link in links}
        yield from self._of_leads(fresh, after["companies"])

    def _of_leads(self, fresh: list[Link], companies: Picture) -> Iterator[str]:
        """Accounts that the sync has made since, though all of a company's people are leads."""
        kinds = {link.hubspot_id: link.kind for link in self.ledger.links("contacts")}
        for link in fresh:
            account = companies.salesforce.get(link.salesforce_id)
            if account is None or account.raw.get(KEY_THERE) != link.hubspot_id:
                continue
            path = f"/crm/v4/objects/companies/{link.hubspot_id}/associations/contacts"
            people = [str(one["toObjectId"]) for one in self.crms.hubspot("GET", path)["results"]]
            if people and all(kinds.get(one) == "Lead" for one in people):
                yield f"account {account.id} was made for company {link.hubspot_id} of leads only"


def _apart(one: Family, links: list[Link], companies: Picture) -> Iterator[str]:
    if one.company not in companies.hubspot or one.account not in companies.salesforce:
        return
    ours = next((link for link in links if link.hubspot_id == one.company), None)
    theirs = next((link for link in links if link.salesforce_id == one.account), None)
    if ours is None or ours is not theirs:
        yield f"one person's company {one.company} and account {one.account} are not one: {ours}"
