"""I2: the run after everything has converged plans nothing, and ten more write nothing."""

from collections.abc import Iterator

from tests.simulation.scene import Scene


def nothing_more_is_written(scene: Scene) -> Iterator[str]:
    """Once all is quiet, it stays so."""
    for sent in scene.witness.sent[scene.quiet_from :]:
        told = f"{sent.write.key}: {dict(sent.write.values)}"
        yield f"{sent.process.name} wrote {told} when all was quiet"
    for ran in scene.quiet:
        query = "SELECT id FROM action WHERE sync_run = ?"
        for (action,) in scene.world.state.rows(query, ran.name):
            yield f"{ran.name} planned {action} when all was quiet"
