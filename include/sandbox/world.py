"""What both emulated CRMs share: storage, clock, call counts, faults and settings."""

from dataclasses import dataclass, field
from typing import Any

from include.sandbox.clock import Clock
from include.sandbox.database import Database

HUBSPOT_TOKEN = "sandbox-hubspot-token"  # noqa: S105
"""The private-app token the sandbox accepts; it opens nothing but the sandbox."""
SALESFORCE_CLIENT_ID = "sandbox-client-id"
SALESFORCE_CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105


@dataclass
class World:
    """One running sandbox."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    settings: dict[str, Any] = field(default_factory=dict)
    """Live switches, by name; `PATCH /_sandbox/settings` changes them. See settings.py."""
