"""What both emulated CRMs share: storage, clock and settings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from include.sandbox.clock import Clock
from include.sandbox.database import Database

HUBSPOT_TOKEN = "sandbox-hubspot-token"  # noqa: S105
"""The private-app token the sandbox accepts; it opens nothing but the sandbox."""
SALESFORCE_CLIENT_ID = "sandbox-client-id"
SALESFORCE_CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105

Census = Callable[[], Iterable[tuple[str, str, int]]]
"""Yields system, object and how many live records there are of it."""


@dataclass
class World:
    """One running sandbox."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    settings: dict[str, Any] = field(default_factory=dict)
    """Live switches: the general ones by name, each CRM's own in a dict under its name
    (`settings["hubspot"]["rate_limits"]`). `PATCH /_sandbox/settings` changes them in place,
    a reset brings the defaults back. See settings.py."""
    censuses: list[Census] = field(default_factory=list)
    """What counts the records for the sandbox's own page; a CRM may add its own."""
