"""A request bends the mapping, for its own run and no other.

The direction leaves one system to be written; what would be written to the other waits for the
next run. A forced field takes the other system's value. Of companies that a person chose, the
conditions for new accounts do not count. Rules and fields stay as they are stated, and so do the
digests and derived criteria that are made of them. A baseline may match by other rules than the
mapping states, and say whose values stand where records are linked for the first time.
"""

from dataclasses import replace

from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.request import Bend, Request
from include.crmsync.pipeline.match_rules import matched_by


def bent(mapping: ObjectMapping, request: Request | None) -> ObjectMapping:
    """The mapping that a run uses."""
    if request is None:
        return mapping
    bend = Bend(
        request.direction.only_to,
        frozenset(request.force_fields),
        request.winner,
        frozenset(request.only_fields),
    )
    ours = replace(
        mapping,
        bend=bend,
        needs_contact=frozenset() if request.by_hand else mapping.needs_contact,
    )
    return ours if request.match_by is None else matched_by(ours, request.match_by)
