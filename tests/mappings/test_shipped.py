"""The mappings in the box: they load, and they hold what a team expects to be synced."""

from pathlib import Path

import pytest

from include.crmsync.mappings.loader import HERE, load, load_all
from include.crmsync.model.mapping import FieldType
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule

USUAL = {
    "companies": "name website phone industry type employees revenue street city state"
    " postal_code country description owner",
    "contacts": "email first_name last_name salutation title phone mobile fax street city state"
    " postal_code country lead_source company website industry revenue employees opted_out owner"
    " account",
    "deals": "name stage currency amount close_date type next_step description owner account"
    " people",
}


def test_object_types_come_parents_first() -> None:
    assert list(load_all()) == ["companies", "contacts", "deals"]


@pytest.mark.parametrize("path", sorted(HERE.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_file_loads_by_itself_too(path: Path) -> None:
    mapping = load(path)
    assert mapping == load_all()[mapping.object_type]


@pytest.mark.parametrize("object_type", USUAL)
def test_the_usual_fields_are_mapped(object_type: str) -> None:
    assert [one.name for one in load_all()[object_type].fields] == USUAL[object_type].split()


def test_only_contacts_are_matched_by_a_value() -> None:
    assert {name: one.match_on for name, one in load_all().items()} == {
        "companies": None,
        "contacts": "email",
        "deals": None,
    }


def test_owners_go_both_ways_as_they_do_natively() -> None:
    owners = [
        one
        for mapping in load_all().values()
        for one in mapping.fields
        if one.type is FieldType.OWNER
    ]
    assert [one.rule for one in owners] == [SyncRule.TWO_WAY] * 3


def test_the_email_follows_the_native_default() -> None:
    assert load_all()["contacts"]["email"].rule is SyncRule.PREFER_SALESFORCE


def test_an_opt_out_is_never_written_to_hubspot_which_computes_it() -> None:
    assert not load_all()["contacts"]["opted_out"].rule.writes_to(System.HUBSPOT)


def test_every_text_states_what_salesforce_stores() -> None:
    measured = (FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE)
    assert all(
        one.length
        for mapping in load_all().values()
        for one in mapping.fields
        if one.type in measured
    )
