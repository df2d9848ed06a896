"""Gateways onto the sandbox, and how a test makes it lose an answer."""

from collections.abc import Callable
from typing import Any, Literal

from include.crmsync.adapters.hubspot import HubSpot
from include.crmsync.adapters.salesforce import Salesforce
from include.crmsync.adapters.salesforce_auth import SalesforceCredentials
from tests.conftest import Sandbox

WRITES = r"/batch/(upsert|update)|/composite/sobjects"


IN_DOUBT = ["drop_before", "drop_after", "truncate", "status:500", "status:502", "status:503"]
"""What leaves it open whether a call was done."""


def no_sleep(_: float) -> None:
    """Pauses cost a test nothing: the sandbox does not limit unless it is told to."""


def hubspot(sandbox: Sandbox, **options: Any) -> HubSpot:
    return HubSpot.connect("sandbox-hubspot-token", sandbox.url, sleep=no_sleep, **options)


def salesforce(sandbox: Sandbox, **options: Any) -> Salesforce:
    credentials = SalesforceCredentials(
        token_url=f"{sandbox.url}/services/oauth2/token",
        client_id="sandbox-client-id",
        client_secret="sandbox-client-secret",  # noqa: S106 -- the sandbox's, and public
    )
    return Salesforce.connect(credentials, sleep=no_sleep, **options)


def losing(sandbox: Sandbox) -> Callable[[Literal["before", "after"]], None]:
    def lose(when: Literal["before", "after"]) -> None:
        sandbox.faults({"path": WRITES, "do": f"drop_{when}"})

    return lose


def restoring(sandbox: Sandbox) -> Callable[[], None]:
    return lambda: sandbox.call("DELETE", "/_sandbox/faults")
