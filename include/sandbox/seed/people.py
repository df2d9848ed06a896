"""About fifteen hundred people, in every situation a first run has to tell apart.

Each function deals out one situation: linked, in both systems but not linked, only in
HubSpot, only in Salesforce, several times in Salesforce. The first few of a situation have
a quirk each (see `quirks`). Everyone's e-mail is their own, so that two records with one
e-mail are one person, on purpose. Only companies of the right sort are used: nobody on the
inclusion list works at an unlisted company, nobody at all at a bare one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from include.sandbox.population import SalesforceRecord
from include.sandbox.seed import quirks, staff
from include.sandbox.seed.companies import Directory
from include.sandbox.seed.company import Company
from include.sandbox.seed.draft import Draft
from include.sandbox.seed.pairs import (
    ALIKE,
    APART,
    ELSEWHERE,
    IN_HUBSPOT,
    IN_SALESFORCE,
    UNTOUCHED,
)
from include.sandbox.seed.person import Person, person
from include.sandbox.seed.placing import add_linked, add_to_hubspot, add_to_salesforce

LINKED_CONTACTS = (
    (UNTOUCHED, 300),
    (IN_HUBSPOT, 50),
    (IN_SALESFORCE, 50),
    (APART, 12),
    (ALIKE, 8),
    (ELSEWHERE, 12),
)
LINKED_LEADS = (
    (UNTOUCHED, 90),
    (IN_HUBSPOT, 12),
    (IN_SALESFORCE, 12),
    (APART, 4),
    (ALIKE, 3),
    (ELSEWHERE, 4),
)
LEFT_THE_LIST, WITHOUT_ACCOUNT = 20, 30
UNLINKED_CONTACTS, UNLINKED_LEADS = 60, 40
ON_THE_LIST, OFF_THE_LIST, WITHOUT_EMAIL = 330, 120, 40
ONLY_CONTACTS, ONLY_LEADS, ONLY_WITHOUT_EMAIL = 120, 90, 20
TWICE, THRICE, LEAD_AND_CONTACT, LINKED_AND_MORE = 15, 8, 12, 6


@dataclass(slots=True)
class Crowd:
    """Makes people up, no two with one e-mail."""

    draft: Draft
    directory: Directory
    _numbers: "count[int]"

    @property
    def rng(self) -> Random:
        return self.draft.rng

    def someone(
        self,
        companies: Sequence[Company | None],
        index: int | None = None,
        traps: tuple[quirks.Quirk, ...] = quirks.SAFE,
    ) -> Person:
        """Someone at one of the companies; the `index`th of a situation may have a quirk."""
        who = person(self.rng, next(self._numbers), self.rng.choice(companies))
        if self.rng.random() < 0.04:
            who = replace(who, owner=staff.LEFT)
        return who if index is None else quirks.quirky(who, index, traps)


def populate(draft: Draft, directory: Directory) -> None:
    """Add everyone to the draft."""
    crowd = Crowd(draft, directory, count(1))
    for act in (linked, apart_from_the_rule, unlinked, only_in_hubspot, only_in_salesforce):
        act(crowd)
    several_times(crowd)


def linked(crowd: Crowd) -> None:
    """In both systems and linked by an earlier sync, as Contact or as Lead."""
    for sobject, plan in (("Contact", LINKED_CONTACTS), ("Lead", LINKED_LEADS)):
        for since, number in plan:
            for index in range(number):
                who = crowd.someone(crowd.directory.linked, index)
                add_linked(crowd.draft, who, sobject, since)


def apart_from_the_rule(crowd: Crowd) -> None:
    """Linked, but off the list again, or without an account on the Salesforce side."""
    for index in range(LEFT_THE_LIST):
        since = (UNTOUCHED, IN_HUBSPOT, IN_SALESFORCE)[index % 3]
        who = crowd.someone(crowd.directory.linked)
        add_linked(crowd.draft, who, "Contact", since, listed=False)
    for index in range(WITHOUT_ACCOUNT):
        homes = crowd.directory.listed if index % 2 else [None]
        add_linked(crowd.draft, crowd.someone(homes), "Contact", UNTOUCHED)


def unlinked(crowd: Crowd) -> None:
    """In both systems under one e-mail in another case, and never linked."""
    for sobject, number in (("Contact", UNLINKED_CONTACTS), ("Lead", UNLINKED_LEADS)):
        for index in range(number):
            who = crowd.someone((*crowd.directory.linked, None), index)
            add_to_hubspot(crowd.draft, who, listed=True)
            _again_in_salesforce(crowd, who, sobject)


def only_in_hubspot(crowd: Crowd) -> None:
    """On the inclusion list, off it, or without an e-mail; someone at each listed company."""
    listed, unlisted = crowd.directory.listed, crowd.directory.unlisted
    homes = (*crowd.directory.linked, *listed, *(None for _ in range(30)))
    for index in range(ON_THE_LIST):
        chosen = listed[index : index + 1] or homes
        who = _hubspot_owned(crowd, crowd.someone(chosen, index, quirks.HUBSPOT_ONLY))
        add_to_hubspot(crowd.draft, who, listed=True)
    for index in range(OFF_THE_LIST):
        chosen = unlisted[index : index + 1] or (*unlisted, *crowd.directory.linked, None)
        add_to_hubspot(crowd.draft, crowd.someone(chosen), listed=False)
    for _ in range(WITHOUT_EMAIL):
        who = replace(crowd.someone(homes), email=None)
        add_to_hubspot(crowd.draft, who, listed=True)


def only_in_salesforce(crowd: Crowd) -> None:
    """Contacts and leads that HubSpot never heard of, some without an e-mail."""
    homes = (*crowd.directory.accounts, *crowd.directory.linked)
    for index in range(ONLY_CONTACTS):
        who = _salesforce_owned(crowd, crowd.someone((*homes, None), index))
        add_to_salesforce(crowd.draft, who, "Contact")
    for index in range(ONLY_LEADS):
        _lone_lead(crowd, crowd.someone((*homes, None), index))
    for index in range(ONLY_WITHOUT_EMAIL * 2):
        who = replace(crowd.someone(homes), email=None)
        add_to_salesforce(crowd.draft, who, "Lead" if index % 2 else "Contact")


def several_times(crowd: Crowd) -> None:
    """One e-mail on several Salesforce records; every second such person is in HubSpot too."""
    homes = crowd.directory.linked
    for number, sobjects in (
        (TWICE, ("Contact", "Contact")),
        (THRICE, ("Lead", "Lead", "Lead")),
        (LEAD_AND_CONTACT, ("Lead", "Contact")),
    ):
        for index in range(number):
            who = crowd.someone(homes)
            if index % 2:
                add_to_hubspot(crowd.draft, who, listed=True)
            for sobject in sobjects:
                _again_in_salesforce(crowd, who, sobject)
    for index in range(LINKED_AND_MORE):
        who = crowd.someone(homes)
        add_linked(crowd.draft, who, "Contact", UNTOUCHED)
        _again_in_salesforce(crowd, who, "Lead" if index % 2 else "Contact")


def _again_in_salesforce(crowd: Crowd, who: Person, sobject: str) -> SalesforceRecord:
    """The same person as someone else typed them: another case, now and then another title."""
    title = crowd.rng.choice((who.title, who.title, "Unknown"))
    email = who.email and crowd.rng.choice((who.email.title(), who.email.upper()))
    return add_to_salesforce(crowd.draft, who, sobject, Email=email, Title=title)


def _hubspot_owned(crowd: Crowd, who: Person) -> Person:
    owner = crowd.rng.choice((who.owner, who.owner, who.owner, staff.HUBSPOT_ONLY, None))
    return replace(who, owner=owner)


def _salesforce_owned(crowd: Crowd, who: Person) -> Person:
    owner = crowd.rng.choice((who.owner, who.owner, staff.SALESFORCE_ONLY, None))
    return replace(who, owner=owner)


def _lone_lead(crowd: Crowd, who: Person) -> SalesforceRecord:
    """A lead of a colleague, or one that still waits in the queue."""
    if crowd.rng.random() < 0.3:
        return add_to_salesforce(crowd.draft, who, "Lead", OwnerId=staff.QUEUE_ID)
    return add_to_salesforce(crowd.draft, _salesforce_owned(crowd, who), "Lead")
