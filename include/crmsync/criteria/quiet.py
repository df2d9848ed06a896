"""Great Expectations without its noise: no log flood, no progress bars, nothing sent home.

At import it logs hundreds of "Skipping registering function" lines; under Airflow, whose
logging prints at INFO, they would bury a task's log. While it judges, it draws progress
bars. Older versions report their use by network. That is switched off here and nowhere
else; its warnings and errors are still heard.
"""

import logging
import os
import warnings
from typing import Any

LOUD = "great_expectations"
"""The logger all of its others hang below."""


def great_expectations() -> Any:
    """Import Great Expectations, silent; takes seconds the first time."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    logging.getLogger(LOUD).setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
    return gx


def context(gx: Any) -> Any:
    """A context that lives in memory: it writes no file and shows no progress."""
    from great_expectations.data_context.types import base

    config = base.DataContextConfig(
        store_backend_defaults=base.InMemoryStoreBackendDefaults(),
        progress_bars=base.ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    return gx.get_context(mode="ephemeral", project_config=config)
