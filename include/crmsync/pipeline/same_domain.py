"""Companies and accounts that nothing else brought together, by their domain, where it is on.

Whether a domain belongs to one company and one account cannot be told from what changed alone: for
the domains of the unlinked records that changed, everybody who has them is asked for, in both
systems. In the first run all are at hand. What it costs: nothing while no company is new; then a
look-up in either system, one call for some dozens of domains.
"""

from collections.abc import Mapping

from include.crmsync.engine.same_domain import SameDomain, by_domain
from include.crmsync.model.host import hosts_of
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.pipeline.reading import Reading
from include.crmsync.pipeline.workshop import Workshop

Pool = dict[System, dict[str, Record]]


def same_domain(
    mapping: ObjectMapping, reading: Reading, told: Mapping[str, str], shop: Workshop
) -> SameDomain:
    """What domains say; `told` are pairs that are known otherwise. Reads whichever is missing."""
    if mapping.match_domain is None:
        return SameDomain()
    known = {system: reading.known(system) for system in System}
    taken = _taken(told, known)
    changed = {system: dict(reading.changed[system]) for system in System}
    wanted = _hosts(_free(changed, taken, mapping, shop), mapping)
    pool = {system: {**records} for system, records in known.items()}
    asked: set[str] = set()
    while fresh := wanted - asked:
        asked |= fresh
        for system in (one for one in System if not reading.whole[one]):
            found = shop.gateways[system].find_by_domain(mapping, sorted(fresh))
            pool[system] |= {one.id: one for one in found if one.id not in known[system]}
        free = _having(asked, _free(pool, taken, mapping, shop), mapping)
        wanted = _hosts(free, mapping)
    if not asked:
        return SameDomain()
    domains = {
        system: {id_: hosts_of(mapping, system, one.raw) for id_, one in records.items()}
        for system, records in free.items()
    }
    said = by_domain(domains)
    _keep(said, pool, reading)
    return said


def _taken(told: Mapping[str, str], known: Pool) -> dict[System, set[str]]:
    """Records that are told otherwise, both of them at hand."""
    sure = {
        ours: theirs
        for ours, theirs in told.items()
        if ours in known[System.HUBSPOT] and theirs in known[System.SALESFORCE]
    }
    return {System.HUBSPOT: {*sure}, System.SALESFORCE: {*sure.values()}}


def _free(
    pool: Pool, taken: Mapping[System, set[str]], mapping: ObjectMapping, shop: Workshop
) -> Pool:
    free: Pool = {}
    for system, records in pool.items():
        ids = sorted(records)
        linked = shop.store.links(mapping.object_type, system, ids) if ids else {}
        out = linked.keys() | taken[system]
        free[system] = {id_: one for id_, one in records.items() if id_ not in out}
    return free


def _having(hosts: set[str], pool: Pool, mapping: ObjectMapping) -> Pool:
    return {
        system: {
            id_: one
            for id_, one in records.items()
            if not hosts.isdisjoint(hosts_of(mapping, system, one.raw))
        }
        for system, records in pool.items()
    }


def _hosts(pool: Pool, mapping: ObjectMapping) -> set[str]:
    return {
        host
        for system, records in pool.items()
        for one in records.values()
        for host in hosts_of(mapping, system, one.raw)
    }


def _keep(said: SameDomain, pool: Pool, reading: Reading) -> None:
    """Records that the plan will speak of go along as counterparts."""
    named = {System.HUBSPOT: {*said.pairs}, System.SALESFORCE: {*said.pairs.values()}}
    for system in System:
        for id_ in named[system] | {*said.several.get(system, ())}:
            if id_ not in reading.changed[system]:
                reading.counterparts[system][id_] = pool[system][id_]
