"""What runs of the last days wrote and never committed.

It is in the CRMs and in no base, so the next run reads those records again, and takes what landed
for what both systems hold. It must be known before the first record is read: what lands later is
not in what was read, and would look as if somebody had taken it back.
"""

from datetime import timedelta

from include.crmsync.model.landed import Landed
from include.crmsync.pipeline.workshop import Workshop

AGE = timedelta(days=7)
"""How long ago a run may have begun to be asked about: HubSpot forgets versions in time."""


def written_and_left(object_type: str, sync_run: str, shop: Workshop) -> tuple[Landed, ...]:
    """The fields that landed, the oldest first; of this run, what its earlier attempts wrote."""
    return tuple(shop.journal.landed(object_type, sync_run, shop.now() - AGE))
