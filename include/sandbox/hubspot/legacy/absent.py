"""What connectors ask every portal for and this one has none of.

A portal without workflows and without a tracked website answers with empty lists, and so does
this one. Nothing can make any here.
"""

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import not_found
from include.sandbox.router import Route
from include.sandbox.wire import Answer


class Absent:
    """Serves empty lists."""

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/automation/v3/workflows", self._workflows),
            Route("GET", "/automation/v3/workflows/{workflow_id}", self._workflow),
            Route("GET", "/events/v3/events", self._events),
        ]

    def _workflows(self, _: Call) -> Answer:
        return Answer(200, {"workflows": []})

    def _workflow(self, _: Call, workflow_id: str) -> Answer:
        raise not_found(f"No workflow exists with id {workflow_id}")

    def _events(self, _: Call) -> Answer:
        return Answer(200, {"results": []})
