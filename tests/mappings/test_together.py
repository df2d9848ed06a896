"""Mappings that are right alone and wrong together."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.errors import ConfigError
from include.crmsync.mappings.loader import load, load_all
from include.crmsync.mappings.together import in_order
from tests.mappings.files import COMPANIES, CONTACTS, changed, write


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refused:
        load_all(folder)
    return refused.value.problems


def child(name: str, *parents: str) -> str:
    """A mapping that waits for some parents."""
    rows = "".join(
        f"  - {{name: in_{parent}, hubspot: {parent}, salesforce: In{parent}, type: parent,"
        f" rule: two_way, parent: {parent}}}\n"
        for parent in parents
    )
    return (
        COMPANIES.replace("companies", name).replace("Account", f"Object{name}").rstrip()
        + f"\n{rows}"
    )


def test_parents_come_first_and_the_rest_by_name(tmp_path: Path) -> None:
    write(tmp_path, contacts=CONTACTS, companies=COMPANIES, assets=child("assets", "contacts"))
    assert list(load_all(tmp_path)) == ["companies", "contacts", "assets"]


def test_a_parent_must_be_mapped(tmp_path: Path) -> None:
    write(tmp_path, contacts=CONTACTS)
    assert problems(tmp_path) == (
        'contacts.yaml:11: field account: parent "companies" is none of contacts',
    )


def test_a_misspelt_parent_is_guessed(tmp_path: Path) -> None:
    write(tmp_path, contacts=changed("parent: companies", "parent: company"), companies=COMPANIES)
    assert problems(tmp_path) == (
        'contacts.yaml:11: field account: parent "company" is none of companies, contacts; did you'
        " mean companies?",
    )


def test_a_parent_is_associated_under_its_own_object_name(tmp_path: Path) -> None:
    write(tmp_path, contacts=changed("hubspot: companies", "hubspot: company"), companies=COMPANIES)
    assert problems(tmp_path) == (
        'contacts.yaml:11: field account: hubspot must be "companies", the object of companies, not'
        ' "company"',
    )


def test_a_circle_names_everyone_in_it_and_nobody_else(tmp_path: Path) -> None:
    write(
        tmp_path,
        a=child("a", "b"),
        b=child("b", "c"),
        c=child("c", "a"),
        d=child("d", "a"),
        e=child("e"),
    )
    assert problems(tmp_path) == tuple(
        f"{name}.yaml:8: field in_{parent}: {name} waits for itself through its parents: one of"
        " them must let go"
        for name, parent in (("a", "b"), ("b", "c"), ("c", "a"))
    )


def test_one_object_is_mapped_in_one_file(tmp_path: Path) -> None:
    write(tmp_path, companies=COMPANIES, firms=COMPANIES.replace("type: companies", "type: firms"))
    assert problems(tmp_path) == (
        'firms.yaml:2: HubSpot object "companies" is mapped in companies.yaml already',
        'firms.yaml:3: Salesforce object "Account" is mapped in companies.yaml already',
    )


def test_a_folder_without_mappings_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no mapping in"):
        load_all(tmp_path)


def test_one_file_is_loaded_on_trust_in_its_parents(tmp_path: Path) -> None:
    write(tmp_path, contacts=CONTACTS)
    assert load(tmp_path / "contacts.yaml").parents[0].parent == "companies"


names = st.sampled_from("abcdef")


@given(parents=st.dictionaries(names, st.frozensets(names), max_size=6))
def test_nothing_is_placed_before_its_parents(parents: dict[str, frozenset[str]]) -> None:
    placed = in_order(parents)
    for at, name in enumerate(placed):
        assert parents[name] <= set(placed[:at])


@given(parents=st.dictionaries(names, st.frozensets(names), max_size=6))
def test_what_could_be_placed_is(parents: dict[str, frozenset[str]]) -> None:
    placed = set(in_order(parents))
    assert not any(parents[name] <= placed for name in set(parents) - placed)
