"""Which unlinked company is which unlinked account, told by a domain that nobody else has.

A domain proves something only where it points at one company and one account. Where several of
either share it (a group and its branches, a provider of free mail), nothing says which two belong
together: a wrong link would mix the values of two firms, and a guess would make doubles. So all of
them are held, until a person has told them apart. A domain that only one system knows says nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from include.crmsync.engine.transform import Canonical, stamp_of
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System

REASON = "same domain"

Node = tuple[System, str]
Domains = Mapping[System, Mapping[str, frozenset[str]]]
"""Unlinked records by id, and the domains of each."""


@dataclass(frozen=True, slots=True)
class SameDomain:
    """What domains say about records without a link."""

    pairs: Mapping[str, str] = field(default_factory=dict)
    """HubSpot company -> the one account of its domain."""
    several: Mapping[System, Mapping[str, str]] = field(default_factory=dict)
    """Records of which domains cannot tell which belong together -> the domain they share."""


def by_domain(domains: Domains) -> SameDomain:
    """Pair the records that share a domain with one record of the other system, and no other."""
    pairs: dict[str, str] = {}
    several: dict[System, dict[str, str]] = {system: {} for system in System}
    for shared, group in _groups(domains):
        if certain(group):
            by_system = dict(group)
            pairs[by_system[System.HUBSPOT]] = by_system[System.SALESFORCE]
            continue
        for system, id_ in group:
            several[system][id_] = shared
    return SameDomain(pairs, several)


def certain(group: Collection[Node]) -> bool:
    """Whether these are one record of each system."""
    return len(group) == len(System) and {system for system, _ in group} == {*System}


def doubtful(group: Collection[Node]) -> bool:
    """Whether records of both systems share a domain, and more than one of either."""
    return not certain(group) and {system for system, _ in group} == {*System}


def held(
    mapping: ObjectMapping,
    told: SameDomain,
    records: Mapping[System, Canonical],
    settled: Mapping[System, Collection[str]],
) -> Iterator[Held]:
    """Records that domains cannot tell apart, but for those that are settled otherwise."""
    object_type, named = mapping.object_type, mapping.linked_by
    by_hand = f"write the account's id into its company's property {named[0]}, " if named else ""
    for system, shared in told.several.items():
        frame = records[system].frame
        for record_id, domain in sorted(shared.items()):
            if record_id in settled[system] or record_id not in frame.index:
                continue
            yield Held(
                system,
                object_type,
                record_id,
                "unique_domain",
                None,
                domain,
                f"several {object_type} without a link have this domain, in one system or in both:"
                f" it does not say which two are the same. To tell them apart, {by_hand}correct the"
                " domains, or merge what is double; what is left goes on by itself.",
                stamp_of(frame, record_id),
            )


def _groups(domains: Domains) -> Iterator[tuple[str, list[Node]]]:
    """Records that hang together by domains that both systems know, with the first of these."""
    of_domain: dict[str, list[Node]] = {}
    for system, records in domains.items():
        for id_, names in records.items():
            for name in names:
                of_domain.setdefault(name, []).append((system, id_))
    shared = {
        name: nodes
        for name, nodes in of_domain.items()
        if {system for system, _ in nodes} == {*System}
    }
    seen: set[str] = set()
    for name in sorted(shared):
        if name not in seen:
            group = _reached(name, shared, domains, seen)
            yield name, sorted(group)


def _reached(
    name: str, shared: Mapping[str, list[Node]], domains: Domains, seen: set[str]
) -> set[Node]:
    group: set[Node] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current in seen or current not in shared:
            continue
        seen.add(current)
        group.update(shared[current])
        waiting += [
            other for system, id_ in shared[current] for other in domains[system][id_] - seen
        ]
    return group
