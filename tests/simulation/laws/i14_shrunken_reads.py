"""I14: what cannot be read is not gone: nothing is deleted on its account."""

from collections.abc import Iterator

from include.crmsync.model.departure import How
from include.crmsync.model.record import System
from tests.simulation.scene import Scene
from tests.simulation.wire import Sent


def deletions_have_a_cause(scene: Scene, sent: Sent) -> Iterator[str]:
    """A record is deleted only after its counterpart was deleted."""
    if not sent.deletes or not sent.landed or sent.before is None:
        return
    if any(one.undoes and one.step.on for one in scene.runner.ran if one.name == sent.process.name):
        return  # somebody told it to delete what a run had created
    origins = scene.witness.partners.get((sent.system, sent.before.id), set())
    bin_ = scene.world.crms[sent.system.other].bin
    gone = any(one in bin_ and bin_[one][1].how is How.DELETED for one in origins)
    if not gone and not origins & scene.witness.restored:
        yield f"{sent.before.id} was deleted, and its counterpart {origins} was not"


def the_gone_are_gone(scene: Scene) -> Iterator[str]:
    """A link says that a record is gone only if it is."""
    query = "SELECT gone_in, hubspot_id, salesforce_id FROM link WHERE gone_in IS NOT NULL"
    for gone_in, ours, theirs in scene.world.state.rows(query):
        id_ = ours if gone_in == System.HUBSPOT else theirs
        if scene.world.record(System(gone_in), id_) and id_ not in scene.witness.restored:
            yield f"{id_} counts as gone from {gone_in}, and it never was"
