"""The task that asks a person before a plan is written: Airflow's own approval.

A DAG imports it only where `CRMSYNC_APPROVE` names that DAG, so that without the setting it costs
nothing. The question is made when the task runs, by `pipeline.approval`: it goes to Airflow's
database with counts and ids, never through XCom, and is no template.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator


class Approval(ApprovalOperator):
    """Asks whether a plan may be written; rejected, what follows is skipped."""

    template_fields: Collection[str] = ("subject", "body", "planned", "sync_run")

    def __init__(
        self, *, planned: Any, object_type: str, sync_run: str, hours: float, **settings: Any
    ) -> None:
        super().__init__(
            subject=f"Write what is planned of {object_type}?",
            defaults=self.REJECT,
            response_timeout=timedelta(hours=hours),
            **settings,
        )
        self.planned = planned
        self.object_type = object_type
        self.sync_run = sync_run

    def execute(self, context: Any) -> Any:
        """Ask; a plan that writes nothing goes on by itself."""
        from include.crmsync.pipeline import approval

        question = approval.ask(self.planned, sync_run=self.sync_run, object_type=self.object_type)
        if question is None:
            return None
        self.subject, self.body = question.subject, question.body
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> None:
        """Go on, or end the run and say so; who answered is Airflow's to remember."""
        from include.crmsync.pipeline import approval

        if self.REJECT in event.get("chosen_options", ()):
            approval.reject(
                sync_run=self.sync_run,
                object_type=self.object_type,
                answered=not event.get("timedout", False),
            )
        super().execute_complete(context, event)
