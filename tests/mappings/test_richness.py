"""Transforms, defaults, labels, constants: what the loader takes, and what it says of the rest."""

from pathlib import Path

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.mappings.loader import load
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.transform import Transform
from tests.mappings.files import CONTACTS, write


def loaded(folder: Path, *lines: str, constants: tuple[str, ...] = ()) -> ObjectMapping:
    """The small mapping with lines added."""
    text = CONTACTS + "".join(f"  - {line}\n" for line in lines)
    if constants:
        text += "constants:\n" + "".join(f"  - {line}\n" for line in constants)
    return load(write(folder, contacts=text) / "contacts.yaml")


def line(more: str, *, type_: str = "string", rule: str = "two_way") -> str:
    return f"{{name: x, hubspot: x, salesforce: X__c, type: {type_}, rule: {rule}, {more}}}"


def added(name: str, theirs: str, more: str) -> str:
    return f"{{name: {name}, hubspot: {name}, salesforce: {theirs}, rule: two_way, {more}}}"


def test_everything_a_field_may_say_arrives(tmp_path: Path) -> None:
    one = loaded(
        tmp_path,
        line("transform: lower, default: web", rule="always_hubspot"),
        added("day", "Day__c", "type: date, zone: Europe/Berlin"),
        added("sum", "Sum__c", "type: number, moves_with: cur"),
        added("cur", "Cur__c", "type: picklist, optional: true"),
        added("kind", "Kind__c", "type: picklist, labels: true"),
    )
    assert (one["x"].transform, one["x"].default) == (Transform.LOWER, "web")
    assert one["day"].zone == "Europe/Berlin"
    assert one["sum"].moves_with == "cur"
    assert one["cur"].optional
    assert one["kind"].by_label


def test_a_constant_becomes_a_field_that_the_other_system_dictates(tmp_path: Path) -> None:
    one = loaded(
        tmp_path,
        constants=(
            "{name: origin, salesforce: {Lead: Origin__c}, value: HubSpot}",
            "{name: synced, hubspot: synced, type: boolean, value: 'true', when: always}",
        ),
    )
    origin, synced = one["origin"], one["synced"]
    assert (origin.constant, origin.only_new, origin.rule) == (
        "HubSpot",
        True,
        SyncRule.ALWAYS_HUBSPOT,
    )
    assert dict(origin.salesforce) == {"Lead": "Origin__c"}
    assert (synced.constant, synced.only_new, synced.rule) == (
        "true",
        False,
        SyncRule.ALWAYS_SALESFORCE,
    )


def test_several_values_may_be_one_where_nothing_goes_back(tmp_path: Path) -> None:
    one = loaded(
        tmp_path,
        line("values: {a: A, b: A}", type_="picklist", rule="always_hubspot"),
        "{name: y, hubspot: y, salesforce: Y__c, type: multipicklist, rule: always_salesforce,"
        " values: {won: [Won, Booked], lost: Lost}}",
    )
    assert dict(one["x"].values) == {"a": "A", "b": "A"}
    assert dict(one["y"].values) == {"won": "Won", "lost": "Lost"}
    assert dict(one["y"].aliases) == {"Booked": "Won"}


@pytest.mark.parametrize(
    ("added", "said"),
    [
        (
            line("transform: lower"),
            "field x: transform lower cannot be taken back, so the rule must go one way: use"
            " always_hubspot, always_salesforce, not two_way",
        ),
        (
            line("transform: e164_phone", rule="prefer_hubspot_unless_blank"),
            "field x: transform e164_phone cannot be taken back, so the rule must go one way: use"
            " always_hubspot, always_salesforce, not prefer_hubspot_unless_blank",
        ),
        (
            line("transform: percent"),
            "field x: transform percent is for number, not string",
        ),
        (line("transform: lowwer"), "did you mean lower?"),
        (
            line("transform: country_code, values: {a: A}", type_="picklist"),
            "field x: transform and values exclude each other: leave one out",
        ),
        (line("default: ''"), 'field x: default "" is no value of type string'),
        (line("default: ten", type_="number"), 'field x: default "ten" is no value of type number'),
        (line("default: true", type_="boolean"), "field x: default must be text, not true or"),
        (
            line("default: 31.01.2026", type_="date"),
            'field x: default "31.01.2026" is no value of type date',
        ),
        (
            line("default: C, values: {a: A, b: B}", type_="picklist"),
            'field x: default "C" is none of A, B',
        ),
        (
            line("default: ada@x", type_="owner"),
            "field x: default is not for owners, parents, or what records are recognised by",
        ),
        (
            line("default: a", rule="dont_sync"),
            "field x: default is of no use with the rule dont_sync",
        ),
        (line("labels: true"), "field x: labels is for picklists, and the type is string"),
        (
            line("optional: true, required: true"),
            "field x: optional is not for what is required",
        ),
        (line("zone: portal"), "field x: zone is for dates, and the type is string"),
        (
            line("zone: Europe/Berln", type_="date"),
            'field x: zone "Europe/Berln" is neither portal nor a time zone; did you mean Europe/',
        ),
        (
            line("moves_with: y", type_="number"),
            'field x: moves_with: field "y" is none of email, phone, stage, city, account',
        ),
        (
            "{name: x, hubspot: hubspot_owner_id, salesforce: OwnerId, type: owner,"
            " rule: always_salesforce}",
            "field x: an owner travels two_way, or not at all (dont_sync)",
        ),
        (
            line("values: {a: [A, B]}", type_="picklist"),
            "field x: several Salesforce values for one of HubSpot's cannot be taken back",
        ),
        (
            line("values: {a: A, b: A}", type_="picklist", rule="always_salesforce"),
            'field x: values must be one to one: "A" stands for a and for b',
        ),
    ],
)
def test_what_makes_no_sense_is_told_with_its_line(tmp_path: Path, added: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, added)
    assert any(one.startswith("contacts.yaml:12: ") for one in refused.value.problems)
    assert said in "\n".join(refused.value.problems)


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("{name: c, value: a}", "constant c: a constant names the field of one system"),
        (
            "{name: c, hubspot: c, salesforce: C__c, value: a}",
            "constant c: a constant names the field of one system",
        ),
        ("{name: c, hubspot: c}", "constant c: value is missing"),
        ("{hubspot: c, value: a}", "constant number 1: name is missing"),
        (
            "{name: c, hubspot: c, value: x, type: number}",
            'constant c: value "x" is no value of type number',
        ),
        (
            "{name: c, salesforce: {Account: C__c}, value: a}",
            'constant c: object "Account" is none of Contact, Lead',
        ),
        (
            "{name: c, hubspot: phone, value: a}",
            'constant c: HubSpot property "phone" is taken by field phone on line 8',
        ),
        ("{name: phone, hubspot: c, value: a}", 'the name "phone" is taken by field phone'),
        ("{name: c, hubspot: c, value: a, when: never}", 'when "never" is none of created, always'),
        ("{name: c, hubspot: c, value: a, type: owner}", "a constant cannot be of type owner"),
    ],
)
def test_what_makes_no_constant_is_told_with_its_line(
    tmp_path: Path, added: str, said: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, constants=(added,))
    assert any(one.startswith("contacts.yaml:13: ") for one in refused.value.problems)
    assert said in "\n".join(refused.value.problems)
