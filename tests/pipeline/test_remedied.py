"""Who is held goes through once the rule that held them has changed: nobody has to touch them."""

import json
from typing import Any

from include.crmsync.model.record import System
from tests.pipeline import written_suites
from tests.pipeline.two_crms import TwoCrms

ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace"}
LATER = 3600


def settled(crms: TwoCrms) -> bool:
    written = crms.writes()
    crms.sync()
    return crms.sync()["state"] == "nothing_to_do" and crms.writes() == written


def test_a_criterion_that_is_dropped_holds_nobody_any_more(crms: TwoCrms) -> None:
    strict = written_suites.expectation("values_to_not_be_null", "has_title", "title")
    written_suites.add(crms, "contacts.to_salesforce", strict)
    ada = crms.hubspot_contact(**ADA)
    crms.sync()
    assert crms.held() == {ada: {"has_title"}}
    crms.clock.advance(LATER)
    crms.sync()
    assert crms.held() == {ada: {"has_title"}}
    path = written_suites._file(crms, "contacts.to_salesforce")
    told = json.loads(path.read_text("utf-8"))
    told["expectations"] = [
        one for one in told["expectations"] if one["meta"]["criterion"] != "has_title"
    ]
    path.write_text(json.dumps(told), "utf-8")
    crms.sync()
    assert crms.held() == {}
    assert crms.links().keys() == {ada}
    assert settled(crms)


def test_a_criterion_that_is_added_wakes_nobody_and_one_that_stays_neither(crms: TwoCrms) -> None:
    crms.hubspot_contact(**{**ADA, "email": None})
    crms.sync()
    crms.clock.advance(LATER)
    crms.sync()
    calls = crms.hubspot.calls
    crms.sync()
    idle = crms.hubspot.calls - calls
    strict = written_suites.expectation("values_to_not_be_null", "has_title", "title")
    written_suites.add(crms, "contacts.to_salesforce", strict)
    calls = crms.hubspot.calls
    crms.sync()
    assert crms.hubspot.calls - calls == idle


def test_who_may_be_created_now_is(crms: TwoCrms) -> None:
    crms.rules["contacts"] = {"creates_in": frozenset({System.HUBSPOT})}
    ada = crms.hubspot_contact(**ADA)
    crms.sync()
    assert crms.held() == {ada: {"creation_allowed"}}
    crms.clock.advance(LATER)
    crms.rules["contacts"] = {"creates_in": frozenset(System)}
    crms.sync()
    assert crms.links().keys() == {ada}
    assert crms.held() == {}
    assert settled(crms)
