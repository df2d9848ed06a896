"""What was refused is not sent again as it was, and goes again once something about it changed."""

from dataclasses import replace

import pytest

from include.crmsync.engine.refused import moved_on, refused_before, refused_fields, remembered
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.schema import FieldSchema

TITLE = FieldMapping(
    "title",
    "jobtitle",
    {"Contact": "Title"},
    FieldType.PICKLIST,
    SyncRule.TWO_WAY,
    schemas={"Contact": FieldSchema("picklist", options={"a": "A", "b": "B"}, restricted=True)},
)
MAPPING = ObjectMapping(
    "contacts", "contacts", "k", ("Contact",), "k__c", None, (TITLE,), frozenset(System)
)
BAD = Held(System.HUBSPOT, "contacts", "1", "accepted_by_salesforce", "title", "c", "no", code="NO")
WHOLE = replace(BAD, field=None, value=None)


def altered(**changes: object) -> ObjectMapping:
    return replace(MAPPING, fields=(replace(TITLE, **changes),))  # type: ignore[arg-type]  # real


def test_the_same_value_under_the_same_mapping_stands_back_with_the_crms_words() -> None:
    known = refused_fields(remembered([BAD], MAPPING), MAPPING)
    stop = refused_before("c", "title", (System.HUBSPOT, "1"), known)
    assert stop is not None
    assert (stop.criterion, stop.reason, stop.code) == ("accepted_by_salesforce", "no", "NO")
    assert not stop.quiet


@pytest.mark.parametrize(
    ("value", "name", "origin"),
    [
        ("d", "title", (System.HUBSPOT, "1")),
        (None, "title", (System.HUBSPOT, "1")),
        ("c", "phone", (System.HUBSPOT, "1")),
        ("c", "title", (System.HUBSPOT, "2")),
        ("c", "title", (System.SALESFORCE, "1")),
    ],
)
def test_another_value_field_record_or_direction_is_not_stopped(
    value: str | None, name: str, origin: tuple[System, str]
) -> None:
    known = refused_fields(remembered([BAD], MAPPING), MAPPING)
    assert refused_before(value, name, origin, known) is None


@pytest.mark.parametrize(
    "now",
    [
        altered(rule=SyncRule.ALWAYS_HUBSPOT),
        altered(values={"x": "c"}),
        altered(schemas={"Contact": FieldSchema("picklist", options={"a": "A", "c": "C"})}),
        altered(schemas={}),
    ],
)
@pytest.mark.parametrize("held", [BAD, WHOLE])
def test_another_mapping_or_schema_lets_it_go_again(now: ObjectMapping, held: Held) -> None:
    rows = remembered([held], MAPPING)
    assert moved_on(rows, MAPPING) == []
    assert moved_on(rows, now) == rows
    assert refused_fields(rows, now) == {system: {} for system in System}


def test_what_is_held_by_a_criterion_of_ours_has_no_digest() -> None:
    ours = replace(BAD, code=None, criterion="fits_length")
    assert remembered([ours], MAPPING) == [ours]
    assert moved_on([ours], altered(length=1)) == []


def test_what_was_let_go_is_not_stopped() -> None:
    [row] = remembered([BAD], MAPPING)
    known = refused_fields([replace(row, sent=None)], MAPPING)
    assert refused_before("c", "title", (System.HUBSPOT, "1"), known) is None


def test_the_order_in_which_a_schema_is_told_changes_nothing() -> None:
    told = FieldSchema("picklist", options={"b": "B", "a": "A"}, restricted=True)
    assert moved_on(remembered([BAD], MAPPING), altered(schemas={"Contact": told})) == []
