"""What the server asks of an emulated CRM, whichever it is."""

from collections.abc import Sequence
from typing import Protocol

from include.sandbox.population import Population
from include.sandbox.router import Route
from include.sandbox.wire import Answer, Request


class Crm(Protocol):
    """One emulated CRM."""

    name: str
    """hubspot or salesforce: how the control routes speak of it."""

    verbs: Sequence[Route]
    """Control routes of its own: what only a person could do in the real one."""

    def owns(self, path: str) -> bool:
        """Whether a path is this CRM's to answer, known or not."""
        ...

    def endpoint(self, request: Request) -> tuple[str, bool]:
        """The call counter's name for a request (`GET /crm/v3/owners`), and whether it writes."""
        ...

    def answer(self, request: Request) -> Answer:
        """Answer a request; a bad one is answered with the CRM's own error, never raised."""
        ...

    def reset(self) -> None:
        """Forget every record and setting of this CRM."""
        ...

    def load(self, population: Population) -> None:
        """Add a population's half of records, in one transaction."""
        ...
