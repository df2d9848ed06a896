"""What a manual sync may be asked: a table of payloads, good, odd and hostile."""

from pathlib import Path
from typing import Any

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.model.record import System
from include.crmsync.model.record_id import whole_id
from include.crmsync.model.request import Direction
from include.crmsync.pipeline import request
from include.crmsync.pipeline.workshop import Workshop
from tests.pipeline.two_crms import TwoCrms

CONTACT, LEAD, ACCOUNT = (whole_id(f"{prefix}Ws00000AbCde") for prefix in ("003", "00Q", "001"))
PERSONAL = "ada.lovelace@example.com"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return TwoCrms(tmp_path).workshop()


def problems(object_type: str, told: dict[str, Any], shop: Workshop) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refused:
        request.manual(object_type, told, shop)
    return refused.value.problems


@pytest.mark.parametrize(
    ("object_type", "told", "ids"),
    [
        ("contacts", {"ids": ["101", "102"]}, ("101", "102")),
        ("contacts", {"ids": ["101", " 101 ", "101"]}, ("101",)),
        ("contacts", {"ids": "101, 102\n103;104"}, ("101", "102", "103", "104")),
        ("contacts", {"ids": [101, 102]}, ("101", "102")),
        ("contacts", {"ids": 101}, ("101",)),
        ("contacts", {"ids": ["101", ""], "emails": []}, ("101",)),
        ("contacts", {"ids": ["101"], "emails": None, "direction": None}, ("101",)),
        ("contacts", {"system": "salesforce", "ids": [CONTACT, LEAD]}, (CONTACT, LEAD)),
        ("contacts", {"system": "salesforce", "ids": [CONTACT[:15], CONTACT]}, (CONTACT,)),
        ("companies", {"system": "salesforce", "ids": ACCOUNT}, (ACCOUNT,)),
        ("deals", {"ids": ["9007199254740993"]}, ("9007199254740993",)),
    ],
)
def test_ids_in_whatever_way_they_come(
    object_type: str, told: dict[str, Any], ids: tuple[str, ...], shop: Workshop
) -> None:
    asked = request.manual(object_type, told, shop)
    assert asked.ids == {asked.system: ids}
    assert asked.by_hand


def test_everything_that_can_be_said_is_taken(shop: Workshop) -> None:
    told = {
        "system": "salesforce",
        "emails": ["Ada@Example.com"],
        "direction": "to_hubspot",
        "force_fields": ["title", "phone"],
        "follow_parents": True,
        "dry_run": True,
        "allow_plan": "0123456789abcdef",
    }
    asked = request.manual("contacts", told, shop)
    assert (asked.system, asked.values) == (System.SALESFORCE, ("ada@example.com",))
    assert (asked.direction, asked.force_fields) == (Direction.TO_HUBSPOT, ("title", "phone"))
    assert asked.follow_parents
    assert asked.dry_run
    assert asked.allow_plan == "0123456789abcdef"


def test_by_default_nothing_is_bent_and_the_run_writes(shop: Workshop) -> None:
    asked = request.manual("contacts", {"ids": ["1"]}, shop)
    assert (asked.direction, asked.force_fields) == (Direction.RULES, ())
    assert not asked.dry_run


@pytest.mark.parametrize(
    ("written", "host"),
    [("acme.com", "acme.com"), ("https://www.Acme.com/about", "acme.com"), ("Müller.de", None)],
)
def test_domains_are_hosts_in_one_spelling(written: str, host: str | None, shop: Workshop) -> None:
    asked = request.manual("companies", {"domains": [written]}, shop)
    assert asked.values == (host or "xn--mller-kva.de",)


@pytest.mark.parametrize(
    ("object_type", "told", "problem"),
    [
        ("contacts", {}, "say which contacts: fill in ids or emails"),
        ("deals", {"ids": []}, "say which deals: fill in ids"),
        (
            "contacts",
            {"ids": ["1"], "emails": ["a@b.c"]},
            "say which contacts in one way: ids or emails, and not both",
        ),
        ("contacts", {"ids": ["1"], "system": "pipedrive"}, "system must be hubspot or salesforce"),
        ("contacts", {"ids": ["1"], "system": ["hubspot"]}, "system must be hubspot or salesforce"),
        (
            "contacts",
            {"ids": ["1", "x1", "-2"]},
            "ids: the 2nd and the 3rd are no HubSpot id: those are digits, as in the address of the"
            " record's page",
        ),
        (
            "contacts",
            {"ids": ["1", "1", "", "x1"]},
            "ids: the 4th is no HubSpot id",
        ),
        (
            "contacts",
            {"ids": [CONTACT]},
            "ids: the 1st is what Salesforce's ids look like: choose the system salesforce",
        ),
        (
            "contacts",
            {"system": "salesforce", "ids": ["101"]},
            "ids: the 1st is what HubSpot's ids look like: choose the system hubspot",
        ),
        (
            "contacts",
            {"system": "salesforce", "ids": [ACCOUNT]},
            "ids: the 1st is of the object Account; contacts are Contact and Lead in Salesforce",
        ),
        (
            "deals",
            {"system": "salesforce", "ids": [whole_id("a01Ws00000AbCde")]},
            "ids: the 1st is of another object; deals are Opportunity in Salesforce",
        ),
        (
            "contacts",
            {"ids": ["1"], "direction": "sideways"},
            "direction must be rules or to_salesforce or to_hubspot",
        ),
        (
            "contacts",
            {"ids": ["1"], "direction": "to_hubspot", "force_fields": ["titel"]},
            "force_fields: the 1st is no field of the mapping; did you mean title?",
        ),
        (
            "contacts",
            {"ids": ["1"], "force_fields": ["title"]},
            "force_fields needs a direction, to_salesforce or to_hubspot: only then is it known"
            " whose value shall stand",
        ),
        (
            "contacts",
            {"ids": ["1"], "direction": "to_salesforce", "force_fields": ["opted_out"]},
            "force_fields: opted_out cannot be forced, the mapping says dont_sync of it, for"
            " safety: change the mapping if that is wrong",
        ),
        (
            "deals",
            {"ids": ["1"], "direction": "to_salesforce", "force_fields": ["people"]},
            "force_fields: people cannot be forced, roles are merged person by person: there is no"
            " one value to take",
        ),
        (
            "contacts",
            {"ids": ["1"], "dry_run": "yes"},
            "dry_run must be true or false, and is a text",
        ),
        (
            "contacts",
            {"ids": ["1"], "dry_run": 1},
            "dry_run must be true or false, and is a number",
        ),
        ("contacts", {"ids": {"a": 1}}, "ids must be a list of texts, and is an object"),
        ("contacts", {"ids": 1.5}, "ids must be a list of texts, and is a number"),
        (
            "contacts",
            {"ids": [True, None]},
            "ids: the 1st and the 2nd are no text, and no whole number",
        ),
        ("contacts", {"ids": [["1"]]}, "ids: the 1st is no text, and no whole number"),
        ("contacts", {"ids": ["1" * 500]}, "ids: the 1st is longer than 400 characters"),
        (
            "contacts",
            {"ids": ["1"], "apply_plan": "0123456789abcdef"},
            "apply_plan writes a plan as it stands: leave out ids",
        ),
        (
            "deals",
            {"apply_plan": "0123456789abcdef", "dry_run": True},
            "a run is dry or applies a plan: leave out dry_run, or apply_plan",
        ),
        ("contacts", {"id": ["1"]}, "there is no parameter id; did you mean ids?"),
        ("deals", {"ids": ["1"], "emails": ["a@b.c"]}, "there is no parameter emails; there are"),
        (
            "contacts",
            {"ids": ["1"], "<script>": 1},
            "there is a parameter whose name is none: ",
        ),
        (
            "companies",
            {"domains": ["not a domain"]},
            "domains: the 1st is no domain, such as example.com",
        ),
        ("contacts", {"ids": ["1"], "allow_plan": 7}, "allow_plan must be a text, and is a number"),
        (
            "contacts",
            {"ids": ["1"], "allow_plan": "a\nb"},
            "allow_plan holds characters that cannot be printed, a line break perhaps",
        ),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(
    object_type: str, told: dict[str, Any], problem: str, shop: Workshop
) -> None:
    assert any(one.startswith(problem) for one in problems(object_type, told, shop)), problems(
        object_type, told, shop
    )


HOSTILE = [
    "'; DROP TABLE link; --",
    "1' OR '1'='1",
    "../../etc/passwd",
    "{{ var.value.secret }}",
    "${jndi:ldap://x}",
    "<img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "\x00\x1b[31m",
    "١٢٣",  # digits, and none of ASCII
    "101\u202e",
    "\U0001d7d9\U0001d7da",
    "0",
    "-1",
    "1e9",
    "9" * 20,
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("system", list(System))
def test_hostile_ids_are_refused_and_never_repeated(
    text: str, system: System, shop: Workshop
) -> None:
    found = problems("contacts", {"system": system.value, "ids": [text]}, shop)
    assert found
    assert len(text) < 3 or not any(text in one for one in found)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_addresses_are_refused_and_never_repeated(text: str, shop: Workshop) -> None:
    found = problems("contacts", {"emails": [text]}, shop)
    assert len(text) < 3 or not any(text in one for one in found)


@pytest.mark.parametrize("name", ["ids", "force_fields", "emails"])
def test_an_address_in_the_wrong_place_is_never_repeated(name: str, shop: Workshop) -> None:
    told = {"ids": ["1"], "direction": "to_hubspot", name: [f"<{PERSONAL}>"]}
    assert not any(PERSONAL in one for one in problems("contacts", told, shop))


def test_every_problem_is_told_at_once(shop: Workshop) -> None:
    told = {
        "ids": ["x"],
        "emails": ["y"],
        "system": "z",
        "direction": "up",
        "dry_run": "no",
        "more": 1,
    }
    assert len(problems("contacts", told, shop)) == 7


def test_a_million_ids_are_refused_with_what_to_do_instead(shop: Workshop) -> None:
    [found] = problems("contacts", {"ids": [str(one) for one in range(1, 1_000_001)]}, shop)
    assert found.startswith("ids has 1,000,000 entries, and 10,000 are the most: put the records")
    assert "manual_sync_list" in found


def test_a_million_ids_in_one_text_are_not_even_taken_apart(shop: Workshop) -> None:
    [found] = problems("contacts", {"ids": "101," * 1_000_000}, shop)
    assert found.startswith("ids has more than 10,000 entries, and 10,000 are the most")


def test_ten_thousand_ids_are_taken(shop: Workshop) -> None:
    ids = [str(one) for one in range(1, 10_001)]
    assert request.manual("contacts", {"ids": ids}, shop).asked == 10_000


def test_of_many_wrong_ids_some_are_named_and_the_rest_counted(shop: Workshop) -> None:
    [found] = problems("contacts", {"ids": [f"x{one}" for one in range(100)]}, shop)
    assert found.startswith("ids: the 1st, the 2nd, the 3rd, the 4th, the 5th and 95 more are no")
