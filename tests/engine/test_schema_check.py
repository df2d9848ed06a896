"""A mapping held against live schemas: what is set aside, narrowed, held or stopped."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from include.crmsync.engine.demands import demands
from include.crmsync.engine.schema_check import Checked, hold_against, unanswered
from include.crmsync.model.demand import What
from include.crmsync.model.mapping import FieldMapping, FieldType, KindRule, ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.schema import FieldSchema, Rules, Schema, ValidationRule
from tests.builders import field, mapping

TEXT = FieldSchema("string/text")
STRING = FieldSchema("string", length=40)
KEYS = {
    "contacts": {"salesforce_id": replace(TEXT, unique=True)},
    "Contact": {"hubspot_id": replace(STRING, unique=True, external_id=True)},
    "Lead": {"hubspot_id": replace(STRING, unique=True, external_id=True)},
}
EMAIL = {"contacts": TEXT, "Contact": FieldSchema("email"), "Lead": FieldSchema("email")}
SELECT = FieldSchema("enumeration/select", options={"a": "Alpha", "b": "Beta"}, restricted=True)
PICKLIST = FieldSchema("picklist", options={"A": "Alpha", "B": "Beta"}, restricted=True)


def live(fields: Mapping[str, Mapping[str, FieldSchema]], zone: str = "") -> dict[System, Schema]:
    """Field -> kind -> its schema; e-mail and keys are in order unless a test says otherwise."""
    kinds = {kind: dict(keys) for kind, keys in KEYS.items()}
    for name, ends in ({"email": EMAIL} | dict(fields)).items():
        for kind, told in ends.items():
            kinds[kind][name] = told
    salesforce = {kind: kinds[kind] for kind in ("Contact", "Lead")}
    return {
        System.HUBSPOT: Schema({"contacts": kinds["contacts"]}, zone),
        System.SALESFORCE: Schema(salesforce),
    }


def everywhere(hubspot: FieldSchema, salesforce: FieldSchema) -> Mapping[str, FieldSchema]:
    return {"contacts": hubspot, "Contact": salesforce, "Lead": salesforce}


def check(*fields: FieldMapping, **ends: Mapping[str, FieldSchema]) -> Checked:
    return hold_against(mapping(*fields), live(ends))


def names(of: ObjectMapping) -> list[str]:
    return [one.name for one in of.fields]


def told(checked: Checked) -> list[tuple[str, str, str, str]]:
    return [(one.field, one.system, one.problem, one.effect) for one in checked.issues]


def test_a_mapping_that_both_systems_bear_out_is_used_whole() -> None:
    checked = check(field("phone"), phone=everywhere(TEXT, STRING))
    assert names(checked.mapping) == ["email", "phone"]
    assert (checked.issues, checked.broken) == ((), ())


def test_an_unknown_schema_is_taken_at_the_mappings_word() -> None:
    stated = mapping(field("phone"))
    checked = hold_against(stated, {system: Schema() for system in System})
    assert checked.mapping == stated
    assert (checked.issues, checked.broken) == ((), ())


def test_a_field_that_hubspot_lost_is_set_aside_and_the_rest_goes_on() -> None:
    checked = check(field("phone"), phone={"Contact": STRING, "Lead": STRING})
    assert names(checked.mapping) == ["email"]
    assert told(checked) == [("phone", "hubspot", "missing", "set_aside")]
    assert checked.broken == ()


def test_a_field_that_one_salesforce_object_lost_stays_on_the_other() -> None:
    checked = check(field("phone"), phone={"contacts": TEXT, "Contact": STRING})
    assert checked.mapping["phone"].salesforce == {"Contact": "phone"}
    assert told(checked) == [("phone", "salesforce", "missing", "set_aside")]


@pytest.mark.parametrize(
    ("type_", "hubspot", "salesforce", "system"),
    [
        (FieldType.NUMBER, TEXT, STRING, "salesforce"),
        (FieldType.NUMBER, FieldSchema("date/date"), FieldSchema("double"), "hubspot"),
        (FieldType.BOOLEAN, SELECT, FieldSchema("boolean"), "hubspot"),
        (FieldType.MULTIPICKLIST, SELECT, FieldSchema("multipicklist"), "hubspot"),
        (FieldType.DATETIME, FieldSchema("date/date"), FieldSchema("datetime"), "hubspot"),
        (FieldType.STRING, TEXT, FieldSchema("boolean"), "salesforce"),
        (FieldType.TEXT, FieldSchema("string/textarea"), STRING, "salesforce"),
    ],
)
def test_a_type_that_cannot_hold_the_mapped_one_is_a_mismatch(
    type_: FieldType, hubspot: FieldSchema, salesforce: FieldSchema, system: str
) -> None:
    checked = check(field("x", type=type_), x=everywhere(hubspot, salesforce))
    assert names(checked.mapping) == ["email"]
    assert {one[1:] for one in told(checked)} == {(system, "type_mismatch", "set_aside")}


@pytest.mark.parametrize(
    ("rule", "system", "left"),
    [
        (SyncRule.TWO_WAY, System.SALESFORCE, SyncRule.ALWAYS_SALESFORCE),
        (SyncRule.PREFER_SALESFORCE, System.SALESFORCE, SyncRule.ALWAYS_SALESFORCE),
        (SyncRule.ALWAYS_SALESFORCE, System.SALESFORCE, SyncRule.ALWAYS_SALESFORCE),
        (SyncRule.PREFER_HUBSPOT, System.SALESFORCE, None),
        (SyncRule.ALWAYS_HUBSPOT, System.SALESFORCE, None),
        (SyncRule.TWO_WAY, System.HUBSPOT, SyncRule.ALWAYS_HUBSPOT),
        (SyncRule.ALWAYS_SALESFORCE, System.HUBSPOT, None),
        (SyncRule.DONT_SYNC, System.HUBSPOT, SyncRule.DONT_SYNC),
    ],
)
def test_what_a_system_computes_flows_out_of_it_only(
    rule: SyncRule, system: System, left: SyncRule | None
) -> None:
    computed = [replace(one, writable=False, calculated=True) for one in (TEXT, STRING)]
    ours = computed[0] if system is System.HUBSPOT else TEXT
    theirs = computed[1] if system is System.SALESFORCE else STRING
    checked = check(field("x", rule=rule), x=everywhere(ours, theirs))
    assert ("x" in names(checked.mapping)) is (left is not None)
    if left is not None:
        assert checked.mapping["x"].rule is left
    effect = "set_aside" if left is None else "one_way"
    expected = [] if rule is left else [("x", str(system), "read_only", effect)]
    assert told(checked) == expected


def test_what_both_systems_compute_travels_nowhere() -> None:
    closed = (replace(TEXT, writable=False), replace(STRING, writable=False))
    checked = check(field("x"), x=everywhere(*closed))
    assert names(checked.mapping) == ["email"]


@pytest.mark.parametrize("kind", ["contacts", "Contact", "Lead"])
def test_a_broken_match_field_stops_the_object_type(kind: str) -> None:
    checked = hold_against(mapping(), _without("email", kind))
    assert len(checked.broken) == 1
    assert "email" in checked.broken[0]


def _without(name: str, kind: str) -> dict[System, Schema]:
    found = live({})
    return {
        system: Schema(
            {
                one: {key: told for key, told in fields.items() if (one, key) != (kind, name)}
                for one, fields in schema.kinds.items()
            }
        )
        for system, schema in found.items()
    }


def test_a_required_field_that_cannot_be_written_stops_the_object_type() -> None:
    last = field("last", required=True)
    checked = check(last, last=everywhere(TEXT, replace(STRING, writable=False)))
    assert len(checked.broken) == 1


@pytest.mark.parametrize("kind", ["contacts", "Contact", "Lead"])
def test_a_missing_key_stops_the_object_type(kind: str) -> None:
    name = "salesforce_id" if kind == "contacts" else "hubspot_id"
    [broken] = hold_against(mapping(), _without(name, kind)).broken
    assert f"{name} on {kind} is missing" in broken


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("contacts", TEXT),
        ("Contact", replace(STRING, unique=True)),
        ("Lead", replace(STRING, external_id=True)),
        ("Lead", replace(STRING, external_id=True, unique=True, writable=False)),
    ],
)
def test_a_key_that_does_not_identify_stops_the_object_type(kind: str, key: FieldSchema) -> None:
    name = "salesforce_id" if kind == "contacts" else "hubspot_id"
    [broken] = check(**{name: {kind: key}}).broken
    assert "is there, but is not" in broken


def test_a_newly_required_field_stops_creation_and_is_named() -> None:
    needed = {"Contact": replace(STRING, required=True)}
    checked = check(field("phone"), phone=everywhere(TEXT, STRING), Region__c=needed)
    assert told(checked) == [("", "salesforce", "required:Region__c", "not_created")]
    assert checked.mapping.lacking == {"Contact": ("Region__c",)}
    assert checked.broken == ()


LEADS = (KindRule("Contact", (("phone", "filled"),)), KindRule("Lead"))


def test_each_object_that_a_rule_makes_is_asked_for_what_it_requires() -> None:
    """Only the first object was: a lead was refused for its company, one by one."""
    ends = {"phone": everywhere(TEXT, STRING), "Company": {"Lead": replace(STRING, required=True)}}
    plain = mapping(field("phone"))
    checked = hold_against(replace(plain, creates_as=LEADS), live(ends))
    assert told(checked) == [("", "salesforce", "required:Company", "not_created")]
    assert checked.mapping.lacking == {"Lead": ("Company",)}
    assert checked.mapping.creates_in == frozenset(System)
    assert hold_against(plain, live(ends)).issues == ()


def test_where_a_rule_makes_every_new_record_a_lead_the_contacts_fields_are_not_asked_for() -> None:
    ends = {
        "phone": everywhere(TEXT, STRING),
        "Region__c": {"Contact": replace(STRING, required=True)},
    }
    leads = replace(mapping(field("phone")), creates_as=(KindRule("Lead"),))
    assert hold_against(leads, live(ends)).issues == ()
    ends = {"phone": everywhere(TEXT, STRING), "Company": {"Lead": replace(STRING, required=True)}}
    assert hold_against(leads, live(ends)).mapping.lacking == {"Lead": ("Company",)}


def test_a_required_field_that_is_mapped_is_required_of_each_new_record() -> None:
    needed = replace(STRING, required=True)
    checked = check(field("last"), last=everywhere(TEXT, needed))
    required = {
        system: [one.field for one in demands(checked.mapping, system) if one.what is What.VALUE]
        for system in System
    }
    assert required == {System.HUBSPOT: [], System.SALESFORCE: ["last"]}
    assert checked.issues == ()


def test_a_constant_serves_a_newly_required_field() -> None:
    constant = field(
        "region", hubspot="", salesforce={"Contact": "Region__c"}, rule=SyncRule.ALWAYS_HUBSPOT
    )
    checked = check(constant, Region__c={"Contact": replace(STRING, required=True)})
    assert checked.issues == ()
    assert checked.mapping.lacking == {}


def test_the_messages_of_the_orgs_rules_are_known_to_be_its_own() -> None:
    told = live({"phone": everywhere(TEXT, STRING)})
    assert hold_against(mapping(field("phone")), told).mapping.orgs_words == frozenset()
    rules = Rules((ValidationRule("Contact", "No_birds", "No birds."),))
    told = {**told, System.SALESFORCE: replace(told[System.SALESFORCE], rules=rules)}
    assert hold_against(mapping(field("phone")), told).mapping.orgs_words == {"No birds."}


def test_a_mapped_value_that_a_list_lost_is_named_before_a_record_holds_it() -> None:
    stage = field("stage", type=FieldType.PICKLIST, values={"a": "A", "b": "B", "c": "C"})
    checked = check(stage, stage=everywhere(SELECT, PICKLIST))
    assert {one[1:] for one in told(checked)} == {
        ("hubspot", "values_lost", "values_held"),
        ("salesforce", "values_lost", "values_held"),
    }
    assert "stage" in names(checked.mapping)


def test_values_pair_by_label_and_what_is_written_out_goes_before() -> None:
    stage = field("stage", type=FieldType.PICKLIST, by_label=True, values={"b": "A"})
    checked = check(stage, stage=everywhere(SELECT, PICKLIST))
    assert checked.mapping["stage"].values == {"a": "A", "b": "A"}


def test_an_optional_field_is_used_where_both_have_it_and_else_left_out_in_silence() -> None:
    currency = field("currency", optional=True)
    assert names(check(currency, currency=everywhere(TEXT, STRING)).mapping) == [
        "email",
        "currency",
    ]
    checked = check(currency, currency={"contacts": TEXT})
    assert (names(checked.mapping), checked.issues) == (["email"], ())
    unknown = hold_against(mapping(currency), {system: Schema() for system in System})
    assert names(unknown.mapping) == ["email"]


def test_a_day_is_a_day_in_the_portals_zone_unless_the_mapping_names_another() -> None:
    ends = everywhere(FieldSchema("datetime/date"), FieldSchema("date"))
    day = field("day", type=FieldType.DATE)
    known = live({"day": ends, "utc": ends}, "Europe/Berlin")
    checked = hold_against(mapping(day, field("utc", type=FieldType.DATE, zone="UTC")), known)
    assert (checked.mapping["day"].zone, checked.mapping["utc"].zone) == ("Europe/Berlin", "UTC")


def test_records_without_a_mapped_field_are_noticed() -> None:
    stated = mapping(field("phone"))
    assert unanswered({"contacts": frozenset({"email"})}, stated)
    assert not unanswered({"contacts": frozenset({"email", "phone", "more"})}, stated)
    assert not unanswered({}, stated)


def test_companies_that_match_by_a_field_that_is_not_there_stop() -> None:
    domains = {System.HUBSPOT: "domain", System.SALESFORCE: "Website"}
    of = replace(mapping(), match_domain=domains)
    there = {"domain": {"contacts": TEXT}, "Website": {"Contact": STRING, "Lead": STRING}}
    assert hold_against(of, live(there)).broken == ()
    [broken] = hold_against(of, live({**there, "Website": {"Contact": STRING}})).broken
    assert broken.startswith("Salesforce has no field Website on Lead")
    [broken] = hold_against(of, live({"Website": there["Website"]})).broken
    assert broken.startswith("HubSpot has no field domain on contacts")
