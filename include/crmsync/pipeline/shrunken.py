"""A read that came back much smaller than it can be is an error, never a deletion.

A permission taken away, a sharing rule, a broken filter: to a reader they all look like
records that are gone. Single ones are held with the reason; when most of many known records
cannot be read any more, and the system has no tombstone of them, the connection is what is wrong,
and a person has to look.
"""

from collections.abc import Collection

from include.crmsync.adapters.gateway import Gateway
from include.crmsync.errors import Unauthorized
from include.crmsync.model.departure import How
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record

MANY = 20
"""Known records from which their number says something."""


def refuse_shrunken(
    read: Collection[Record], asked: Collection[str], mapping: ObjectMapping, gateway: Gateway
) -> None:
    """Raise Unauthorized where fewer than half of many linked records can be read.

    Those that have a tombstone do not count; it is asked for only when it matters. Of a record that
    it calls erased, a system says no more than that it does not show it.
    """
    if not _is_shrunken(len(read), len(asked)):
        return
    unseen = sorted(set(asked) - {record.id for record in read})
    fates = gateway.fates(mapping, unseen).values()
    found, left = len(read), len(asked) - sum(one.how is not How.ERASED for one in fates)
    if _is_shrunken(found, left):
        shown = f"{gateway.system.label} shows {found} of {left} {mapping.object_type}"
        raise Unauthorized(
            f"{shown} that are linked and were there before. Grant the integration user access to"
            " them, or look at the filter of its sharing rules. Nothing was planned, and nothing is"
            " ever deleted for not being seen."
        )


def _is_shrunken(found: int, asked: int) -> bool:
    return asked >= MANY and found * 2 < asked
