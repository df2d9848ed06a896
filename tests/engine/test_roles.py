"""Roles: their canonical value, and how three versions of it are settled."""

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.engine import roles
from include.crmsync.engine.directory import directory
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System
from include.crmsync.model.role import Role
from include.crmsync.model.rule import SyncRule
from tests.builders import field

H, S = System
NAMES = st.dictionaries(
    st.sampled_from(["1", "2", "3", "10"]), st.sampled_from(["", "A", "B", "C"])
)
SAYABLE = {"label a": "A", "label b": "B"}
"""C is a role that HubSpot has no label for."""
KNOWN = ["1", "2", "3", "10"]


def people(rule: SyncRule = SyncRule.TWO_WAY, values: Mapping[str, str] = SAYABLE) -> FieldMapping:
    return field("people", type=FieldType.ROLES, rule=rule, parent="contacts", values=values)


def settled(
    three: Iterable[dict[str, str]], one: FieldMapping, *, newest: bool = True
) -> tuple[dict[str, str], bool]:
    """Base, HubSpot's and Salesforce's version, settled."""
    base, hubspot, salesforce = three
    names, conflict = roles.settle(
        (base, hubspot, salesforce), one, salesforce_newest=newest, known=KNOWN
    )
    return dict(names), conflict


@given(st.dictionaries(st.text(min_size=1).map(str.strip).filter(bool), st.text()))
def test_a_value_is_spelled_and_understood_whatever_names_hold(names: dict[str, str]) -> None:
    assert roles.understood(roles.spelled(names)) == names


def test_a_value_is_read_by_people_and_does_not_depend_on_the_order() -> None:
    assert roles.spelled({"15": "Decision Maker", "2": ""}) == "2;15=Decision Maker"
    assert roles.spelled({}) is None


@pytest.mark.parametrize(
    ("base", "hubspot", "salesforce", "expected"),
    [
        ("", "1", "", "1"),
        ("", "", "2", "2"),
        ("", "1", "2", "12"),
        ("1", "", "1", ""),
        ("1", "1", "", ""),
        ("1", "", "12", "2"),
        ("12", "23", "1", "3"),
        ("12", "12", "12", "12"),
    ],
)
def test_both_sides_additions_and_removals_count(
    base: str, hubspot: str, salesforce: str, expected: str
) -> None:
    versions = (dict.fromkeys(one, "") for one in (base, hubspot, salesforce))
    assert settled(versions, people()) == (dict.fromkeys(expected, ""), False)


@pytest.mark.parametrize(
    ("rule", "hubspot", "salesforce", "expected"),
    [
        (SyncRule.ALWAYS_SALESFORCE, "1", "2", "2"),
        (SyncRule.ALWAYS_SALESFORCE, "1", "", ""),
        (SyncRule.PREFER_SALESFORCE, "1", "2", "2"),
        (SyncRule.PREFER_SALESFORCE, "1", "", "1"),
        (SyncRule.ALWAYS_HUBSPOT, "1", "2", "1"),
        (SyncRule.PREFER_HUBSPOT, "", "2", "2"),
    ],
)
def test_an_owners_roles_stand(
    rule: SyncRule, hubspot: str, salesforce: str, expected: str
) -> None:
    versions = (dict.fromkeys(one, "") for one in ("", hubspot, salesforce))
    assert settled(versions, people(rule))[0] == dict.fromkeys(expected, "")


@pytest.mark.parametrize(
    ("was", "ours", "theirs", "expected", "conflict"),
    [
        ("", "", "C", "C", False),  # a name without a label says nothing about HubSpot's
        ("C", "A", "C", "A", False),
        ("A", "", "A", "", False),
        ("A", "A", "C", "C", False),
        ("A", "A", "B", "B", False),
        ("A", "B", "A", "B", False),
        ("A", "B", "B", "B", False),
        ("", "A", "B", "B", True),
        ("A", "", "B", "B", True),
    ],
)
def test_names_are_settled_as_far_as_hubspot_can_say_them(
    was: str, ours: str, theirs: str, expected: str, *, conflict: bool
) -> None:
    found = settled(({"1": was}, {"1": ours}, {"1": theirs}), people())
    assert found == ({"1": expected}, conflict)


def test_a_conflict_of_names_is_settled_by_the_newest() -> None:
    versions = ({"1": ""}, {"1": "A"}, {"1": "B"})
    assert settled(versions, people(), newest=False) == ({"1": "A"}, True)


def test_whoever_is_gone_is_in_nobodys_way() -> None:
    assert settled(({"77": "A"}, {"1": ""}, {"1": ""}), people()) == ({"1": ""}, False)


@given(NAMES, NAMES, NAMES, st.sampled_from([*SyncRule]), st.booleans())
def test_once_settled_nothing_is_left_to_do(
    base: dict[str, str],
    hubspot: dict[str, str],
    salesforce: dict[str, str],
    rule: SyncRule,
    newest: bool,
) -> None:
    one = people(rule)
    ours = roles.understood(roles.as_said(roles.spelled(hubspot), one, H))
    names, _ = settled((base, ours, salesforce), one, newest=newest)
    said = roles.understood(roles.as_said(roles.spelled(names), one, H))
    again, conflict = settled((names, said, names), one, newest=not newest)
    assert (again, conflict) == (names, False)


DIRECTORY = directory(
    {}, {"contacts": {H: {"h1": "1", "h2": "2", "h3": "3"}, S: {"s1": "1", "s2": "2", "s3": "3"}}}
)


def test_what_is_written_is_the_difference_and_no_name_is_touched_without_a_reason() -> None:
    one = people()
    told = roles.difference("1=C;2=A", "1=C;2=B;3", one, S, DIRECTORY)
    assert (told.given, told.taken) == ({"s2": "B", "s3": None}, frozenset())
    told = roles.difference("1;2=A", "1=A;2", one, H, DIRECTORY)
    assert (told.given, told.taken) == ({"h1": "label a", "h2": ""}, frozenset())
    told = roles.difference("1;2=A", None, one, S, DIRECTORY)
    assert (told.given, told.taken) == ({}, frozenset({"s1", "s2"}))


def test_what_was_added_meanwhile_is_not_agreed_upon_and_what_hubspot_cannot_say_is_kept() -> None:
    one = people()
    assert roles.kept("1=A;2=C", "1=A;2;3", one, H) == "1=A;2=C"
    assert roles.kept("1=A;2", "1=A", one, S) == "1=A"
    assert roles.kept("1=A", "1=B", one, S) == "1=B"


def test_a_role_of_somebody_unknown_is_left_out_and_of_two_the_first_counts() -> None:
    one = people()
    some = (Role("s1", "A"), Role("s9", "B"), Role("s1", "C"), Role("s2"))
    assert roles.roles_of(some, one, DIRECTORY, S) == "1=A;2"
