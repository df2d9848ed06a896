"""Telling lineage to whoever collects it, by Airflow's OpenLineage provider.

The provider tells of every task that it began and ended. What flows through ours it cannot know:
this adds one event of the same run, with datasets and column lineage. It does nothing while the
provider is not installed or not configured, and a collector that does not answer changes nothing.
"""

import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from include.crmsync.pipeline.lineage import Flow

log = logging.getLogger("crmsync")


def collects_lineage() -> bool:
    """Whether anybody collects lineage of this process."""
    if "airflow" not in sys.modules:
        return False
    try:
        from airflow.providers.openlineage.conf import is_disabled
    except ImportError:
        return False
    return not is_disabled()


def tell_lineage(flows: Sequence[Flow]) -> None:
    """Tell what flows into what in the task that is running."""
    try:
        _emit(flows)
    except Exception as error:  # noqa: BLE001  lineage never stands in a sync's way
        log.warning("lineage was not told: %s", type(error).__name__)


def _emit(flows: Sequence[Flow]) -> None:
    from airflow.providers.openlineage.plugins import macros as untyped
    from airflow.providers.openlineage.plugins.listener import get_openlineage_listener
    from airflow.sdk import get_current_context
    from openlineage.client.event_v2 import InputDataset, Job, Run, RunEvent, RunState

    macros: Any = untyped
    ti: Any = get_current_context()["ti"]
    named = {(one.namespace, one.name) for flow in flows for one in flow.inputs}
    event = RunEvent(
        eventType=RunState.RUNNING,
        eventTime=datetime.now(UTC).isoformat(),
        run=Run(runId=macros.lineage_run_id(ti)),
        job=Job(namespace=macros.lineage_job_namespace(), name=macros.lineage_job_name(ti)),
        inputs=[InputDataset(namespace=namespace, name=name) for namespace, name in sorted(named)],
        outputs=[_output(flow) for flow in flows],
    )
    get_openlineage_listener().adapter.emit(event)


def _output(flow: Flow) -> Any:
    from openlineage.client.event_v2 import OutputDataset
    from openlineage.client.facet_v2 import column_lineage_dataset, schema_dataset

    columns = {
        name: column_lineage_dataset.Fields(
            inputFields=[
                column_lineage_dataset.InputField(
                    namespace=source.dataset.namespace,
                    name=source.dataset.name,
                    field=source.field,
                    transformations=[
                        column_lineage_dataset.Transformation(
                            type="DIRECT",
                            subtype="TRANSFORMATION" if source.changed else "IDENTITY",
                        )
                    ],
                )
                for source in sources
            ]
        )
        for name, sources in flow.fields.items()
    }
    schema = [
        schema_dataset.SchemaDatasetFacetFields(name=name, type=type_)
        for name, type_ in flow.types.items()
    ]
    return OutputDataset(
        namespace=flow.output.namespace,
        name=flow.output.name,
        facets={
            "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(fields=columns),
            "schema": schema_dataset.SchemaDatasetFacet(fields=schema),
        },
    )
