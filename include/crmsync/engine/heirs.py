"""An heir whose own counterpart is gone: the link that comes to it takes the tombstone's place.

Somebody deletes a record in one system, and merges another one into its counterpart in the other.
What is left is two records, one in each system, and they belong together. No two links may have
one record, so the tombstone gets, in exchange, the record that was merged. What was planned or told
of the heir as one left behind is dropped: it is left behind no more.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from include.crmsync.engine.departures import Departures
from include.crmsync.model.departure import How
from include.crmsync.model.link import Link
from include.crmsync.model.plan import Gone, Pair
from include.crmsync.model.record import System


def exchanged(left: Departures, links: Sequence[Link]) -> Departures:
    """Departures of which no two links come to have one record."""
    before = {link.id: link for link in links}
    living = {link.id for link in left.links}
    for link in left.links:
        old = before[link.id]
        for system in System:
            heir, lost = link.id_in(system), old.id_in(system)
            holder = _holder(heir, system, links, living) if heir != lost else None
            if holder is not None:
                left = _taken(holder, link, system, lost, left)
    return left


def _holder(
    record_id: str, system: System, links: Sequence[Link], living: Collection[int | None]
) -> Link | None:
    """The link, one that does not live on, that has a record."""
    return next(
        (one for one in links if one.id not in living and one.id_in(system) == record_id), None
    )


def _taken(holder: Link, link: Link, system: System, lost: str, left: Departures) -> Departures:
    """The tombstone with the record that was merged, in place of the one that took it in."""
    heir = holder.id_in(system)
    dying = next((pair for pair in left.pairs if pair.link_id == holder.id), _dead(holder))
    pair = replace(
        dying,
        hubspot_id=lost if system is System.HUBSPOT else holder.hubspot_id,
        salesforce_id=lost if system is System.SALESFORCE else holder.salesforce_id,
        actions=(),
        reason=f"{heir} is the counterpart of {link.id_in(system.other)} now",
        gone=replace(dying.gone, followed=holder.followed) if dying.gone else None,
    )
    left.spoken_for[system].discard(heir)
    return replace(
        left,
        actions=[one for one in left.actions if one.id not in dying.actions],
        pairs=[*(one for one in left.pairs if one.link_id != holder.id), pair],
        held=[one for one in left.held if (one.system, one.record_id) != (system, heir)],
        back=[(one, where) for one, where in left.back if one.id != holder.id],
    )


def _dead(holder: Link) -> Pair:
    """A pair that says of a tombstone what it was before."""
    return Pair(
        hubspot_id=holder.hubspot_id,
        salesforce_id=holder.salesforce_id,
        kind=holder.kind,
        link_id=holder.id,
        link_version=holder.version,
        agreed={},
        gone=Gone(
            holder.gone_in or System.HUBSPOT,
            holder.gone_how or How.DELETED,
            holder.gone_at,
            holder.followed,
        ),
    )
