"""Whole runs in which e-mail addresses change hands: no two HubSpot contacts may share one."""

from typing import Any

import pytest

from include.crmsync.errors import Unavailable
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System
from tests.pipeline.two_crms import TwoCrms

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE


@pytest.fixture
def people(crms: TwoCrms) -> tuple[TwoCrms, list[tuple[str, str]]]:
    """Three people, linked: HubSpot's id and Salesforce's, with a@, b@ and c@."""
    made = [
        crms.hubspot_contact(email=f"{name}@example.com", lastname=name.upper()) for name in "abc"
    ]
    crms.sync()
    return crms, [(id_, crms.links()[id_]) for id_ in made]


def mail(crms: TwoCrms, system: System, record_id: str) -> Any:
    name = "email" if system is HUBSPOT else "Email"
    return crms.crm(system).records[record_id].raw[name]


def mails(crms: TwoCrms, people: list[tuple[str, str]]) -> list[tuple[Any, Any]]:
    """What each person has in HubSpot and in Salesforce, by first letter."""
    return [
        ((mail(crms, HUBSPOT, ours) or "-")[0], (mail(crms, SALESFORCE, theirs) or "-")[0])
        for ours, theirs in people
    ]


def give(crms: TwoCrms, people: list[tuple[str, str]], letters: str) -> None:
    """Let Salesforce's contacts have these addresses."""
    for (_, id_), letter in zip(people, letters, strict=False):
        crms.salesforce.edit(id_, Email=f"{letter}@example.com")


def settled(crms: TwoCrms) -> bool:
    """Whether two more runs write nothing, and the second has nothing to do."""
    written = crms.writes()
    crms.sync()
    told = crms.sync()
    return crms.writes() == written and told["state"] == "nothing_to_do"


def verbs(crms: TwoCrms) -> list[Verb]:
    shop = crms.workshop()
    try:
        return [one.verb for one in shop.journal.actions(f"run-{crms.runs}", "contacts")]
    finally:
        shop.close()


def test_two_people_who_exchange_their_addresses_both_get_them_in_one_run(
    people: tuple[TwoCrms, list[tuple[str, str]]],
) -> None:
    crms, who = people
    give(crms, who, "ba")
    told = crms.sync()
    assert mails(crms, who) == [("b", "b"), ("a", "a"), ("c", "c")]
    assert sorted(verbs(crms)) == [Verb.FREE, Verb.UPDATE, Verb.UPDATE]
    [counts] = [one for one in told["object_types"][1]["directions"] if one["from"] == "salesforce"]
    assert (counts["updated"], counts["failed"], counts["waiting"]) == (2, 0, 0)
    assert crms.held() == {}
    assert settled(crms)


def test_addresses_handed_on_in_a_row_need_no_freeing(
    people: tuple[TwoCrms, list[tuple[str, str]]],
) -> None:
    crms, who = people
    give(crms, who, "bcd")
    crms.sync()
    assert mails(crms, who) == [("b", "b"), ("c", "c"), ("d", "d")]
    assert verbs(crms) == [Verb.UPDATE] * 3
    assert settled(crms)


def test_three_people_in_a_circle_all_get_theirs(
    people: tuple[TwoCrms, list[tuple[str, str]]],
) -> None:
    crms, who = people
    give(crms, who, "bca")
    crms.sync()
    assert mails(crms, who) == [("b", "b"), ("c", "c"), ("a", "a")]
    assert settled(crms)


@pytest.mark.parametrize("lost", ["before", "after"])
@pytest.mark.parametrize("batch", [1, 2, 3])
@pytest.mark.parametrize("back", [False, True])
def test_a_run_killed_between_the_two_steps_is_made_good_by_the_next(
    people: tuple[TwoCrms, list[tuple[str, str]]], lost: str, batch: int, back: bool
) -> None:
    crms, who = people
    give(crms, who, "ba")
    calls = [0]

    def kill() -> None:
        calls[0] += 1
        if calls[0] == batch:
            crms.hubspot.fail_next(lost=lost)  # type: ignore[arg-type]
        else:
            crms.hubspot.before_next_write(kill)

    crms.hubspot.before_next_write(kill)
    with pytest.raises(Unavailable):
        crms.sync()
    if back:
        give(crms, who, "ab")
    crms.sync()
    crms.sync()
    wanted = ["a", "b", "c"] if back else ["b", "a", "c"]
    assert mails(crms, who) == [(one, one) for one in wanted]
    assert crms.held() == {}
    assert settled(crms)


def test_one_who_cannot_take_the_new_address_stops_the_others_and_loses_nothing_for_good(
    people: tuple[TwoCrms, list[tuple[str, str]]],
) -> None:
    crms, who = people
    give(crms, who, "ba")
    crms.hubspot.fail_next("LOCKED", record=who[1][0], retryable=True)
    crms.sync()
    crms.sync()
    assert mails(crms, who) == [("b", "b"), ("a", "a"), ("c", "c")]
    assert settled(crms)


def test_one_who_may_not_give_up_the_address_is_held_and_so_is_who_waits_for_it(
    people: tuple[TwoCrms, list[tuple[str, str]]],
) -> None:
    crms, who = people
    give(crms, who, "ba")
    crms.salesforce.edit(who[0][1], Title="Countess")
    crms.hubspot.fail_next("BLANK", record=who[0][0], fields=("email",), times=9)
    crms.sync()
    assert crms.hubspot.records[who[0][0]].raw["jobtitle"] == "Countess"
    crms.sync()
    assert crms.held() == {who[0][1]: {"accepted_by_hubspot"}, who[1][1]: {"value_unshared"}}
    assert mails(crms, who) == [("a", "b"), ("b", "a"), ("c", "c")]
    assert settled(crms)


def test_they_get_their_addresses_once_one_of_them_gives_up_the_first(
    people: tuple[TwoCrms, list[tuple[str, str]]],
) -> None:
    crms, who = people
    give(crms, who, "ba")
    crms.hubspot.fail_next("REFUSED", record=who[0][0], times=1)
    crms.sync()
    crms.sync()
    assert crms.held() == {who[0][1]: {"accepted_by_hubspot"}, who[1][1]: {"value_unshared"}}
    assert settled(crms)
    give(crms, who, "d")
    crms.sync()
    crms.sync()
    assert mails(crms, who) == [("d", "d"), ("a", "a"), ("c", "c")]
    assert crms.held() == {}
    assert settled(crms)


def test_an_address_that_somebody_else_keeps_holds_the_field_and_the_rest_travels(
    people: tuple[TwoCrms, list[tuple[str, str]]],
) -> None:
    crms, who = people
    crms.salesforce.edit(who[0][1], Email="b@example.com", Title="Countess")
    crms.sync()
    assert mails(crms, who)[0] == ("a", "b")
    assert crms.hubspot.records[who[0][0]].raw["jobtitle"] == "Countess"
    assert crms.held() == {who[0][1]: {"value_unshared"}}
    assert settled(crms)
    give(crms, who[1:], "d")
    crms.sync()
    crms.sync()
    assert mails(crms, who) == [("b", "b"), ("d", "d"), ("c", "c")]
    assert crms.held() == {}


def test_an_additional_address_of_somebody_else_is_theirs_until_they_give_it_up(
    people: tuple[TwoCrms, list[tuple[str, str]]],
) -> None:
    crms, who = people
    crms.hubspot.edit(who[2][0], hs_additional_emails="x@example.com")
    give(crms, who, "x")
    crms.sync()
    assert crms.held() == {who[0][1]: {"value_unshared"}}
    crms.hubspot.edit(who[2][0], hs_additional_emails="")
    crms.sync()
    assert mails(crms, who)[0] == ("x", "x")
    assert crms.held() == {}
    assert settled(crms)


def test_ones_own_additional_address_becomes_the_first(
    people: tuple[TwoCrms, list[tuple[str, str]]],
) -> None:
    crms, who = people
    crms.hubspot.edit(who[0][0], hs_additional_emails="x@example.com")
    give(crms, who, "x")
    crms.sync()
    raw = crms.hubspot.records[who[0][0]].raw
    assert (raw["email"], raw["hs_additional_emails"]) == ("x@example.com", "a@example.com")
    assert settled(crms)


def test_of_two_who_are_given_one_address_one_takes_it_and_the_other_is_held(
    people: tuple[TwoCrms, list[tuple[str, str]]],
) -> None:
    crms, who = people
    give(crms, who, "xx")
    crms.sync()
    assert sorted(mails(crms, who)) == [("b", "x"), ("c", "c"), ("x", "x")]
    assert [*crms.held().values()] == [{"value_unshared"}]
    assert settled(crms)


def test_a_new_person_with_the_address_that_another_gives_up_is_created_a_run_later(
    people: tuple[TwoCrms, list[tuple[str, str]]],
) -> None:
    crms, who = people
    give(crms, who, "d")
    new = crms.put(SALESFORCE, "Contact", Email="a@example.com", LastName="New")
    crms.sync()
    crms.sync()
    assert mails(crms, who)[0] == ("d", "d")
    [fresh] = [ours for ours, theirs in crms.links().items() if theirs == new]
    assert mail(crms, HUBSPOT, fresh) == "a@example.com"
    assert crms.held() == {}
    assert settled(crms)


def test_a_swap_in_hubspot_reaches_salesforce_by_the_rule(
    people: tuple[TwoCrms, list[tuple[str, str]]],
) -> None:
    """Salesforce's address stands by default: HubSpot's exchange is taken back, in turns too."""
    crms, who = people
    crms.hubspot.edit(who[0][0], email="b@example.com")
    crms.hubspot.edit(who[1][0], email="a@example.com")
    crms.sync()
    assert mails(crms, who) == [("a", "a"), ("b", "b"), ("c", "c")]
    assert settled(crms)
