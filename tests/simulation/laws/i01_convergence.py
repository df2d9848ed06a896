"""I1: when edits stop and nothing goes wrong, two runs later everything is equal, or says why not.

Every mapped field of every linked pair is compared by the oracle's own reading of values. Who has
no link must be held; and what is held must be so for a reason that is true.
"""

from collections.abc import Iterator

from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import Record, System
from include.crmsync.model.rule import SyncRule
from tests.simulation import spelling
from tests.simulation.scene import Linked, Scene
from tests.simulation.world import LIST


def equal_or_held(scene: Scene) -> Iterator[str]:
    """Linked pairs hold the same."""
    held = scene.held()
    for pair in scene.linked():
        reasons = [
            one for system in System for one in held.get((system, pair.record(system).id), ())
        ]
        if any(name is None or criterion in RECORDS for criterion, name in reasons):
            continue
        if any(scene.unseen(pair.record(system)) for system in System):
            continue  # the audit tells: no run sees an edit that was hidden when it was made
        names = {name for _, name in reasons}
        for one in scene.world.mappings[pair.object_type].fields:
            if one.name not in names and _differs(one, pair, scene):
                ours, theirs = spelling.held(pair.hubspot, one), spelling.held(pair.salesforce, one)
                yield (
                    f"{one.name} of {pair.hubspot.id} is {ours!r}, of {pair.salesforce.id}"
                    f" {theirs!r}, and nothing says why"
                )


RECORDS = frozenset(
    {
        "on_inclusion_list",
        "email_is_valid",
        "has_email",
        "phone_has_seven_digits",
        "won_needs_amount",
    }
)
"""Criteria that keep a whole record from updating the other."""


def nobody_is_forgotten(scene: Scene) -> Iterator[str]:
    """Whoever is there is linked or held."""
    held = scene.held()
    for system in System:
        for object_type in scene.world.mappings:
            query = f"SELECT {system}_id FROM link WHERE object_type = ?"
            linked = {id_ for (id_,) in scene.world.state.rows(query, object_type)}
            for record in scene.world.living(system, object_type):
                known = record.id in linked or (system, record.id) in held
                if not known and not scene.unseen(record) and not scene.forgotten(record):
                    yield f"{record.id} is neither linked nor held"


def holds_are_true(scene: Scene) -> Iterator[str]:
    """What is held says why, and it is so, or was when it was refused."""
    for (system, record_id), reasons in scene.held().items():
        record = scene.world.record(system, record_id)
        if record is None or scene.hidden(record):
            continue  # nobody can look at it again
        for criterion, _ in reasons:
            if not _true(criterion, record, scene):
                yield f"{record_id} is held for {criterion}, and that is not so"


def _differs(one: FieldMapping, pair: Linked, scene: Scene) -> bool:
    if one.rule is SyncRule.DONT_SYNC or pair.salesforce.kind not in one.salesforce:
        return False
    ours, theirs = spelling.held(pair.hubspot, one), spelling.held(pair.salesforce, one)
    if one.type is FieldType.PARENT:
        return _other_company(ours, theirs, scene)
    if one.type is FieldType.OWNER and ours != theirs:
        # An owner who is unknown in the other system is left as it is there.
        known = (
            spelling.owner_known(ours, System.SALESFORCE),
            spelling.owner_known(theirs, System.HUBSPOT),
        )
        return all(known)
    return ours != theirs


def _other_company(ours: str | None, theirs: str | None, scene: Scene) -> bool:
    """Whether two parents are not the same thing; one that is gone is nobody's parent."""
    company = scene.world.partner(System.SALESFORCE, theirs or "")
    if ours is None and company is not None and company in scene.world.hubspot.bin:
        return False  # it was archived, though nobody has asked after that yet
    links = scene.parent_link(System.HUBSPOT, ours), scene.parent_link(System.SALESFORCE, theirs)
    if any(link is not None and not link[1] for link in links):
        return False
    return links[0] != links[1]


def _true(criterion: str, record: Record, scene: Scene) -> bool:
    partner_id = scene.world.partner(record.system, record.id)
    partner = scene.world.record(record.system.other, partner_id)
    if criterion == "counterpart_exists":
        return partner is None or scene.hidden(partner)
    if criterion in ("counterpart_deleted", "counterpart_merged"):
        return partner is None or scene.hidden(partner)
    if criterion == "on_inclusion_list":
        return record.id not in scene.world.hubspot.lists[LIST]
    if criterion.startswith("accepted_by"):
        return _refused(record, partner_id, scene)
    if criterion == "match_unlinked":
        return _match_is_linked(record, scene)
    if criterion == "unique_in_system":
        return _twins(record, scene) or _would_revive(record, scene)
    return True


def _refused(record: Record, partner_id: str | None, scene: Scene) -> bool:
    """Whether a CRM was seen to refuse a write of the record, or on its account."""
    return any(
        sent.written is not None
        and sent.written.code is not None
        and {sent.write.external_key, sent.write.record_id} & {record.id, partner_id or record.id}
        for sent in scene.witness.sent
    )


def _match_is_linked(record: Record, scene: Scene) -> bool:
    """Whether a linked Salesforce record has the e-mail of this contact."""
    field = scene.world.mappings["contacts"]["email"]
    mine = spelling.held(record, field)
    query = "SELECT salesforce_id FROM link WHERE object_type = 'contacts' AND gone_in IS NULL"
    linked = {id_ for (id_,) in scene.world.state.rows(query)}
    return any(
        one.id in linked and spelling.held(one, field) == mine
        for one in scene.world.living(System.SALESFORCE, "contacts")
    )


def _would_revive(record: Record, scene: Scene) -> bool:
    """Whether somebody in the other system had the same e-mail, and was deleted there."""
    field, other = scene.world.mappings["contacts"]["email"], record.system.other
    mine = spelling.held(record, field)
    return any(
        system is other
        and name == "email"
        and id_ not in scene.world.crms[other].records
        and any(value == mine for value, _ in told)
        for (system, id_, name), told in scene.witness.values.items()
    )


def _twins(record: Record, scene: Scene) -> bool:
    """Whether another record has the same e-mail, here or as somebody else's counterpart."""
    field = scene.world.mappings["contacts"]["email"]
    mine = spelling.held(record, field)
    bases = scene.world.state.rows(
        f"SELECT json_extract(base, '$.email') FROM link WHERE {record.system}_id <> ?", record.id
    )
    # A link that is paused keeps its base, and with it the e-mail that both had.
    return (mine,) in bases or any(
        one.id != record.id and spelling.held(one, field) == mine
        for system in System
        for one in scene.world.living(system, "contacts")
    )
