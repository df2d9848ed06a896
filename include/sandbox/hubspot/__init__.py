"""HubSpot, emulated from its documented behaviour; `HubSpot(world)` is a `Crm`."""

from include.sandbox.hubspot.api import HubSpot
from include.sandbox.hubspot.settings import DEFAULTS

__all__ = ["DEFAULTS", "HubSpot"]
