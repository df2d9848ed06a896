"""As many contacts as asked for, fast and in pieces, for tests of speed and memory.

Nothing is drawn: everything about a contact follows from its number and the random seed.
Of every ten HubSpot contacts six are linked to a Salesforce contact, one is there under the
same e-mail without a link, two are only in HubSpot on the inclusion list, one is off it; to
every ten of HubSpot comes one that only Salesforce has. One linked pair in a hundred was
edited in HubSpot since, another in Salesforce. Each company has a hundred contacts.

A piece holds `PIECE` contacts, so that a million never sit in memory at once. Owners and
companies come in the first piece, the inclusion list with all its members in the last.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from include.sandbox.population import (
    Association,
    HubSpotList,
    HubSpotRecord,
    Population,
    SalesforceRecord,
)
from include.sandbox.seed import staff
from include.sandbox.seed.draft import HUBSPOT_KEY, SALESFORCE_KEY, edit_hubspot, edit_salesforce
from include.sandbox.seed.ids import salesforce_id
from include.sandbox.seed.names import FIRST_NAMES, LAST_NAMES
from include.sandbox.seed.placing import PRIMARY_COMPANY
from include.sandbox.seed.staff import staffed

PIECE = 10_000
"""HubSpot contacts in one piece."""
COMPANY_SIZE = 100
_OFF_THE_LIST, _NOT_LINKED = 9, 6
_ONLY_IN_HUBSPOT = (7, 8, _OFF_THE_LIST)


def pieces(contacts: int, random_seed: int, now: datetime) -> Iterator[Population]:
    """Yield populations that together hold that many HubSpot contacts and their companies."""
    author = _Author(random_seed, now.astimezone(UTC).replace(microsecond=0))
    piece = staffed(now)
    inclusion_list = piece.lists.pop()
    for number in range(-(-contacts // COMPANY_SIZE)):
        author.company(piece, number)
    for start in range(0, contacts, PIECE):
        for number in range(start, min(start + PIECE, contacts)):
            author.contact(piece, number, inclusion_list)
        yield piece
        piece = Population()
    piece.lists.append(inclusion_list)
    yield piece


class _Author:
    """Writes records by number."""

    def __init__(self, random_seed: int, now: datetime) -> None:
        self._turn = random_seed
        self._created = now - timedelta(days=700)
        self._synced = now - timedelta(days=20)
        self._edited = now - timedelta(days=5)

    def company(self, piece: Population, number: int) -> None:
        """Add a linked company to both systems."""
        name, owner = f"Company {number + 1}", self._owner(number)
        here = {
            "name": name,
            "domain": f"company{number + 1}.example.com",
            "website": f"company{number + 1}.example.com",
            "hubspot_owner_id": owner.hubspot_id,
            HUBSPOT_KEY: salesforce_id("Account", number + 1),
        }
        there = {
            "Id": salesforce_id("Account", number + 1),
            "Name": name,
            "Website": here["website"],
            "OwnerId": owner.salesforce_id,
        }
        identity, at = str(number + 1), self._synced
        piece.hubspot.append(HubSpotRecord("companies", identity, here, at, at))
        piece.salesforce.append(SalesforceRecord("Account", there, self._created, self._created))

    def contact(self, piece: Population, number: int, inclusion_list: HubSpotList) -> None:
        """Add a contact to HubSpot, and to Salesforce what its number calls for."""
        kind = number % 10
        here = self._hubspot(number)
        piece.hubspot.append(here)
        if kind != _OFF_THE_LIST:
            inclusion_list.members.append(here.id)
        piece.associations.append(
            Association(
                "contacts", here.id, "companies", str(number // COMPANY_SIZE + 1), PRIMARY_COMPANY
            )
        )
        if kind not in _ONLY_IN_HUBSPOT:
            there = self._salesforce(number, here.properties)
            piece.salesforce.append(there)
            if kind != _NOT_LINKED:
                self._link(number, here, there)
        elif kind == _OFF_THE_LIST:
            alone = {**here.properties, "email": f"only.{here.properties['email']}"}
            piece.salesforce.append(self._salesforce(number, alone))

    def _hubspot(self, number: int) -> HubSpotRecord:
        first = FIRST_NAMES[(number + self._turn) % len(FIRST_NAMES)]
        last = LAST_NAMES[(number // 7 + self._turn) % len(LAST_NAMES)]
        properties: dict[str, str | None] = {
            "email": f"{first}.{last}{number + 1}@example.com".lower(),
            "firstname": first,
            "lastname": last,
            "jobtitle": "Buyer",
            "phone": f"+44 1632 960{number % 1000:03d}",
            "lifecyclestage": "lead",
            "hubspot_owner_id": self._owner(number).hubspot_id,
        }
        at = self._created + timedelta(seconds=number * 37 % 50_000_000)
        return HubSpotRecord("contacts", str(number + 1), properties, at, at)

    def _salesforce(self, number: int, known: dict[str, str | None]) -> SalesforceRecord:
        fields = {
            "Id": salesforce_id("Contact", number + 1),
            "Email": known["email"],
            "FirstName": known["firstname"],
            "LastName": known["lastname"],
            "Title": known["jobtitle"],
            "Phone": known["phone"],
            "HasOptedOutOfEmail": False,
            "OwnerId": self._owner(number).salesforce_id,
            "AccountId": salesforce_id("Account", number // COMPANY_SIZE + 1),
        }
        at = self._created + timedelta(seconds=number * 41 % 50_000_000)
        return SalesforceRecord("Contact", fields, at, at)

    def _link(self, number: int, here: HubSpotRecord, there: SalesforceRecord) -> None:
        """Let the younger one carry the other's id, and edit one in fifty of the pairs."""
        if number % 2:
            here.properties[HUBSPOT_KEY] = there.fields["Id"]
            here.created_at = here.modified_at = self._synced
        else:
            there.fields[SALESFORCE_KEY] = here.id
            there.created_at = there.modified_at = self._synced
        if number % 100 == 1:
            edit_hubspot(here, self._edited, {"jobtitle": "Head of Purchasing"})
        elif number % 100 == 2:
            edit_salesforce(there, self._edited, {"Title": "Plant Manager"})

    def _owner(self, number: int) -> staff.Colleague:
        return staff.SHARED[number % len(staff.SHARED)]
