"""The story's records are where docs say they are, whatever the random seed."""

import pytest

from include.sandbox.seed import cast, population
from include.sandbox.seed.cast import CAST, Role
from include.sandbox.seed.draft import FIRST_GENERATED
from tests.sandbox.seed.demo import NOW, Seen

NAMES = {"companies": "name", "deals": "dealname"}


def contact(demo: Seen, role: Role) -> dict[str, str | None]:
    return demo.hubspot["contacts", str(role.hubspot_id)].properties


@pytest.mark.parametrize("role", CAST, ids=lambda role: role.name)
@pytest.mark.parametrize("random_seed", [1, 99])
def test_everyone_is_where_the_cast_says(role: Role, random_seed: int) -> None:
    seen = Seen(population("demo", random_seed, NOW))
    assert role.number < FIRST_GENERATED
    here = seen.hubspot.get((role.object_type, str(role.number)))
    assert (here is not None) == role.in_hubspot
    if here is not None:
        first, last = here.properties.get("firstname"), here.properties.get("lastname")
        name = here.properties.get(NAMES.get(role.object_type, ""), f"{first} {last}")
        assert name == role.name
    for sobject, id_ in zip(role.sobjects, role.salesforce_ids, strict=True):
        there = seen.salesforce[id_]
        assert there.sobject == sobject
        first, last = there.fields.get("FirstName"), there.fields.get("LastName")
        assert there.fields.get("Name", f"{first} {last}") == role.name


def test_no_number_is_given_twice_and_nobody_else_is_below_the_generated(demo: Seen) -> None:
    ours = {(role.object_type, role.hubspot_id) for role in CAST if role.in_hubspot}
    low = {key for key in demo.hubspot if int(key[1]) < FIRST_GENERATED}
    assert low == ours
    assert len({(role.object_type, role.number) for role in CAST}) == len(CAST)


def test_the_ids_docs_quote_never_move() -> None:
    assert cast.ADA.hubspot_id == "101"
    assert cast.ADA.salesforce_ids == ("003Sd000000001dIAA",)


def test_whether_each_is_linked_follows_the_situation(demo: Seen) -> None:
    linked = {role for role in CAST if role.situation.startswith("Linked")}
    for role in CAST:
        key = (role.object_type, str(role.number))
        assert (key in demo.linked_hubspot) == (role in linked), role.name
        if role in linked:
            assert (demo.linked_hubspot[key],) == role.salesforce_ids


def test_whether_each_is_listed_follows_the_situation(demo: Seen) -> None:
    off = {cast.HEDY, cast.MARY_JACKSON}
    for role in CAST:
        if role.object_type == "contacts" and role.in_hubspot:
            assert (role.hubspot_id in demo.listed) == (role not in off), role.name


def test_ada_was_edited_apart_in_both_salesforce_last(demo: Seen) -> None:
    here = demo.hubspot["contacts", str(cast.ADA.hubspot_id)]
    there = demo.salesforce[cast.ADA.salesforce_ids[0]]
    assert [value for value, _ in here.history["jobtitle"]] == ["Chief Programmer", "Mathematician"]
    assert there.fields["Title"] == "Countess of Computing"
    assert there.modified_at > here.modified_at
    assert here.properties["mobilephone"] is not None
    assert there.fields.get("MobilePhone") is None


def test_those_who_are_refused_are_refused_for_their_own_reason(demo: Seen) -> None:
    assert "email" not in contact(demo, cast.ALAN)
    assert contact(demo, cast.JEAN)["phone"] == "12345"
    assert str(contact(demo, cast.MARY_SOMERVILLE)["email"]).startswith(".")
    won = demo.hubspot["deals", str(cast.ROTOR_REPAIR.hubspot_id)].properties
    assert (won["dealstage"], won.get("amount")) == ("closedwon", None)


def test_joan_and_emmy_are_found_by_email_emmy_as_the_later_contact(demo: Seen) -> None:
    for role in (cast.JOAN, cast.EMMY):
        twins = demo.by_email[str(contact(demo, role)["email"])]
        assert {one.fields["Id"] for one in twins} == set(role.salesforce_ids)
    emmy, lead = (demo.salesforce[id_] for id_ in cast.EMMY.salesforce_ids)
    assert emmy.modified_at > lead.modified_at


def test_companies_of_the_story_are_of_the_sort_told(demo: Seen) -> None:
    for role, sort in (
        (cast.ANALYTICAL_ENGINES, "linked"),
        (cast.COMPILER_WORKS, "listed"),
        (cast.FREQUENCY_HOPPING, "unlisted"),
    ):
        assert demo.sort_of_company(str(role.hubspot_id)) == sort
    assert demo.parents["contacts", str(cast.GRACE.hubspot_id)] == cast.COMPILER_WORKS.hubspot_id
    assert demo.parents["deals", str(cast.PIANO_ROLLS.hubspot_id)] == str(
        cast.FREQUENCY_HOPPING.hubspot_id
    )
    assert ("deals", str(cast.PUNCHED_CARDS.hubspot_id)) not in demo.parents
