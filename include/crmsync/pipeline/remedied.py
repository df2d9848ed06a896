"""Who is held by a rule that reads otherwise than it did.

The remedy of many a hold is to change a mapping, a suite or an option list: add a value, raise a
length, drop a criterion. Nothing about the record changes by that. So each run compares what its
rules are with what they were in the last one that committed, and reads again who is held by those
that have changed. It costs no call while none has.
"""

import json
from collections.abc import Iterator, Mapping, MutableMapping

from include.crmsync.engine.mapping_digest import digest, field_digests
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop

PLACE = "rules"
"""Under which name the digests of the last committed run are kept."""

CREATION = "creation_allowed"


def remedied(
    mapping: ObjectMapping, places: MutableMapping[str, str | None], shop: Workshop
) -> set[tuple[System, str]]:
    """Held records to be read again, since the rule that holds them has changed."""
    now, known = _digests(mapping, shop), shop.store.place(mapping.object_type, PLACE)
    told = json.dumps(now, sort_keys=True)
    places[PLACE] = told
    if known is None or known == told:
        return set()
    before = json.loads(known)
    changed = {name for name in {*before, *now} if before.get(name) != now.get(name)}
    return {(one.system, one.record_id) for one in _held_by(changed, mapping, shop)}


def _digests(mapping: ObjectMapping, shop: Workshop) -> dict[str, str]:
    """`field:...` and `criterion:...` -> what it comes to."""
    told = {f"field:{name}": one for name, one in field_digests(mapping).items()}
    told[_named(CREATION)] = digest([mapping.creates_in, mapping.lacking])
    return told | {_named(name): digest(one) for name, one in _criteria(mapping, shop).items()}


def _criteria(mapping: ObjectMapping, shop: Workshop) -> Mapping[str, list[object]]:
    """Criterion -> its expectations, of both systems' records."""
    found: dict[str, list[object]] = {}
    for system in System:
        for one in shop.suite(mapping.object_type, system).expectations:
            found.setdefault(one.criterion, []).append([str(system), one])
    return found


def _held_by(changed: set[str], mapping: ObjectMapping, shop: Workshop) -> Iterator[Held]:
    names: dict[str, list[str]] = {"field": [], "criterion": []}
    for one in changed:
        kind, _, name = one.partition(":")
        names[kind].append(name)
    yield from shop.store.held_for(mapping.object_type, names["criterion"])
    yield from shop.store.held_in(mapping.object_type, names["field"])


def _named(criterion: str) -> str:
    return f"criterion:{criterion}"
