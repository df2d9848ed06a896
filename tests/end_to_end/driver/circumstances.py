"""What is particular about the two accounts of a history: rights, rules, currencies, versions.

Thrown by the history's own dice, and set in the sandbox as an administrator would set it.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from tests.end_to_end.driver.crms import Crms

HIDDEN = ("Contact.Fax", "Lead.Fax", "Account.BillingState", "Opportunity.NextStep", "Lead.Website")
RULES: tuple[dict[str, Any], ...] = (
    {"Contact.Needs_city": {"formula": "ISBLANK(MailingCity)", "error_message": "Where?"}},
    {
        "Account.No_test": {
            "formula": 'CONTAINS(Name, "name")',
            "error_message": "No tests.",
            "error_field": "Name",
        }
    },
)
DUPLICATES = [
    {"sobject": "Contact", "fields": ["Phone"], "name": "Same_phone", "allow_save": False}
]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Of one history."""

    hubspot_version: str = "v3"
    multi_currency: bool = False
    hidden: str = ""
    right: str = "full"
    rules: int = 0

    def __str__(self) -> str:
        said = [self.hubspot_version, "currencies" if self.multi_currency else ""]
        said += [f"{self.hidden} {self.right}" if self.hidden else "", f"rules {self.rules}"]
        return ", ".join(one for one in said if one)

    def set_up(self, crms: Crms) -> None:
        """Tell the sandbox."""
        told: dict[str, Any] = {"multi_currency": self.multi_currency}
        if self.rules in (1, 2):
            told["validation_rules"] = RULES[self.rules - 1]
        if self.rules == 3:
            told["duplicate_rules"] = DUPLICATES
        if self.hidden:
            told["permissions"] = {self.hidden: self.right}
        crms.control("PATCH", "settings", {"salesforce": told})


def thrown(dice: Random) -> Circumstances:
    """Mostly nothing in particular."""
    hidden = dice.choice(HIDDEN) if dice.random() < 0.3 else ""
    return Circumstances(
        hubspot_version=dice.choice(("v3", "2026-09")),
        multi_currency=dice.random() < 0.3,
        hidden=hidden,
        right=dice.choice(("none", "read")),
        rules=dice.choice((0, 0, 0, 1, 2, 3)),
    )
