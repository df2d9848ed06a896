"""Which records are read again though nobody changed them.

A record that failed for a passing reason; a contact that has joined the inclusion list, which
HubSpot does not stamp; a child whose parent has been linked in the meantime; a company that
may have gained an eligible contact; one that waited for an e-mail address which is free now;
one whose match was another one's; one that was refused under another mapping or schema than there
is now; one that shared its domain with records that have found their counterparts.
Everything else waits for its own next change.
"""

from collections.abc import Iterable, Iterator, Sequence

from include.crmsync.engine.holds import WAITS_FOR_HOLDER, waited_for
from include.crmsync.engine.refused import moved_on
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System
from include.crmsync.model.role import ROLE_OBJECTS
from include.crmsync.pipeline.allocation import due
from include.crmsync.pipeline.eligible import meeting
from include.crmsync.pipeline.exchange import holders_of
from include.crmsync.pipeline.match_values import match_values
from include.crmsync.pipeline.one_field import PARENT_LINKED
from include.crmsync.pipeline.people_of import PeopleOf
from include.crmsync.pipeline.surroundings import on_list
from include.crmsync.pipeline.told_apart import CRITERION as UNIQUE_DOMAIN
from include.crmsync.pipeline.told_apart import told_apart
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.commit import Retry
from include.crmsync.state.joined import Joined

ON_LIST = "on_inclusion_list"
UNSHARED, UNLINKED = "value_unshared", "match_unlinked"
CONTACT_ON_LIST, CONTACT_NOT_LEAD = "contact_on_inclusion_list", "contact_not_a_lead"
NEEDS_CONTACT = frozenset({CONTACT_ON_LIST, CONTACT_NOT_LEAD})
"""Criteria about the people in a company."""
WOKEN = {WAITS_FOR_HOLDER, PARENT_LINKED, UNSHARED, UNLINKED, UNIQUE_DOMAIN, *NEEDS_CONTACT}
"""Criteria that something else than the record itself may come to meet."""


def again(
    mapping: ObjectMapping, remembered: Sequence[Retry], people: PeopleOf, shop: Workshop
) -> dict[System, set[str]]:
    """Ids to read again, by system; `remembered`: everything that is to be, some time."""
    wanted = due(remembered, shop)
    wanted[System.HUBSPOT] |= _joined(mapping, shop)
    held = shop.store.held_for(mapping.object_type, WOKEN)
    for one in _arrived(held, mapping, shop):
        wanted[one.system].add(one.record_id)
    for one in moved_on(shop.store.refused(mapping.object_type), mapping):
        wanted[one.system].add(one.record_id)
    for system, record_id in told_apart(held, mapping, shop):
        wanted[system].add(record_id)
    wanted[System.HUBSPOT] |= _newly_eligible(held, mapping, people, shop)
    wanted[System.SALESFORCE] |= _given_up(held, mapping, shop)
    wanted[System.HUBSPOT] |= _match_free(held, mapping, shop)
    return wanted


def _joined(mapping: ObjectMapping, shop: Workshop) -> frozenset[str]:
    """Contacts that waited for the inclusion list, and are on it now."""
    return on_list(shop.store.held_ids(mapping.object_type, System.HUBSPOT, ON_LIST), shop)


def _arrived(held: Iterable[Held], mapping: ObjectMapping, shop: Workshop) -> Iterator[Held]:
    """Those that waited for a record which has a link now."""
    waiting = [
        (one, field, waited_for(one.value, one.system))
        for one in held
        if (field := _waits_for(one, mapping)) is not None
    ]
    asked: dict[tuple[str, System], set[str]] = {}
    for one, field, ids in waiting:
        asked.setdefault((field.parent or "", one.system), set()).update(ids)
    known = {
        (object_type, system): {
            (joined.hubspot_id, joined.salesforce_id)[system is System.SALESFORCE]: joined
            for joined in shop.store.joined(object_type, system, sorted(some))
        }
        for (object_type, system), some in asked.items()
    }
    for one, field, ids in waiting:
        links = known[field.parent or "", one.system]
        if any(_will_do(links[id_], field) for id_ in ids if id_ in links):
            yield one


def _waits_for(held: Held, mapping: ObjectMapping) -> FieldMapping | None:
    """The field of parents or roles in which a record is not linked yet."""
    if held.criterion not in (WAITS_FOR_HOLDER, PARENT_LINKED) or held.value is None:
        return None
    fields = mapping.roles if held.criterion == WAITS_FOR_HOLDER else mapping.parents
    return next((one for one in fields if one.name == held.field), None)


def _will_do(joined: Joined, field: FieldMapping) -> bool:
    """Whether a link is what was waited for: any of a parent, a role's if somebody can have it."""
    if field.type is not FieldType.ROLES:
        return True
    kinds = {ROLE_OBJECTS[name].kind for name in field.salesforce.values()}
    return joined.lives and joined.kind in kinds


def _given_up(held: list[Held], mapping: ObjectMapping, shop: Workshop) -> set[str]:
    """Records that waited for an unshared value which nobody else has any more."""
    waiting = {one.record_id: one for one in held if one.criterion == UNSHARED}
    if not waiting:
        return set()
    links = shop.store.links(mapping.object_type, System.SALESFORCE, sorted(waiting))
    values = sorted({one.value for one in waiting.values() if one.value})
    holders = holders_of(values, mapping, shop)
    own = {id_: link.hubspot_id for id_, link in links.items()}
    return {
        id_ for id_, one in waiting.items() if holders.get(one.value or "") in (None, own.get(id_))
    }


def _match_free(held: list[Held], mapping: ObjectMapping, shop: Workshop) -> set[str]:
    """Records whose match was linked with another one, and is no more, or is no match any more."""
    waiting = {one.record_id: one.value for one in held if one.criterion == UNLINKED}
    if not waiting:
        return set()
    values = sorted({one for one in waiting.values() if one})
    found = list(shop.gateways[System.SALESFORCE].find(mapping, values))
    links = shop.store.links(mapping.object_type, System.SALESFORCE, [one.id for one in found])
    living = [one for one in found if one.id in links and links[one.id].lives]
    taken = set(match_values(mapping, living))
    return {id_ for id_, value in waiting.items() if value not in taken}


def _newly_eligible(
    held: list[Held], mapping: ObjectMapping, people: PeopleOf, shop: Workshop
) -> set[str]:
    """Companies that waited for a contact, on the inclusion list or no lead, and have one now.

    Who waited for both and has one of them waits on, for a reason that is another one now.
    """
    waiting = {one.record_id for one in held if one.criterion in NEEDS_CONTACT}
    if not waiting:
        return set()
    met = meeting(waiting, mapping, lambda ids: on_list(ids, shop), people, shop)
    by_criterion = {CONTACT_ON_LIST: met.listed, CONTACT_NOT_LEAD: met.of_contacts}
    return {
        one.record_id
        for one in held
        if one.record_id in by_criterion.get(one.criterion, frozenset())
    }
