"""I19: the journal, laid over what people did, gives what is: nothing was written beside it.

Every write that reached a CRM has its action, with an intent; every action that counts as applied
was seen to reach the CRM, or found its record to be gone already.
"""

from collections.abc import Iterator

from tests.simulation.scene import Scene


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
        if result == "applied" and (sync_run, action) not in seen and verb != "delete":
            yield f"{action} of {sync_run} counts as applied, and was never written"
    for sync_run, action in sorted(seen - known):
        yield f"{action} of {sync_run} was written, and the journal does not know it"
