"""I16: after a merge on one side exactly one counterpart stays linked, the other is told of."""

from collections.abc import Iterator

from include.crmsync.model.departure import How
from include.crmsync.model.record import System
from tests.simulation.scene import Scene


def one_stays_linked(scene: Scene) -> Iterator[str]:
    """A survivor keeps a counterpart, or something says why it has none."""
    held, living = scene.held(), _living(scene)
    for system, crm in scene.world.crms.items():
        for loser, (record, left) in crm.bin.items():
            heir = left.into or ""
            if left.how not in (How.MERGED, How.CONVERTED) or heir not in crm.records:
                continue
            if record.object_type not in scene.world.mappings or heir in crm.hidden:
                continue
            partners = _there(system, loser, scene) | _there(system, heir, scene)
            told = {(system, heir), *((system.other, one) for one in partners)}
            if partners and (system, heir) not in living and not told & held.keys():
                yield f"{heir} took the place of {loser}, and has lost {sorted(partners)}"


def _living(scene: Scene) -> set[tuple[System, str]]:
    query = "SELECT hubspot_id, salesforce_id FROM link WHERE gone_in IS NULL"
    found: set[tuple[System, str]] = set()
    for ours, theirs in scene.world.state.rows(query):
        found |= {(System.HUBSPOT, ours), (System.SALESFORCE, theirs)}
    return found


def _there(system: System, record_id: str, scene: Scene) -> set[str]:
    """Records that this one was ever linked with, and that are there."""
    partners = scene.witness.partners.get((system, record_id), set())
    return partners & scene.world.crms[system.other].records.keys()
