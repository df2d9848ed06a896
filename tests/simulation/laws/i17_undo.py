"""I17: taking a run back puts back each field that it wrote, unless it changed; or it says why.

What the run wrote is what was seen to reach the CRMs; what is to come back, and what must not be
touched, is told by the records themselves, before and after.
"""

from collections.abc import Iterator

from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import Record, System
from tests.simulation import spelling
from tests.simulation.runs import Ran
from tests.simulation.scene import Scene
from tests.simulation.wire import Sent
from tests.simulation.witness import SYNC

Place = tuple[System, str, str]
"""A field of a record."""
Values = tuple[str | None, str | None]
"""What it held before the run, and what the run left."""


def put_back_or_listed(scene: Scene, ran: Ran) -> Iterator[str]:
    """Each field is as it was before the run, or as it was found, and then it says why."""
    if not ran.undoes or not ran.whole or ran.step.dry:
        return
    listed = _listed(scene, ran)
    meanwhile = any(one.what == "do" for one in ran.step.incidents)
    for place, (before, left) in _changed(scene, ran.undoes).items():
        system, record_id, name = place
        record, found = scene.world.record(system, record_id), ran.found.get(record_id)
        if record is None or found is None or record.object_type not in ran.finished:
            continue
        if scene.forgotten(record):
            continue  # the journal knows no more what it held
        if meanwhile and scene.witness.values.get(place, [("", SYNC)])[-1][1] != SYNC:
            continue  # somebody edited it in the middle of the run
        field = scene.world.mappings[record.object_type][name]
        was, now = spelling.held(found, field), spelling.held(record, field)
        told = (record_id, name) in listed or (record_id, None) in listed
        if was == left and now != before and not told:
            where = f"{name} of {record_id}"
            yield f"{ran.name} left {now!r} in {where}, not {before!r}, without a reason"
        if was not in (left, before) and (now != was or not told):
            yield f"{name} of {record_id} held {was!r} and holds {now!r}; listed: {told}"


def nothing_else_is_touched(scene: Scene, ran: Ran) -> Iterator[str]:
    """A run that takes another one back writes where that one wrote, and deletes what it made."""
    if not ran.undoes:
        return
    places = _written(scene, ran.undoes).keys()
    made = {
        sent.written.record_id
        for sent in _sent(scene, ran.undoes)
        if sent.write.record_id is None and sent.written is not None
    }
    for sent in _sent(scene, ran.name):
        if sent.deletes and sent.write.record_id not in made:
            yield f"{ran.name} deleted {sent.write.record_id}, which {ran.undoes} did not make"
        for place in _places(sent, scene) if not sent.deletes else ():
            if place not in places:
                yield f"{ran.name} wrote {place}, which {ran.undoes} did not"


def _sent(scene: Scene, run: str) -> list[Sent]:
    return [one for one in scene.witness.sent if one.process.name == run and one.landed]


def _written(scene: Scene, run: str) -> dict[Place, Values]:
    """Every field that a run wrote: as it was before the first time, and after the last."""
    found: dict[Place, Values] = {}
    for sent in _sent(scene, run):
        if sent.deletes or sent.before is None or sent.after is None:
            continue
        for place in _places(sent, scene):
            field = scene.world.mappings[sent.before.object_type][place[2]]
            first = found.get(place, (spelling.held(sent.before, field), None))[0]
            found[place] = first, spelling.held(sent.after, field)
    return found


def _changed(scene: Scene, run: str) -> dict[Place, Values]:
    """What a run wrote, but where it wrote what was there: a person typed the same just before."""
    written = _written(scene, run).items()
    return {place: values for place, values in written if values[0] != values[1]}


def _places(sent: Sent, scene: Scene) -> Iterator[Place]:
    """The fields of a payload."""
    record = sent.after or sent.before
    if record is None:
        return
    for field in scene.world.mappings[record.object_type].fields:
        if _is_sent(field, sent, record):
            yield sent.system, record.id, field.name


def _is_sent(field: FieldMapping, sent: Sent, record: Record) -> bool:
    if field.type is FieldType.PARENT:
        return (field.parent or "") in sent.write.parents
    return spelling.named(field, sent.system, record.kind) in sent.write.values


def _listed(scene: Scene, ran: Ran) -> set[tuple[str, str | None]]:
    """What the run says that it left as it was, or did not get written."""
    rows = scene.world.state.rows
    told = set(rows("SELECT record_id, field FROM held_history WHERE sync_run = ?", ran.name))
    query = (
        "SELECT record_id FROM action WHERE sync_run = ?"
        " AND (result <> 'applied' OR refused <> '[]')"
    )
    return told | {(record_id, None) for (record_id,) in rows(query, ran.name)}
