"""What a system asks of values: by kind, by direction, in canonical words."""

from dataclasses import replace

import pytest

from include.crmsync.engine.demands import HUBSPOT_TEXT, demands, with_good_default
from include.crmsync.engine.schema_check import hold_against
from include.crmsync.model.demand import Demand, What
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.schema import FieldSchema, Schema
from tests.builders import field, mapping

H, S = System.HUBSPOT, System.SALESFORCE
TEXT = FieldSchema("string", length=10)
NUMBER = FieldSchema("double", precision=8, scale=2)
LIST = FieldSchema("picklist", options={"Hot": "Hot", "Cold": "Cold"}, restricted=True)


def of(*fields: FieldMapping, target: System = S) -> list[Demand]:
    """What is asked of the fields beside e-mail."""
    return [one for one in demands(mapping(*fields), target) if one.field != "email"]


def told(
    name: str, contact: FieldSchema, lead: FieldSchema | None = None, **more: object
) -> FieldMapping:
    return field(name, schemas={"Contact": contact, "Lead": lead or contact}, **more)


def test_lengths_are_the_shorter_of_mapping_and_field() -> None:
    assert of(told("city", TEXT, length=4)) == [Demand(What.LENGTH, "city", limit=4)]
    assert of(told("city", TEXT, length=40)) == [Demand(What.LENGTH, "city", limit=10)]


def test_a_length_that_only_the_mapping_states_counts_without_a_schema() -> None:
    assert of(field("city", length=3)) == [Demand(What.LENGTH, "city", limit=3)]


def test_kinds_that_ask_alike_ask_once_and_others_are_named() -> None:
    lead = replace(TEXT, length=6)
    assert of(told("city", TEXT, lead)) == [
        Demand(What.LENGTH, "city", kinds=frozenset({"Contact"}), limit=10),
        Demand(What.LENGTH, "city", kinds=frozenset({"Lead"}), limit=6),
    ]


def test_a_field_that_never_travels_there_is_asked_for_nothing() -> None:
    for rule in (SyncRule.DONT_SYNC, SyncRule.ALWAYS_SALESFORCE):
        assert of(told("city", TEXT, rule=rule)) == []


def test_hubspot_asks_for_texts_it_can_store() -> None:
    one = field("city", schemas={"contacts": FieldSchema("string/text")})
    assert of(one, target=H) == [Demand(What.LENGTH, "city", limit=HUBSPOT_TEXT)]


def test_numbers_have_room_before_the_point() -> None:
    one = told("size", NUMBER, type=FieldType.NUMBER)
    assert of(one) == [Demand(What.DIGITS, "size", limit=6)]


def test_more_digits_than_a_float_can_tell_are_left_to_salesforce() -> None:
    one = told("size", replace(NUMBER, precision=18, scale=0), type=FieldType.NUMBER)
    assert of(one) == []


def test_a_restricted_list_asks_for_its_options() -> None:
    one = told("rating", LIST, type=FieldType.PICKLIST)
    assert of(one) == [Demand(What.OPTION, "rating", options=("Cold", "Hot"))]


def test_a_list_that_takes_anything_asks_for_nothing() -> None:
    assert of(told("rating", replace(LIST, restricted=False), type=FieldType.PICKLIST)) == []


def test_of_the_mappings_values_those_count_that_the_list_still_has() -> None:
    values = {"hot": "Hot", "tepid": "Tepid"}
    one = told("rating", LIST, type=FieldType.PICKLIST, values=values)
    assert of(one) == [Demand(What.OPTION, "rating", options=("Hot",), paired=True)]
    ours = FieldSchema("enumeration/select", options={"tepid": "T"}, restricted=True)
    two = field("rating", type=FieldType.PICKLIST, values=values, schemas={"contacts": ours})
    assert of(two, target=H) == [Demand(What.OPTION, "rating", options=("Tepid",), paired=True)]


def test_a_list_of_several_is_asked_part_by_part() -> None:
    [one] = of(told("tags", LIST, type=FieldType.MULTIPICKLIST))
    assert one.several


def test_salesforces_word_for_a_field_decides_whether_it_is_an_address() -> None:
    one = told("second", FieldSchema("email"), type=FieldType.EMAIL)
    assert Demand(What.EMAIL, "second") in of(one)
    assert of(told("second", FieldSchema("string"), type=FieldType.EMAIL)) == []


def test_what_the_schema_requires_is_never_cleared_what_the_mapping_requires_is_sent() -> None:
    by_schema = told("name", FieldSchema("string", required=True))
    assert of(by_schema) == [Demand(What.VALUE, "name")]
    by_mapping = told("name", FieldSchema("string"), required=True)
    assert of(by_mapping) == [Demand(What.VALUE, "name", frozenset({Verb.CREATE}))]


def test_without_a_schema_the_mapping_is_taken_at_its_word() -> None:
    assert of(field("name", required=True)) == [Demand(What.VALUE, "name")]
    for_hubspot = Demand(What.VALUE, "name", frozenset({Verb.CREATE}))
    assert of(field("name", required=True), target=H) == [for_hubspot]


def test_a_default_stands_in_for_a_value_that_new_records_need() -> None:
    assert of(told("name", FieldSchema("string"), required=True, default="x")) == []


class TestADefault:
    """What a mapping gives a new record whose origin is blank."""

    @pytest.mark.parametrize(
        ("default", "kept"), [("short", True), ("much too long for it", False)]
    )
    def test_that_the_field_would_refuse_is_dropped_and_said(
        self, default: str, *, kept: bool
    ) -> None:
        one = told("city", TEXT, default=default)
        usable, issues = with_good_default(one, mapping(one))
        assert usable.default == (default if kept else None)
        assert [issue.problem for issue in issues] == ([] if kept else ["default_refused"])

    def test_is_held_against_the_list_before_a_run_reads(self) -> None:
        one = field("rating", type=FieldType.PICKLIST, default="Warm")
        kinds = {kind: {"rating": LIST, "hubspot_id": FieldSchema("string")} for kind in ("Lead",)}
        schemas = {S: Schema(kinds), H: Schema()}
        [issue] = [i for i in hold_against(mapping(one), schemas).issues if i.field == "rating"]
        assert "would not take the mapping's default" in issue.reason
        assert "Warm" not in issue.reason
