"""A read that came back much smaller than it can be is an error, never a deletion.

A permission taken away, a sharing rule, a broken filter: to a reader they all look like
records that are gone. Single ones are held with the reason; when most of many known records
cannot be read any more, the connection is what is wrong, and a person has to look.
"""

from include.crmsync.errors import Unauthorized
from include.crmsync.model.record import System

MANY = 20
"""Known records from which their number says something."""


def refuse_shrunken(found: int, asked: int, object_type: str, system: System) -> None:
    """Raise Unauthorized where fewer than half of many linked records can be read."""
    if asked >= MANY and found * 2 < asked:
        raise Unauthorized(
            f"{system.label} shows {found} of {asked} {object_type} that are linked and were there"
            " before. Grant the integration user access to them, or look at the filter of its"
            " sharing rules. Nothing was planned, and nothing is ever deleted for not being seen."
        )
