"""I19: the journal, laid over what people did, gives what is: nothing was written beside it.

Every write that reached a CRM has its action, with an intent; every action that counts as applied
was seen to reach the CRM, or found its record to be gone already. HubSpot does not say who modified
a record last: whoever types what a run that was killed had meant to write is taken for it.
"""

from collections.abc import Iterator

from include.crmsync.model.record import System
from tests.simulation.scene import Scene
from tests.simulation.witness import PERSON


def the_journal_is_what_happened(scene: Scene) -> Iterator[str]:
    """Applied and seen are the same."""
    if any(step.do == "erase" for step in scene.world.history.steps):
        return
    seen = {(sent.process.name, sent.write.key) for sent in scene.witness.sent if sent.landed}
    query = "SELECT sync_run, id, verb, result, intended_at FROM action"
    known = set()
    for sync_run, action, verb, result, intended in scene.world.state.rows(query):
        if intended is not None:
            known.add((sync_run, action))
        unseen = result == "applied" and (sync_run, action) not in seen and verb != "delete"
        if unseen and not _typed(sync_run, action, scene):
            yield f"{action} of {sync_run} counts as applied, and was never written"
    for sync_run, action in sorted(seen - known):
        yield f"{action} of {sync_run} was written, and the journal does not know it"


def _typed(sync_run: str, action: str, scene: Scene) -> bool:
    """Whether a person has put into a HubSpot record all that an action was to write."""
    rows = scene.world.state.rows
    changes = rows(
        "SELECT a.record_id, c.field, c.after FROM action AS a JOIN change AS c"
        " ON c.sync_run = a.sync_run AND c.attempt = a.attempt AND c.action_id = a.id"
        " WHERE a.sync_run = ? AND a.id = ? AND a.system = 'hubspot'",
        *(sync_run, action),
    )
    put = scene.witness.values
    return bool(changes) and all(
        (after, PERSON) in put.get((System.HUBSPOT, record_id, name), ())
        for record_id, name, after in changes
    )
