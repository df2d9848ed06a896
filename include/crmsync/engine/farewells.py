"""What a person is told of records that are gone, in words."""

from datetime import datetime

from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.link import Link
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System

BACK = "its record came back, so the link lives again"

_HOW = {
    How.DELETED: "was deleted",
    How.MERGED: "was merged into another record",
    How.CONVERTED: "was converted",
    How.ERASED: "is not known any more: erased for privacy, or out of the archive",
}


def moved(grave: Tombstone, system: System, heir: str) -> str:
    """Why a link moves to another record."""
    return f"{grave.record_id} {_HOW[grave.how]} in {system.label}: {heir} took its place"


def gone(grave: Tombstone, system: System) -> str:
    """Why a link becomes a tombstone."""
    return f"{grave.record_id} {_HOW[grave.how]} in {system.label}"


def follows(system: System) -> str:
    """Why a counterpart is deleted."""
    return f"its counterpart was deleted in {system.label}, and the mapping says to follow"


def merges_too(system: System) -> str:
    """Why two counterparts are merged."""
    return f"its counterpart was merged in {system.label}, and the mapping says to follow"


def created_anew(link: Link, system: System) -> str:
    """Why a link has a new counterpart for one the sync had deleted."""
    return (
        f"{link.id_in(system)} came back in {system.label}; {link.id_in(system.other)}, which the"
        f" sync had deleted after it, cannot be restored through {system.other.label}'s API and"
        " is created anew"
    )


def held(
    link: Link, system: System, how: How, heir: str | None, modified_at: datetime | None
) -> Held:
    """Why a record whose counterpart is gone syncs no more."""
    if how in (How.MERGED, How.CONVERTED):
        return _merged(link, system, how, heir, modified_at)
    if how is How.ERASED:
        return erased(link.object_type, system, link.id_in(system), modified_at)
    return _deleted(link, system, modified_at)


def erased(object_type: str, system: System, record_id: str, modified_at: datetime | None) -> Held:
    """A record whose counterpart HubSpot has forgotten, and so have we."""
    return Held(
        system,
        object_type,
        record_id,
        "counterpart_erased",
        None,
        None,
        f"its counterpart was erased from {system.other.label} for good, for privacy or because"
        " its time in the archive was over, and what the sync knew of it is erased too. It is"
        f" never created anew. If a person asked to be forgotten, delete it in {system.label}.",
        modified_at,
    )


def _deleted(link: Link, system: System, modified_at: datetime | None) -> Held:
    return Held(
        system,
        link.object_type,
        link.id_in(system),
        "counterpart_deleted",
        None,
        None,
        f"its counterpart {link.id_in(system.other)} was deleted in {system.other.label}, and the"
        " mapping says to keep this one. It is not created anew, and nothing travels. Restore the"
        " counterpart to sync them again, or delete this record too.",
        modified_at,
    )


def _merged(
    link: Link, system: System, how: How, heir: str | None, modified_at: datetime | None
) -> Held:
    if how is How.CONVERTED:
        done, another = ", a lead, was converted", "a contact"
    else:
        done, another = " was merged", "another record"
    into = f"{heir}, which has a counterpart of its own" if heir else another
    return Held(
        system,
        link.object_type,
        link.id_in(system),
        "counterpart_merged",
        None,
        None,
        f"its counterpart {link.id_in(system.other)}{done} into {into}. Where this one and that"
        f" counterpart are the same, merge the two in {system.label} as well; else give this one a"
        " counterpart of its own by deleting it and creating it anew. Until then nothing travels.",
        modified_at,
    )
