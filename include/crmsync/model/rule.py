"""Sync rules: which system's value a mapped field takes.

HubSpot's four, with their blank semantics, and two that mirror them. A rule answers
three questions and holds no other logic: who owns the field, may the other system fill a
blank, and does the field travel at all.
"""

from enum import StrEnum

from include.crmsync.model.record import System


class SyncRule(StrEnum):
    """Which system's value a mapped field takes."""

    TWO_WAY = "two_way"
    """The latest edit travels, blanks included; moved apart, the newest stands."""
    PREFER_SALESFORCE = "prefer_salesforce_unless_blank"
    """Salesforce stands; HubSpot fills it only while it is blank. HubSpot's default."""
    ALWAYS_SALESFORCE = "always_salesforce"
    """Salesforce stands, blank or not; HubSpot never reaches it."""
    PREFER_HUBSPOT = "prefer_hubspot_unless_blank"
    ALWAYS_HUBSPOT = "always_hubspot"
    DONT_SYNC = "dont_sync"
    """Never travels, in neither direction."""

    @property
    def words(self) -> str:
        """What it does, for whoever reads a mapping."""
        return _WORDS[self]

    @property
    def owner(self) -> System | None:
        """The system whose value stands, or None when the latest edit does."""
        return _OWNERS.get(self)

    @property
    def yields_when_blank(self) -> bool:
        """Whether the other system may fill the owner's blank."""
        return self in (SyncRule.PREFER_SALESFORCE, SyncRule.PREFER_HUBSPOT)

    @property
    def mirrored(self) -> "SyncRule":
        """The same rule with the two systems changed about."""
        return _MIRROR.get(self, self)

    def writes_to(self, system: System) -> bool:
        """Whether this rule may ever write the field to `system`."""
        if self is SyncRule.DONT_SYNC:
            return False
        return self.owner is not system or self.yields_when_blank


_OWNERS = {
    SyncRule.PREFER_SALESFORCE: System.SALESFORCE,
    SyncRule.ALWAYS_SALESFORCE: System.SALESFORCE,
    SyncRule.PREFER_HUBSPOT: System.HUBSPOT,
    SyncRule.ALWAYS_HUBSPOT: System.HUBSPOT,
}
_MIRROR = {
    SyncRule.PREFER_SALESFORCE: SyncRule.PREFER_HUBSPOT,
    SyncRule.PREFER_HUBSPOT: SyncRule.PREFER_SALESFORCE,
    SyncRule.ALWAYS_SALESFORCE: SyncRule.ALWAYS_HUBSPOT,
    SyncRule.ALWAYS_HUBSPOT: SyncRule.ALWAYS_SALESFORCE,
}
_WORDS = {
    SyncRule.TWO_WAY: "The latest edit travels, blanks included. Moved apart, the newest stands.",
    SyncRule.PREFER_SALESFORCE: "Salesforce stands; HubSpot fills it only while it is blank.",
    SyncRule.ALWAYS_SALESFORCE: "Salesforce stands, blank or not; HubSpot never reaches it.",
    SyncRule.PREFER_HUBSPOT: "HubSpot stands; Salesforce fills it only while it is blank.",
    SyncRule.ALWAYS_HUBSPOT: "HubSpot stands, blank or not; Salesforce never reaches it.",
    SyncRule.DONT_SYNC: "Never travels, in neither direction.",
}
