"""The criteria in the box: each holds the record it is for, and lets its neighbour pass."""

from typing import Any

import pytest

from include.crmsync.criteria.judge import judge
from include.crmsync.criteria.suites import HERE, load
from include.crmsync.mappings.loader import load_all
from include.crmsync.model.record import System
from tests.criteria.frames import VALID, Cells, frame

H, S = System.HUBSPOT, System.SALESFORCE
LONG = f"{'a' * 70}@example.com"

CASES: list[tuple[str, System, str, list[Cells], list[Cells]]] = [
    ("companies", H, "has_name", [{"name": None}], [{"name": "0"}]),
    (
        "companies",
        H,
        "contact_on_inclusion_list",
        [{"contact_on_inclusion_list": "false"}, {"contact_on_inclusion_list": None}],
        [{"contact_on_inclusion_list": "true"}],
    ),
    (
        "companies",
        H,
        "contact_not_a_lead",
        [{"contact_not_a_lead": "false"}, {"contact_not_a_lead": None}],
        [{"contact_not_a_lead": "true"}],
    ),
    ("companies", S, "has_name", [{"name": None}], [{"name": "N/A"}]),
    ("contacts", H, "has_email", [{"email": None}], [{"email": "a@b.co"}]),
    (
        "contacts",
        H,
        "email_is_valid",
        [
            {"email": email}
            for email in (
                "badone",
                "a@b",
                "@b.co",
                "a@",
                "a b@c.co",
                "a@b@c.co",
                ".a@b.co",
                "a.@b.co",
                "a..b@c.co",
                "a@-b.co",
                "a@b-.co",
                "a@b..co",
                "a@b.c",
                "a@b.co.",
                "josé@b.co",
                "a@exämple.com",
                "a,b@c.co",
                "a@b.co; c@d.co",
                "<a@b.co>",
                "a\n@b.co",
                "\ud800@b.co",
                LONG,
            )
        ],
        [
            {"email": email}
            for email in (
                None,
                "a@b.co",
                "ada+newsletter@sub.example.com",
                "o'brien@example.com",
                "a_b-c.d@my-firm.co.uk",
                "1@2.io",
                "x!#$%&'*/=?^`{|}~@b.co",
                LONG[4:],
            )
        ],
    ),
    (
        "contacts",
        H,
        "on_inclusion_list",
        [{"on_inclusion_list": "false"}, {"on_inclusion_list": None}],
        [{"on_inclusion_list": "true"}],
    ),
    ("contacts", H, "has_last_name", [{"last_name": None}], [{"last_name": "李"}]),
    (
        "contacts",
        H,
        "phone_has_seven_digits",
        [{"phone": phone} for phone in ("12345", "123 456", "call me", "١٢٣٤٥٦٧", "1-2\n3")],
        [{"phone": phone} for phone in (None, "1234567", "+1 (2) 34-5/6 7", "12345\n67 ext")],
    ),
    ("contacts", S, "has_email", [{"email": None}], [{"email": "badone"}]),
    ("deals", H, "has_name", [{"name": None}], [{"name": "x"}]),
    (
        "deals",
        H,
        "stage_is_known",
        [{"stage": None}, {"stage": "9567249"}, {"stage": "closed won"}],
        [{"stage": "Closed Lost"}],
    ),
    ("deals", H, "has_close_date", [{"close_date": None}], [{"close_date": "1999-12-31"}]),
    (
        "deals",
        H,
        "won_needs_amount",
        [{"amount": None}, {"amount": 0.0}, {"amount": -5.0}],
        [
            {"amount": 0.01},
            {"amount": None, "stage": "Closed Lost"},
            {"amount": -5.0, "stage": "Prospecting"},
            {"amount": None, "stage": None},
        ],
    ),
    ("deals", S, "has_name", [{"name": None}], [{"name": "x"}]),
    (
        "deals",
        S,
        "stage_is_known",
        [{"stage": None}, {"stage": "Needs Analysis"}],
        [{"stage": "Prospecting"}],
    ),
]


def name(case: tuple[Any, ...]) -> str:
    return f"{case[0]}-{case[1]}-{case[2]}"


@pytest.mark.parametrize(
    ("object_type", "system", "criterion", "failing", "passing"), CASES, ids=map(name, CASES)
)
def test_a_criterion_holds_what_fails_it_and_nothing_else(
    object_type: str, system: System, criterion: str, failing: list[Cells], passing: list[Cells]
) -> None:
    judged = judge(frame(object_type, system, *failing, *passing), load(object_type, system))
    held = {row for row, failed in judged.items() if criterion in [one.criterion for one in failed]}
    assert held == {str(at) for at in range(1, len(failing) + 1)}


def test_every_criterion_in_the_box_has_its_case() -> None:
    shipped = {
        (object_type, system, one.criterion)
        for object_type, system in VALID
        for one in load(object_type, system).expectations
    }
    assert shipped == {case[:3] for case in CASES}


@pytest.mark.parametrize(("object_type", "system"), VALID)
def test_a_valid_record_fails_nothing(object_type: str, system: System) -> None:
    assert judge(frame(object_type, system, {}), load(object_type, system)) == {}


@pytest.mark.parametrize(("object_type", "system"), VALID)
def test_every_suite_fits_its_mapping(object_type: str, system: System) -> None:
    assert load(object_type, system, load_all()[object_type]).expectations


def test_every_object_type_has_a_suite_each_way() -> None:
    wanted = {f"{name}.to_{system}.json" for name in load_all() for system in System}
    assert {path.name for path in HERE.glob("*.json")} == wanted


@pytest.mark.parametrize("system", System)
def test_the_stages_a_deal_may_have_are_those_the_mapping_pairs(system: System) -> None:
    [listed] = [
        one.kwargs["value_set"]
        for one in load("deals", system).expectations
        if "value_set" in one.kwargs
    ]
    assert listed == list(load_all()["deals"]["stage"].values.values())


@pytest.mark.parametrize(
    ("object_type", "criterion", "verbs"),
    [
        ("contacts", "has_email", {"create", "update"}),
        ("contacts", "on_inclusion_list", {"create", "update"}),
        ("contacts", "phone_has_seven_digits", {"create", "update"}),
        ("contacts", "has_last_name", {"create"}),
        ("companies", "contact_on_inclusion_list", {"create"}),
        ("companies", "contact_not_a_lead", {"create"}),
        ("deals", "won_needs_amount", {"create", "update"}),
        ("deals", "has_close_date", {"create"}),
    ],
)
def test_a_criterion_says_what_it_keeps_from_salesforce(
    object_type: str, criterion: str, verbs: set[str]
) -> None:
    suite = load(object_type, H)
    found = {one.applies_to for one in suite.expectations if one.criterion == criterion}
    assert found == {frozenset(verbs)}


@pytest.mark.parametrize("object_type", load_all())
def test_what_salesforce_holds_is_kept_from_nothing_but_creation(object_type: str) -> None:
    found = {one.applies_to for one in load(object_type, S).expectations}
    assert found == {frozenset({"create"})}
