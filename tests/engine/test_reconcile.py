import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.engine.demands import demands
from include.crmsync.engine.directory import Directory, directory
from include.crmsync.engine.reconcile import Situation, reconcile
from include.crmsync.model.flaw import Flaw
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldType, ObjectMapping
from include.crmsync.model.plan import Plan, Verb
from include.crmsync.model.record import Record, System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.schema import FieldSchema
from tests.builders import field, frame, link, mapping, owners, record

ADA = "ada@example.com"
OF = mapping()


def plan(
    *records: Record, links: tuple[Link, ...] = (), of: ObjectMapping = OF, **more: Any
) -> Plan:
    known = more.pop("known", Directory())
    canonical = {
        system: frame(system, [one for one in records if one.system is system], of, known)
        for system in System
    }
    return reconcile(Situation(of, canonical, links, known, **more))


def written(made: Plan) -> set[tuple[str, str | None, str, str | None]]:
    return {
        (action.system, action.record_id, change.field, change.after)
        for action in made.actions
        for change in action.changes
    }


def pair(hubspot: dict[str, Any], salesforce: dict[str, Any]) -> tuple[Record, Record]:
    return (
        record(System.HUBSPOT, "1", **{"email": ADA, **hubspot}),
        record(System.SALESFORCE, "a", **{"email": ADA, **salesforce}),
    )


def flaw(name: str, value: str | None, **more: Any) -> Flaw:
    verbs = frozenset({Verb.CREATE, Verb.UPDATE})
    return Flaw("fits_length", name, value, "It does not fit. Mend it.", verbs, **more)


BASE = {"email": ADA, "phone": "1"}


def test_nothing_moved_nothing_planned() -> None:
    made = plan(*pair({"phone": "1"}, {"phone": "1"}), links=(link("1", "a", BASE),))
    assert made.actions == ()
    assert made.pairs[0].agreed == {}


def test_an_edit_travels_to_the_other_system() -> None:
    made = plan(*pair({"phone": "2"}, {"phone": "1"}), links=(link("1", "a", BASE),))
    assert written(made) == {("salesforce", "a", "phone", "2")}
    assert made.conflicts == ()


def test_both_moved_alike_writes_nothing_and_the_base_catches_up() -> None:
    made = plan(*pair({"phone": "2"}, {"phone": "2"}), links=(link("1", "a", BASE),))
    assert made.actions == ()
    assert made.pairs[0].agreed == {"phone": "2"}


def test_moved_apart_the_newest_stands_and_the_loser_is_reported() -> None:
    made = plan(*pair({"phone": "2"}, {"phone": "3", "minute": 5}), links=(link("1", "a", BASE),))
    assert written(made) == {("hubspot", "1", "phone", "3")}
    [conflict] = made.conflicts
    assert (conflict.hubspot, conflict.salesforce, conflict.winner) == ("2", "3", System.SALESFORCE)


def test_matched_by_email_they_are_linked_and_fill_each_others_blanks() -> None:
    made = plan(*pair({"phone": "2"}, {}))
    assert written(made) == {("salesforce", "a", "phone", "2")}
    assert made.pairs[0].reason == "same email"


def test_what_matches_nothing_is_created_with_its_values() -> None:
    made = plan(record(System.HUBSPOT, "1", email=ADA, phone="2"))
    [action] = made.actions
    assert (action.verb, action.system, action.kind) == (Verb.CREATE, System.SALESFORCE, "Contact")
    assert written(made) == {
        ("salesforce", None, "email", ADA),
        ("salesforce", None, "phone", "2"),
    }


def test_a_held_record_is_not_created() -> None:
    blocked = {System.HUBSPOT: {"1": frozenset({Verb.CREATE})}}
    assert plan(record(System.HUBSPOT, "1", email=ADA), blocked=blocked).actions == ()


def test_off_the_inclusion_list_nothing_travels_either_way() -> None:
    made = plan(
        *pair({"phone": "2"}, {"phone": "1", "email": "new@example.com"}),
        links=(link("1", "a", BASE),),
        paused=frozenset({"1"}),
    )
    assert made.actions == ()
    assert [one.criterion for one in made.held] == ["counterpart_free"]


def test_a_failing_hubspot_record_still_receives_salesforces_edits() -> None:
    made = plan(
        *pair({"phone": "2"}, {"phone": "1", "email": "new@example.com"}),
        links=(link("1", "a", BASE),),
        blocked={System.HUBSPOT: {"1": frozenset({Verb.UPDATE})}},
    )
    assert written(made) == {("hubspot", "1", "email", "new@example.com")}
    assert "phone" not in made.pairs[0].agreed


def test_a_change_whose_counterpart_is_gone_is_held_not_created_anew() -> None:
    made = plan(record(System.HUBSPOT, "1", email=ADA, phone="2"), links=(link("1", "a", BASE),))
    assert made.actions == ()
    assert [one.criterion for one in made.held] == ["counterpart_exists"]


def test_an_echo_needs_no_counterpart() -> None:
    made = plan(record(System.HUBSPOT, "1", email=ADA, phone="1"), links=(link("1", "a", BASE),))
    assert (made.actions, made.held, len(made.pairs)) == ((), (), 1)


def test_one_bad_field_is_held_and_the_good_ones_travel() -> None:
    of = mapping(field("phone"), field("city"))
    made = plan(
        *pair({"phone": "12345", "city": "Bern"}, {"phone": "1"}),
        links=(link("1", "a", BASE),),
        of=of,
        flaws={System.HUBSPOT: {"1": [flaw("phone", "12345")]}},
    )
    assert written(made) == {("salesforce", "a", "city", "Bern")}
    assert [(one.criterion, one.field) for one in made.held] == [("fits_length", "phone")]


def test_a_flaw_is_about_one_value_and_no_other_of_its_field() -> None:
    made = plan(
        *pair({"phone": "2"}, {"phone": "1"}),
        links=(link("1", "a", BASE),),
        flaws={System.HUBSPOT: {"1": [flaw("phone", "12345")]}},
    )
    assert written(made) == {("salesforce", "a", "phone", "2")}
    assert made.held == ()


def test_a_flaw_of_one_kind_lets_the_value_into_the_other() -> None:
    for kind, held in (("Contact", []), ("Lead", ["fits_length"])):
        ours, theirs = pair({"phone": "12345"}, {"phone": "1", "kind": kind})
        made = plan(
            ours,
            theirs,
            links=(link("1", "a", BASE),),
            flaws={System.HUBSPOT: {"1": [flaw("phone", "12345", kinds=frozenset({"Lead"}))]}},
        )
        assert [one.criterion for one in made.held] == held


def test_a_new_record_waits_only_for_a_blank_that_none_can_be_without() -> None:
    new = record(System.HUBSPOT, "1", email=ADA)
    for vital, actions in ((True, 0), (False, 1)):
        made = plan(new, flaws={System.HUBSPOT: {"1": [flaw("phone", None, vital=vital)]}})
        assert len(made.actions) == actions
        assert [one.field for one in made.held] == ["phone"] * (1 - actions)


def test_a_new_record_waits_for_the_field_it_is_recognised_by() -> None:
    made = plan(
        record(System.HUBSPOT, "1", email=ADA),
        flaws={System.HUBSPOT: {"1": [flaw("email", ADA)]}},
    )
    assert made.actions == ()
    assert [one.field for one in made.held] == ["email"]


def test_a_value_that_must_stay_filled_is_not_cleared() -> None:
    made = plan(
        *pair({}, {"phone": "1"}),
        links=(link("1", "a", BASE),),
        flaws={System.HUBSPOT: {"1": [flaw("phone", None)]}},
    )
    assert made.actions == ()
    assert [(one.field, one.value) for one in made.held] == [("phone", None)]


def test_an_unreadable_value_is_never_read_as_blank() -> None:
    of = mapping(field("size", type=FieldType.NUMBER))
    made = plan(
        *pair({"size": "many"}, {"size": 5}),
        links=(link("1", "a", {"email": ADA, "size": "5"}),),
        of=of,
    )
    assert made.actions == ()
    assert [(one.criterion, one.field) for one in made.held] == [("readable_value", "size")]


@pytest.mark.parametrize("number", ["9" * 400, "1e99"])
def test_a_number_of_too_many_digits_is_told_to_be_too_large_and_not_to_be_no_number(
    number: str,
) -> None:
    cents = {"Contact": FieldSchema("double", precision=18, scale=2)}
    of = mapping(field("size", type=FieldType.NUMBER, schemas=cents))
    [held] = plan(record(System.HUBSPOT, "1", email=ADA, size=number), of=of).held
    assert (held.criterion, held.field) == ("readable_value", "size")
    assert "size holds a number that is too large" in held.reason
    [held] = plan(record(System.HUBSPOT, "1", email=ADA, size="many"), of=of).held
    assert "size holds something that is not of the type" in held.reason


def test_an_unreadable_value_keeps_no_other_field_back() -> None:
    of = mapping(field("size", type=FieldType.NUMBER), field("city"))
    base = {"email": ADA, "size": "5", "city": "Bern"}
    made = plan(
        *pair({"size": "many", "city": "Rome"}, {"size": 5, "city": "Bern"}),
        links=(link("1", "a", base),),
        of=of,
    )
    assert written(made) == {("salesforce", "a", "city", "Rome")}
    assert [(one.criterion, one.field) for one in made.held] == [("readable_value", "size")]


def test_an_unreadable_value_gives_way_where_the_rule_says_so_and_is_journalled() -> None:
    one = field("size", type=FieldType.NUMBER, rule=SyncRule.PREFER_SALESFORCE)
    made = plan(
        *pair({"size": "many"}, {"size": 5}),
        links=(link("1", "a", {"email": ADA, "size": "5"}),),
        of=mapping(one),
    )
    [action] = made.actions
    assert (action.system, action.changes[0].after) == (System.HUBSPOT, "5")
    assert "many" in (action.changes[0].before or "")
    assert made.held == ()


def test_an_unreadable_value_of_a_new_record_is_left_out() -> None:
    of = mapping(field("size", type=FieldType.NUMBER), field("city"))
    made = plan(record(System.HUBSPOT, "1", email=ADA, size="many", city="Rome"), of=of)
    [action] = made.actions
    assert {change.field for change in action.changes} == {"email", "city"}
    assert [(one.criterion, one.field) for one in made.held] == [("readable_value", "size")]


def test_what_cannot_be_read_is_no_echo_of_a_blank() -> None:
    of = mapping(field("size", type=FieldType.NUMBER))
    made = plan(
        *pair({"size": "many"}, {"size": None}),
        links=(link("1", "a", {"email": ADA, "size": None}),),
        of=of,
    )
    assert [(one.criterion, one.field) for one in made.held] == [("readable_value", "size")]


def test_a_field_that_salesforce_requires_is_not_cleared_there() -> None:
    of = mapping(field("name", required=True), field("city"))
    base = {"email": ADA, "name": "Ada", "city": "Bern"}
    cleared, kept = {"name": None, "city": "Rome"}, {"name": "Ada", "city": "Bern"}
    [asked] = [one for one in demands(of, System.SALESFORCE) if one.field == "name"]
    assert Verb.UPDATE in asked.applies_to
    flaws = {System.HUBSPOT: {"1": [flaw("name", None)]}}
    made = plan(*pair(cleared, kept), links=(link("1", "a", base),), of=of, flaws=flaws)
    assert written(made) == {("salesforce", "a", "city", "Rome")}
    assert [one.field for one in made.held] == ["name"]


def test_a_value_that_bounced_is_not_sent_again() -> None:
    bounced = replace(link("1", "a", BASE), bounced={"phone": "2"})
    made = plan(*pair({"phone": "2"}, {"phone": "1"}), links=(bounced,))
    assert made.actions == ()
    assert [one.criterion for one in made.held] == ["stored_as_sent"]


def test_a_field_the_lead_does_not_have_is_left_alone() -> None:
    of = mapping(field("account", salesforce={"Contact": "Account"}))
    made = plan(*pair({"account": "x"}, {"kind": "Lead"}), links=(link("1", "a", {}),), of=of)
    assert {change for _, _, change, _ in written(made)} <= {"email"}


OWNED = mapping(field("owner", type=FieldType.OWNER))


def test_a_blank_owner_in_hubspot_is_filled_not_sent() -> None:
    made = plan(
        *pair({"owner": None}, {"owner": "u"}),
        links=(link("1", "a", {"email": ADA, "owner": "boss@example.com"}),),
        of=OWNED,
        known=owners(u="boss@example.com"),
    )
    assert written(made) == {("hubspot", "1", "owner", "boss@example.com")}


def test_when_first_linked_salesforces_owner_is_honoured() -> None:
    made = plan(
        *pair({"owner": "v", "minute": 9}, {"owner": "u"}),
        of=OWNED,
        known=owners(u="boss@example.com", v="other@example.com"),
    )
    assert written(made) == {("hubspot", "1", "owner", "boss@example.com")}


def test_an_owner_unknown_over_there_is_not_sent_and_holds_nothing() -> None:
    made = plan(
        *pair({"owner": "stranger"}, {"owner": "u"}),
        links=(link("1", "a", {"email": ADA, "owner": "boss@example.com"}),),
        of=OWNED,
        known=owners(u="boss@example.com"),
    )
    assert (made.actions, made.held) == ((), ())


def test_an_owner_that_hubspot_has_of_itself_is_not_written_when_salesforce_takes_him() -> None:
    apart = {"email": ADA, "owner": "elsewhere@example.com", "owner@hubspot": "boss@example.com"}
    made = plan(
        *pair({"owner": "u"}, {"owner": "u"}),
        links=(link("1", "a", apart),),
        of=OWNED,
        known=owners(u="boss@example.com"),
    )
    assert made.actions == ()
    [settled] = made.pairs
    assert settled.agreed == {"owner": "boss@example.com", "owner@hubspot": None}


PARENTED = mapping(
    field("account", type=FieldType.PARENT, parent="companies", salesforce={"Contact": "AccountId"})
)
LINKED_PARENT = directory(
    {}, {"companies": {System.HUBSPOT: {"77": "5"}, System.SALESFORCE: {"p": "5"}}}
)


def test_a_child_waits_for_its_parent() -> None:
    child = record(System.HUBSPOT, "1", email=ADA, parents={"companies": "78"})
    made = plan(child, of=PARENTED, known=LINKED_PARENT)
    assert made.actions == ()
    assert [(one.criterion, one.value) for one in made.held] == [("parent_linked", "hubspot:78")]


def test_a_linked_parent_travels_as_its_link() -> None:
    child = record(System.HUBSPOT, "1", email=ADA, parents={"companies": "77"})
    made = plan(child, of=PARENTED, known=LINKED_PARENT)
    assert ("salesforce", None, "account", "5") in written(made)


def test_a_type_that_may_not_be_created_is_held() -> None:
    of = mapping(creates_in=frozenset({System.HUBSPOT}))
    made = plan(record(System.HUBSPOT, "1", email=ADA), of=of)
    assert [one.criterion for one in made.held] == ["creation_allowed"]


def test_who_may_not_be_created_for_want_of_a_required_field_is_told_of_that_field() -> None:
    """They were told that the mapping did not let them be created, which it did."""
    of = replace(OF, lacking={"Contact": ("Region__c", "Tier__c")})
    made = plan(record(System.HUBSPOT, "1", email=ADA), of=of)
    [held] = made.held
    assert (held.criterion, made.actions) == ("creation_allowed", ())
    assert "Salesforce creates no Contact without Region__c and Tier__c" in held.reason
    assert "creates_in" not in held.reason


def test_what_salesforce_requires_keeps_nothing_out_of_hubspot() -> None:
    of = replace(OF, lacking={"Contact": ("Region__c",)})
    made = plan(record(System.SALESFORCE, "a", email=ADA), of=of)
    assert [one.verb for one in made.actions] == [Verb.CREATE]
    assert made.held == ()


def test_a_field_that_does_not_sync_never_appears() -> None:
    of = mapping(field("secret", rule=SyncRule.DONT_SYNC))
    made = plan(*pair({"secret": "x"}, {}), links=(link("1", "a", {"email": ADA}),), of=of)
    assert made.actions == ()


value = st.none() | st.sampled_from(["1", "2", "3"])
people = st.lists(
    st.tuples(st.sampled_from(System), st.sampled_from("abcde"), value, st.integers(0, 3)),
    max_size=12,
    unique_by=lambda one: (one[0], one[1]),
)


@given(rows=people, linked=st.sets(st.sampled_from("abcde")), shuffle=st.randoms())
def test_the_plan_does_not_depend_on_the_order_of_rows(
    rows: list[tuple[System, str, str | None, int]], linked: set[str], shuffle: random.Random
) -> None:
    ids = {"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}
    records = [
        record(
            system,
            ids[who] if system is System.HUBSPOT else who,
            email=f"{who}@example.com",
            phone=phone,
            minute=minute,
        )
        for system, who, phone, minute in rows
    ]
    links = [link(ids[who], who, {"email": f"{who}@example.com"}) for who in sorted(linked)]
    once = plan(*records, links=tuple(links))
    shuffle.shuffle(records)
    shuffle.shuffle(links)
    again = plan(*records, links=tuple(links))
    assert once.actions == again.actions
    assert set(map(str, once.pairs)) == set(map(str, again.pairs))
    assert set(map(str, once.held)) == set(map(str, again.held))
