"""Handing numbers to Airflow's own metrics: StatsD or OpenTelemetry, whichever is switched on.

Outside a task there is nobody to hand them to, and nothing happens. Neither does it when the
library behind the metrics fails: they are never in a sync's way.
"""

import logging
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta

from include.crmsync.pipeline.measures import Kind, Measure

log = logging.getLogger("crmsync")


def measured() -> bool:
    """Whether Airflow's metrics are switched on."""
    if "airflow" not in sys.modules:
        return False
    from airflow.sdk.configuration import conf

    switches = ("statsd_on", "statsd_datadog_enabled", "otel_on")
    return any(conf.getboolean("metrics", one, fallback=False) for one in switches)


def emit(measures: Callable[[], Sequence[Measure]]) -> None:
    """Hand on numbers; they are only counted where somebody wants them."""
    if not measured():
        return
    try:
        _emit(measures())
    except Exception as error:  # noqa: BLE001  see above
        log.warning("metrics were not told: %s", type(error).__name__)


def _emit(measures: Sequence[Measure]) -> None:
    from airflow.sdk.observability import stats

    for one in measures:
        if one.kind is Kind.COUNT:
            stats.incr(one.name, int(one.value))
        elif one.kind is Kind.GAUGE:
            stats.gauge(one.name, one.value)
        else:
            stats.timing(one.name, timedelta(seconds=one.value))
