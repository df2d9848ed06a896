"""The drift audit: every linked pair of both systems, read and compared field by field.

Links are taken in the order of their ids, some thousand at a time; both records of each are read
by id within moments of each other, so that an edit in between is rarely taken for drift, and no
more than one portion is ever in memory. Each portion is written down before the next is read.
Nothing is written to either CRM: told to mend, the audit has the next sync run read the differing
records again, and the ordinary plan does the rest, guard and all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from include.crmsync.engine.directory import Directory, Person, directory
from include.crmsync.engine.drift import Key, Known, differences
from include.crmsync.model.drift import Audit, Difference, Tally
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.pipeline.accounts import check
from include.crmsync.pipeline.measures import of_audit
from include.crmsync.pipeline.one_field import of_one_field
from include.crmsync.pipeline.schemas import remembered_mapping
from include.crmsync.pipeline.shrunken import refuse_shrunken
from include.crmsync.pipeline.step import step
from include.crmsync.pipeline.surroundings import members, people
from include.crmsync.pipeline.wiring.metrics import emit
from include.crmsync.pipeline.workshop import Workshop

PORTION = 2000
"""Links compared at a time: what Salesforce reads in one call, and HubSpot in twenty."""

REFUSED = frozenset({"accepted_by_hubspot", "accepted_by_salesforce"})
"""Of a linked record, a CRM's refusal is said of a field where it was one's."""


def run(
    object_type: str, audit: str, *, mend: bool = False, workshop: Workshop | None = None
) -> dict[str, int]:
    """Audit one object type; return what it came to, in counts."""
    with step("audit", object_type, audit, workshop) as work:
        shop = work.workshop
        check(shop)
        begun = Audit(audit, object_type, shop.now(), mend=mend)
        ended = _audit(shop.audits.begin(begun), shop)
        told = counts(ended, shop)
        work.tell(**told)
        emit(lambda: of_audit(ended, shop))
        return told


def counts(audit: Audit, shop: Workshop) -> dict[str, int]:
    """An audit in numbers: how many links, how many alike, what keeps the others apart."""
    told = {"compared": audit.compared, "equal": audit.equal, "mended": audit.mended}
    for _, cause, pairs in shop.audits.counts(audit.id, audit.object_type):
        told[str(cause)] = told.get(str(cause), 0) + pairs
    return told | {f"{system}_calls": audit.calls.get(system, 0) for system in System}


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is the same for every portion of an audit."""

    shop: Workshop
    mapping: ObjectMapping
    owners: Mapping[System, Sequence[Person]]
    listed: frozenset[str] | None
    window: Mapping[System, datetime]
    waiting: frozenset[Key]
    of_one_field: frozenset[str]
    """Criteria that hold one field of a record, and leave the others alone."""


def _audit(audit: Audit, shop: Workshop) -> Audit:
    ground = _ground(audit, shop)
    while links := shop.store.in_turn(audit.object_type, audit.place, PORTION, living=True):
        audit = shop.audits.add(audit, _compare(links, ground), shop.now())
    return shop.audits.finish(audit, shop.now())


def _ground(audit: Audit, shop: Workshop) -> _Ground:
    object_type = audit.object_type
    watermarks, retries = shop.store.watermarks(object_type), shop.store.retries(object_type)
    return _Ground(
        shop=shop,
        mapping=remembered_mapping(object_type, shop),
        owners=people(audit.id, shop),
        listed=members(audit.id, shop) if object_type == "contacts" else None,
        window={system: at - shop.settings.overlap for system, at in watermarks.items()},
        waiting=frozenset((system, id_) for system, ids in retries.items() for id_ in ids),
        of_one_field=REFUSED | of_one_field(object_type, shop),
    )


def _compare(links: Sequence[Link], ground: _Ground) -> Tally:
    gateways = ground.shop.gateways
    spent = gateways.calls()
    records = {system: _read(links, system, ground) for system in System}
    places, known = _directory(records, ground), _known(links, ground)

    def of(link: Link, known: Known) -> list[Difference]:
        both = {
            system: records[system][link.id_in(system)]
            for system in System
            if link.id_in(system) in records[system]
        }
        return differences(link, both, ground.mapping, places, known)

    apart = [link for link in links if of(link, known)]
    known = replace(known, outside=_outside(apart, ground))
    found = [one for link in apart for one in of(link, known)]
    return Tally(
        place=links[-1].id or 0,
        compared=len(links),
        equal=len(links) - len(apart),
        differences=tuple(found),
        again=_again(found),
        calls=gateways.calls(since=spent),
    )


def _read(links: Sequence[Link], system: System, ground: _Ground) -> dict[str, Record]:
    ids = [link.id_in(system) for link in links]
    read = ground.shop.gateways[system].read(ground.mapping, ids)
    found = {record.id: record for record in read}
    refuse_shrunken(found.values(), ids, ground.mapping, ground.shop.gateways[system])
    return found


def _directory(records: Mapping[System, Mapping[str, Record]], ground: _Ground) -> Directory:
    """Owners, and the links of these records' parents alone: all of them may be very many."""
    links: dict[str, dict[System, dict[str, str]]] = {}
    gone: set[str] = set()
    for one in ground.mapping.parents:
        parent = one.parent or ""
        links[parent] = {}
        for system in System:
            named = {record.parents.get(parent) for record in records[system].values()}
            known = ground.shop.store.links(parent, system, sorted(id_ for id_ in named if id_))
            links[parent][system] = {id_: str(link.id) for id_, link in known.items()}
            gone |= {str(link.id) for link in known.values() if not link.lives}
    return directory(ground.owners, links, gone)


def _known(links: Sequence[Link], ground: _Ground) -> Known:
    held: dict[Key, frozenset[str | None]] = {}
    for system in System:
        ids = [link.id_in(system) for link in links]
        rows = ground.shop.audits.held(ground.mapping.object_type, system, ids)
        for record_id, criterion, name in rows:
            which = name if criterion in ground.of_one_field else None
            held[system, record_id] = held.get((system, record_id), frozenset()) | {which}
    return Known(held, ground.waiting, ground.listed, window=ground.window)


def _outside(apart: Sequence[Link], ground: _Ground) -> frozenset[str]:
    """Those of the Salesforce records that the filter leaves out; of pairs alike nobody asks."""
    theirs = [link.salesforce_id for link in apart]
    return ground.shop.gateways[System.SALESFORCE].outside(ground.mapping, theirs)


def _again(found: Iterable[Difference]) -> dict[System, tuple[str, ...]]:
    """One record of each pair to mend: HubSpot's, unless it is the one that is not there."""
    mendable = [one for one in found if one.cause.mendable]
    there = {one.link_id: one for one in mendable}.values()
    absent = [one for one in there if not one.field and one.moved == System.HUBSPOT]
    return {
        System.HUBSPOT: tuple(one.hubspot_id for one in there if one not in absent),
        System.SALESFORCE: tuple(one.salesforce_id for one in absent),
    }
