"""I5: at most one counterpart, whatever crashed, was lost, repeated or ran at the same time.

And I6: what was deleted is not created again by a stale edit.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from include.crmsync.model.record import System
from tests.simulation import spelling
from tests.simulation.scene import Scene
from tests.simulation.wire import Sent

CLOCKS = timedelta(seconds=5)
"""How far a CRM's clock may be off, and more."""


def one_counterpart(scene: Scene, sent: Sent) -> Iterator[str]:
    """A record is created only where none is."""
    if not _creates(sent):
        return
    origin, crm = _origin(sent), scene.world.crms[sent.system]
    partner = scene.world.partner(sent.system.other, origin)
    if partner in crm.records and not sent.process.repeated:
        yield f"{sent.write.key} creates a counterpart for {origin}, which has {partner}"
    mine = [id_ for _, key, id_ in crm.born if key == origin and id_ in crm.records]
    if len(mine) > 1:
        yield f"{origin} has several counterparts: {', '.join(mine)}"


def nobody_matches(scene: Scene, sent: Sent) -> Iterator[str]:
    """No contact is created whose e-mail a stranger in that system has: that one is linked.

    A stranger is a record that never had a link, and was there as it is when the run began.
    """
    if not _creates(sent) or sent.after is None or sent.after.object_type != "contacts":
        return
    field = scene.world.mappings["contacts"]["email"]
    email = spelling.held(sent.after, field)
    [ran] = [one for one in scene.runner.ran if one.name == sent.process.name]
    for one in scene.world.living(sent.system, "contacts") if email else ():
        stranger = one.id != sent.after.id and not scene.witness.partners.get((one.system, one.id))
        if not stranger or scene.unseen(one) or scene.forgotten(one):
            continue
        if one.modified_at < ran.began - CLOCKS and spelling.held(one, field) == email:
            yield f"{sent.write.key} has the e-mail of {one.id}, which is linked with nobody"


def keys_are_unique(scene: Scene) -> Iterator[str]:
    """No two records carry one external key."""
    for system, crm in scene.world.crms.items():
        for mapping in scene.world.mappings.values():
            key = mapping.hubspot_key if system is System.HUBSPOT else mapping.salesforce_key
            living = scene.world.living(system, mapping.object_type)
            told = Counter((one.kind, one.raw[key]) for one in living if one.raw.get(key))
            for (kind, value), count in told.items():
                if count > 1:
                    yield f"{count} records of {kind} in {crm.system} carry the key {value}"


def no_revival(scene: Scene, sent: Sent) -> Iterator[str]:
    """I6: a record whose counterpart a person deleted gets no new one.

    Unless the sync had deleted the record after it, or was just about to when somebody else did,
    and a person has taken that back.
    """
    if not _creates(sent):
        return
    origin, crm = _origin(sent), scene.world.crms[sent.system]
    deleted = {one.write.record_id for one in scene.witness.sent if one.deletes}
    if origin in deleted & scene.witness.restored:
        return
    for partner in scene.witness.partners.get((sent.system.other, origin), ()):
        if partner not in crm.records and partner not in scene.witness.deleted_by_sync:
            yield f"{sent.write.key} creates anew what a person deleted: {partner}"


def _origin(sent: Sent) -> str:
    """The record that a create is for, as its action names it."""
    return sent.write.key.rsplit(":", 1)[-1]


def _creates(sent: Sent) -> bool:
    return sent.landed and not sent.deletes and sent.write.record_id is None and sent.before is None
