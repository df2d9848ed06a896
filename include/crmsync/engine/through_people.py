"""Which company is which account, told by the people who are in both.

A company and an account have nothing in common that proves them one, but people: where a contact is
linked (or will be, by the same e-mail address), its company and its account are the same thing.
Where people disagree, the pair with the most of them stands, then the lower ids; every company and
every account is paired once.
"""

from collections import Counter
from collections.abc import Iterable

REASON = "people of this company are linked to contacts of this account"


def by_people(votes: Iterable[tuple[str | None, str | None]]) -> dict[str, str]:
    """HubSpot company -> Salesforce account, from one pair for each person who is in both."""
    told = Counter(
        (company, account) for company, account in votes if company is not None and account
    )
    found: dict[str, str] = {}
    taken: set[str] = set()
    for company, account in sorted(told, key=lambda pair: (-told[pair], pair)):
        if company not in found and account not in taken:
            found[company] = str(account)
            taken.add(str(account))
    return found
