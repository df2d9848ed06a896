"""What taking a run back adds to the steps of every run: understand first, tell at the end.

What `tell` hands on holds ids, fields, counts and reasons, and no record's values.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from include.crmsync.pipeline.step import own
from include.crmsync.pipeline.undo.asked import asked, remember
from include.crmsync.pipeline.undo.report import SHOWN, lines, report
from include.crmsync.pipeline.workshop import Workshop

log = logging.getLogger("crmsync")


def understand(
    told: Mapping[str, Any], sync_run: str, workshop: Workshop | None = None
) -> dict[str, Any]:
    """Check the request and keep it; what is to be done, in short. Reads nothing of either CRM."""
    with own(workshop) as shop:
        undo = asked(told, shop)
        remember(undo, sync_run, shop)
        short = {
            "undoes": undo.sync_run,
            "object_types": list(undo.object_types),
            "ids": len(undo.ids),
            "dry_run": undo.dry_run,
            "delete_created": undo.delete_created,
        }
        log.info("undo %s", " ".join(f"{name}={value}" for name, value in short.items()))
        return short


def tell(sync_run: str, workshop: Workshop | None = None) -> dict[str, Any]:
    """What is back and what is not, object type by object type."""
    with own(workshop) as shop:
        told = report(sync_run, shop)
        for line in lines(told):
            log.info("%s", line)
        return told | {"object_types": [_short(one) for one in told["object_types"]]}


def _short(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An object type as it is handed on: of what is left the counts, and the first of them."""
    left = entry["left"]
    counts = Counter(one["criterion"] for one in left)
    return {**entry, "left_by": dict(counts.most_common()), "left": left[:SHOWN]}
