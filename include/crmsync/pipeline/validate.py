"""Step 2: turn records canonical, and let the criteria say who may not sync.

A record that fails a criterion is held, with the criterion, the value and words. What it may
not cause depends on the criterion: its creation in the other system, its updates there, or
both. Some criteria hold a field only: such a flaw goes on to the plan, which knows whether the
value would travel, and some merely warn. Off the inclusion list, a contact takes no part in
either direction.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from include.crmsync.criteria.derived import IN_FILTER
from include.crmsync.criteria.judge import Failure, Judged
from include.crmsync.criteria.report import report
from include.crmsync.criteria.suite import Effect
from include.crmsync.engine.canonical import is_readable
from include.crmsync.engine.stages import COLUMN, parts
from include.crmsync.engine.transform import Canonical, stamp_of, transform, value_of
from include.crmsync.model.flaw import Flaw
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.plan import Held, Verb
from include.crmsync.model.record import System, Value
from include.crmsync.pipeline.data_docs import publish
from include.crmsync.pipeline.documents import Extracted, Validated, to_rows
from include.crmsync.pipeline.schemas import mapping_of
from include.crmsync.pipeline.step import Step, step
from include.crmsync.pipeline.suites import suite_of
from include.crmsync.pipeline.surroundings import directory_of, members
from include.crmsync.pipeline.waiting import EndsWaiting
from include.crmsync.pipeline.workshop import Workshop

ON_LIST = "on_inclusion_list"
CONTACT_ON_LIST = "contact_on_inclusion_list"
CONTACT_NOT_LEAD = "contact_not_a_lead"

Failures = Mapping[str, Sequence[Failure]]


def run(
    extracted: str, *, sync_run: str, object_type: str, workshop: Workshop | None = None
) -> str | None:
    """Judge step 1's records; return the artifact's reference, None where no call is left."""
    with step("validate", object_type, sync_run, workshop) as work:
        document = work.workshop.artifacts.load(extracted, Extracted)
        if document.applies:  # judged when the plan was made
            return work.workshop.artifacts.reference(sync_run, object_type, "validate")
        started = work.workshop.journal.of(sync_run, object_type)
        with EndsWaiting("validate", started, work, document.calls):
            return _validate(extracted, document, work)
        return None


def _validate(extracted: str, document: Extracted, work: Step) -> str:
    shop, sync_run, object_type = work.workshop, document.sync_run, document.object_type
    validated, judged = examined(document, extracted, shop)
    reference = shop.artifacts.save(sync_run, object_type, "validate", validated)
    rows = (*validated.held, *validated.held_until_linked)
    held = len({(one.system, one.record_id) for one in rows})
    warned = sum(sum(one.values()) for one in validated.warned.values())
    work.tell(reference=reference, held=held, warned=warned)
    docs = publish([report(one) for one in judged], object_type, sync_run, shop)
    if docs is not None:
        work.tell(data_docs=docs)
    return reference


def examined(document: Extracted, extracted: str, shop: Workshop) -> tuple[Validated, list[Judged]]:
    """The records of an extract, canonical and judged; what each system's suite found."""
    mapping = mapping_of(document.object_type, document.sync_run, shop)
    directory = directory_of(document.sync_run, mapping, shop)
    records = {
        system: transform(
            document.changed[system], document.counterparts[system], mapping, system, directory
        )
        for system in System
    }
    judged = {system: _judge(records[system], mapping, document, shop) for system in System}
    # A record in a pipeline that is not mapped is held for that alone: it has no stage here.
    failures = {
        system: {
            id_: some for id_, some in one.failures.items() if id_ not in records[system].outside
        }
        for system, one in judged.items()
    }
    held, until_linked = _held(records, failures, mapping, shop)
    validated = Validated(
        extracted=extracted,
        rows={system: to_rows(records[system]) for system in System},
        held=held,
        blocked={system: _blocked(failures[system]) for system in System},
        paused=_paused(failures[System.HUBSPOT]),
        flaws={system: _flaws(failures[system], records[system]) for system in System},
        warned={system: _warned(failures[system]) for system in System},
        held_until_linked=until_linked,
    )
    return validated, list(judged.values())


def _judge(
    records: Canonical, mapping: ObjectMapping, document: Extracted, shop: Workshop
) -> Judged:
    suite = suite_of(mapping, records.system, document.sync_run, shop)
    return shop.judge(_typed(records, mapping, document, shop), suite)


def _typed(
    records: Canonical, mapping: ObjectMapping, document: Extracted, shop: Workshop
) -> pd.DataFrame:
    """The frame the criteria are written for: numbers as numbers, and what HubSpot adds."""
    ids = records.frame.index
    columns: dict[str, list[Any]] = {"record_id": [*ids]}
    for field in mapping.fields:
        cells = records.frame[field.name].tolist()
        if field.type is FieldType.NUMBER:
            cells = [_float(cell, field) for cell in cells]
        if field.type is FieldType.STAGE:
            # As criteria know it: the stage's name, and its pipeline in a column of its own.
            told = [(None, None) if cell is None else parts(cell, field) for cell in cells]
            columns[COLUMN] = [pipeline for pipeline, _ in told]
            cells = [stage for _, stage in told]
        columns[field.name] = cells
    if records.system is System.SALESFORCE and mapping.where:
        columns[IN_FILTER] = [_word(id_ not in document.outside) for id_ in ids]
    if records.system is System.HUBSPOT:
        columns |= _lists(ids, mapping, document, shop)
    return pd.DataFrame(columns, dtype=object)


def _float(cell: Value, field: FieldMapping) -> float | None:
    return float(cell) if cell is not None and is_readable(cell, field) else None


def _lists(
    ids: Iterable[str], mapping: ObjectMapping, document: Extracted, shop: Workshop
) -> dict[str, list[Any]]:
    """Columns about a HubSpot record that is on the inclusion list, or whose people are."""
    if mapping.object_type == "contacts":
        listed = members(document.sync_run, shop)
        return {ON_LIST: [_word(listed is None or id_ in listed) for id_ in ids]}
    if mapping.object_type == "companies":
        met = {
            CONTACT_ON_LIST: document.eligible_parents,
            CONTACT_NOT_LEAD: document.parents_of_contacts,
        }
        return {name: [_word(id_ in some) for id_ in ids] for name, some in met.items()}
    return {}


def _word(truth: object) -> str:
    return "true" if truth else "false"


def _held(
    records: Mapping[System, Canonical],
    failures: Mapping[System, Failures],
    mapping: ObjectMapping,
    shop: Workshop,
) -> tuple[tuple[Held, ...], tuple[Held, ...]]:
    """Who is held for good, and who only as long as nothing is found to link it to."""
    held: dict[bool, list[Held]] = {True: [], False: []}
    for system, failing in failures.items():
        linked = shop.store.links(mapping.object_type, system, failing.keys())
        frame = records[system].frame
        for record_id, failed in sorted(failing.items()):
            verb = Verb.UPDATE if record_id in linked else Verb.CREATE
            for one in failed:
                if verb in one.applies_to and one.effect is Effect.HOLD_RECORD:
                    row = _row(one, system, mapping.object_type, record_id)
                    stamped = replace(row, modified_at=stamp_of(frame, record_id))
                    held[Verb.UPDATE in one.applies_to].append(stamped)
    return tuple(held[True]), tuple(held[False])


def _row(one: Failure, system: System, object_type: str, record_id: str) -> Held:
    return Held(system, object_type, record_id, one.criterion, one.field, one.value, one.reason)


def _blocked(failing: Failures) -> dict[str, frozenset[Verb]]:
    verbs = {
        record_id: [one.applies_to for one in failed if one.effect is Effect.HOLD_RECORD]
        for record_id, failed in failing.items()
    }
    return {
        record_id: frozenset(map(Verb, frozenset[str]().union(*some)))
        for record_id, some in verbs.items()
        if some
    }


def _flaws(failing: Failures, records: Canonical) -> dict[str, tuple[Flaw, ...]]:
    found = {
        record_id: tuple(
            _flaw(one, value_of(records.frame, record_id, one.field))
            for one in failed
            if one.effect is Effect.HOLD_FIELD and not _unread(one, records, record_id)
        )
        for record_id, failed in failing.items()
    }
    return {record_id: flaws for record_id, flaws in found.items() if flaws}


def _warned(failing: Failures) -> dict[str, int]:
    """How many records fail each criterion that only warns."""
    return dict(
        Counter(
            criterion
            for failed in failing.values()
            for criterion in {one.criterion for one in failed if one.effect is Effect.WARN}
        )
    )


def _paused(failing: Failures) -> frozenset[str]:
    return frozenset(
        record_id
        for record_id, failed in failing.items()
        if any(one.criterion == ON_LIST for one in failed)
    )


def _unread(failed: Failure, records: Canonical, record_id: str) -> bool:
    """Whether it was judged blank for being unreadable: that is the plan's to say."""
    blank = failed.derived and failed.value is None
    return blank and value_of(records.frame, record_id, failed.field) is not None


def _flaw(failed: Failure, value: Value) -> Flaw:
    """The record's own spelling of the value: the judge sees numbers as floats."""
    return Flaw(
        failed.criterion,
        failed.field,
        value,
        failed.reason,
        frozenset(map(Verb, failed.applies_to)),
        failed.kinds,
        vital=failed.derived and value is None,
    )
