"""The switches of the Salesforce half, and where they are read.

`DEFAULTS` is what the control route starts from. A switch is read at the moment it
matters, so a change takes effect with the next request.
"""

from typing import Any

from include.sandbox.world import SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET, World

DEFAULTS: dict[str, Any] = {
    "client_id": SALESFORCE_CLIENT_ID,
    "client_secret": SALESFORCE_CLIENT_SECRET,
    "username": "integration.user@crm.example.com.sandbox",
    "jwt_public_key": None,
    "refresh_tokens": ["sandbox-refresh-token"],
    "session_lifetime_seconds": 7200,
    "expire_sessions": False,
    "daily_api_limit": 100_000,
    "page_size": 2000,
    "permissions": {},
    "hidden_fields": [],
    "multi_currency": False,
    "lead_assignment_owner": None,
    "tracked_fields": {
        "Account": ["Name", "OwnerId"],
        "Contact": ["Email", "Phone", "AccountId", "OwnerId"],
        "Lead": ["Email", "Phone", "Status", "OwnerId"],
        "Opportunity": ["Amount", "CloseDate", "StageName", "OwnerId"],
        "Case": ["Status", "OwnerId"],
    },
    "locked_records": [],
    "hold_bulk_jobs": False,
    "daily_bulk_batches": 15_000,
    "daily_bulk_queries": 10_000,
    "validation_rules": {},
    "duplicate_rules": [],
}
"""`username` is who client credentials act as. `expire_sessions` ends every open session
once and turns itself off. `validation_rules` maps the name of a rule to whether it is
active; `duplicate_rules` is a list, see duplicates.py. `page_size` is what a query without
a wish of its own gets, 1 to 2000. `permissions` maps an object or an `Object.Field` to full,
edit, read or none. `hidden_fields` are those made through the Tooling API; who they are given to
is in FieldPermissions. `lead_assignment_owner` is the id of the user or queue that the active lead
assignment rule chooses. `tracked_fields` lists per object what field history is kept of.
`locked_records` are ids whose rows cannot be locked. `hold_bulk_jobs` keeps bulk jobs waiting."""


class Settings:
    """The live switches, with the defaults behind them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __getitem__(self, name: str) -> Any:
        live = self._world.settings.get("salesforce") or {}
        return live.get(name, DEFAULTS[name])

    def set(self, name: str, *, value: Any) -> None:
        self._world.settings.setdefault("salesforce", {})[name] = value

    def reset(self) -> None:
        """Back to the defaults."""
        self._world.settings.pop("salesforce", None)
