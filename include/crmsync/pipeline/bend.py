"""A request bends the mapping, for its own run and no other.

The direction leaves one system to be written; what would be written to the other waits for the
next run. A forced field takes the other system's value. Of companies that a person chose, the
conditions for new accounts do not count. Rules and fields stay as they are stated, and so do the
digests and derived criteria that are made of them.
"""

from dataclasses import replace

from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.request import Bend, Request


def bent(mapping: ObjectMapping, request: Request | None) -> ObjectMapping:
    """The mapping that a run uses."""
    if request is None:
        return mapping
    return replace(
        mapping,
        bend=Bend(request.direction.only_to, frozenset(request.force_fields)),
        needs_contact=frozenset() if request.by_hand else mapping.needs_contact,
    )
