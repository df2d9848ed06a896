"""A population in the making: its randomness, its next free ids, its calendar.

Every stamp lies between two years and one hour before `now`, in this order: a record is
created in one system, an earlier sync makes and links its counterpart, a person edits one
of the two or both. Salesforce stamps whole seconds, HubSpot milliseconds. An edit of a
HubSpot record also leaves the property's history, which is how HubSpot tells when each
value was set.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from include.sandbox.population import Association, HubSpotRecord, SalesforceRecord
from include.sandbox.seed.ids import salesforce_id
from include.sandbox.seed.staff import staffed

FIRST_GENERATED = 1001
"""Lower numbers are for the story's records, whose ids never move."""
HUBSPOT_KEY = "crmsync_salesforce_id"
SALESFORCE_KEY = "crmsync_hubspot_id__c"


class Meeting(NamedTuple):
    """When each of two linked records was created."""

    hubspot: datetime
    salesforce: datetime


class Draft:
    """Adds records to a population and what happened to them since."""

    def __init__(self, random_seed: int, now: datetime) -> None:
        self.rng = Random(random_seed)  # noqa: S311  made-up data has to be repeatable
        self.population = staffed(now)
        self._now = now.astimezone(UTC).replace(microsecond=0)
        self._used: Counter[str] = Counter()

    def hubspot(
        self,
        object_type: str,
        properties: Mapping[str, str | None],
        created_at: datetime,
        number: int | None = None,
    ) -> HubSpotRecord:
        """Add a HubSpot record; None stands for a property nobody filled."""
        filled: dict[str, str | None] = {
            name: value for name, value in properties.items() if value is not None
        }
        identity = str(number or self._next(object_type))
        record = HubSpotRecord(object_type, identity, filled, created_at, created_at)
        self.population.hubspot.append(record)
        return record

    def salesforce(
        self,
        sobject: str,
        fields: Mapping[str, Any],
        created_at: datetime,
        number: int | None = None,
    ) -> SalesforceRecord:
        """Add a Salesforce record; None stands for a field nobody filled."""
        filled = {name: value for name, value in fields.items() if value is not None}
        filled["Id"] = salesforce_id(sobject, number or self._next(sobject))
        at = created_at.replace(microsecond=0)
        record = SalesforceRecord(sobject, filled, at, at)
        self.population.salesforce.append(record)
        return record

    def associate(
        self, child: HubSpotRecord, parent_type: str, parent_id: str, type_ids: tuple[int, ...]
    ) -> None:
        """Say that a HubSpot record belongs to another."""
        self.population.associations.append(
            Association(child.object_type, child.id, parent_type, parent_id, type_ids)
        )

    def include(self, contact: HubSpotRecord) -> None:
        """Put a HubSpot contact on the inclusion list."""
        self.population.lists[0].members.append(contact.id)

    def ago(self, *, days: float) -> datetime:
        """That long before now, for what happens at a time that docs can rely on."""
        return self._now - timedelta(days=days)

    def born(self) -> datetime:
        """Some time before any sync there was."""
        return self._between(timedelta(days=729), timedelta(days=45))

    def meeting(self) -> Meeting:
        """When both records of a linked pair came to be: one of them by the earlier sync."""
        born, synced = self.born(), self._between(timedelta(days=40), timedelta(days=12))
        return Meeting(*((born, synced) if self.rng.random() < 0.5 else (synced, born)))

    def edited(self) -> datetime:
        """Some time since, but not in the last hour."""
        return self._between(timedelta(days=11), timedelta(hours=1))

    def _between(self, oldest: timedelta, newest: timedelta) -> datetime:
        span = int((oldest - newest).total_seconds() * 1000) - 1000
        return self._now - oldest + timedelta(milliseconds=self.rng.randrange(span))

    def _next(self, kind: str) -> int:
        self._used[kind] += 1
        return FIRST_GENERATED - 1 + self._used[kind]


def link(hubspot: HubSpotRecord, salesforce: SalesforceRecord) -> None:
    """Link two records the way an earlier sync did: the younger one carries the other's id."""
    if hubspot.created_at > salesforce.created_at:
        hubspot.properties[HUBSPOT_KEY] = str(salesforce.fields["Id"])
    else:
        salesforce.fields[SALESFORCE_KEY] = hubspot.id


def edit_hubspot(record: HubSpotRecord, at: datetime, changes: Mapping[str, str | None]) -> None:
    """Let a person change a HubSpot record; None clears."""
    for name, value in record.properties.items():
        record.history.setdefault(name, [(value, record.created_at)])
    for name, value in changes.items():
        record.history.setdefault(name, []).insert(0, (value, at))
        record.properties[name] = value
    record.modified_at = max(record.modified_at, at)


def edit_salesforce(record: SalesforceRecord, at: datetime, changes: Mapping[str, Any]) -> None:
    """Let a person change a Salesforce record; None clears."""
    record.fields.update(changes)
    record.modified_at = max(record.modified_at, at.replace(microsecond=0))
