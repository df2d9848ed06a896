"""The suites of a run: what people wrote, and what the live schemas add to it.

Both are judged together, the written one first. The derived one is made from the very mapping
that the run uses; one that says something new is put in force with what has changed told in the
log, as counts. A criterion about a field that is set aside is not judged: the field goes nowhere.
"""

import logging
from dataclasses import replace

from include.crmsync.criteria.derived import as_json, derive, fingerprint, from_json
from include.crmsync.criteria.difference import difference
from include.crmsync.criteria.rules import unencoded
from include.crmsync.criteria.suite import Suite
from include.crmsync.engine.demands import demands
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.schema import Issue, Rules
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.suites import KeptSuite

log = logging.getLogger("crmsync")


def suite_of(mapping: ObjectMapping, system: System, sync_run: str, shop: Workshop) -> Suite:
    """Everything that is asked of a system's records, written and derived."""
    derived = _renewed(mapping, system, sync_run, shop)
    stated = shop.mappings[mapping.object_type]
    written = shop.suite(mapping.object_type, system)
    aside = {one.name for one in stated.fields} - {one.name for one in mapping.fields}
    judged = [one for one in written.expectations if aside.isdisjoint(one.columns)]
    return replace(written, expectations=(*judged, *derived.expectations))


def rule_issues(mapping: ObjectMapping, rules: Rules | None, shop: Workshop) -> list[Issue]:
    """What the org's validation rules and the criteria that stand for them do not agree on."""
    if rules is None:
        return []
    written = shop.suite(mapping.object_type, System.HUBSPOT)
    return list(unencoded(written, rules, mapping.salesforce))


def renew(mapping: ObjectMapping, sync_run: str, shop: Workshop) -> None:
    """Derive the suites of both systems' records from a mapping with its live schemas."""
    for system in System:
        _renewed(mapping, system, sync_run, shop)


def _renewed(mapping: ObjectMapping, system: System, sync_run: str, shop: Workshop) -> Suite:
    object_type = mapping.object_type
    derived = derive(demands(mapping, system.other), object_type, system, mapping.where)
    mark = fingerprint(derived)
    before = next(iter(shop.derived.latest(object_type, system)), None)
    if before is None or before.fingerprint != mark:
        kept = KeptSuite(mark, as_json(derived), shop.now(), sync_run)
        shop.derived.keep(object_type, system, kept)
        _tell(derived, before, mark)
    return derived


def _tell(derived: Suite, before: KeptSuite | None, mark: str) -> None:
    """Counts for the log; the lines themselves are in the state store."""
    old = from_json(before.content, derived.object_type, derived.system) if before else None
    moved = difference(old.expectations if old else (), derived.expectations)
    log.info(
        "derived criteria of %s renewed: fingerprint=%s expectations=%d added=%d removed=%d"
        " changed=%d; `criteria --changes` lists them",
        derived.name,
        mark,
        len(derived.expectations),
        len(moved.added),
        len(moved.removed),
        len(moved.changed),
    )
