"""The fewest calls with which a case can be done at all, by the limits of the two APIs.

Contacts only. HubSpot's search answers 200 rows, its batches take 100; a Salesforce query
answers 2,000 rows and a collection takes 200; above 2,000 rows a bulk job takes 7 calls,
and above 20,000 a bulk query 5. A run that loses no update looks at each record just before
it writes it: a batch read per 100 writes in HubSpot, a retrieve per 2,000 in Salesforce.
"""

from dataclasses import dataclass
from math import ceil

BULK_WRITE, BULK_READ = 2_000, 20_000


@dataclass(frozen=True, slots=True)
class Floor:
    """Calls of one case, by what they are for."""

    changed: int
    hubspot_read: int
    salesforce_read: int
    hubspot_write: int
    salesforce_write: int
    looks: int

    @property
    def least(self) -> int:
        """Without a look before writing."""
        return self.hubspot_read + self.salesforce_read + self.hubspot_write + self.salesforce_write

    @property
    def safe(self) -> int:
        return self.least + self.looks


def floor(changed: int) -> Floor:
    """The floor of so many changed records each way; 0: an idle run."""
    return Floor(
        changed,
        hubspot_read=max(1, ceil(changed / 200)),
        salesforce_read=5 if changed > BULK_READ else max(1, ceil(changed / 2000)),
        hubspot_write=ceil(changed / 100),
        salesforce_write=7 if changed > BULK_WRITE else ceil(changed / 200),
        looks=ceil(changed / 100) + ceil(changed / 2000),
    )
