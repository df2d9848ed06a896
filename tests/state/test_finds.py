"""Finding a record in what is remembered, by id and by words."""

import pytest
from sqlalchemy import Engine

from include.crmsync.state.commit import Commit
from include.crmsync.state.finds import Finds
from include.crmsync.state.store import Store
from tests.state.values import CONTACTS, HUBSPOT, SALESFORCE, ended, held, link, stored

NAMES = ("email", "first_name", "last_name")


@pytest.fixture
def finds(engine: Engine) -> Finds:
    return Finds(engine)


def words(finds: Finds, text: str, most: int = 50) -> list[str]:
    return [one.record_id for one in finds.by_words(CONTACTS, NAMES, text.split(), most)]


def test_a_linked_record_is_found_by_the_id_of_either_system(store: Store, finds: Finds) -> None:
    stored(store, link())
    for system, id_, other in ((HUBSPOT, "hs1", "sf1"), (SALESFORCE, "sf1", "hs1")):
        [one] = finds.by_id(["companies", CONTACTS], system, id_)
        assert (one.record_id, one.counterpart, one.object_type) == (id_, other, CONTACTS)
    assert finds.by_id([CONTACTS], SALESFORCE, "hs1") == []


def test_one_id_may_be_a_company_and_a_contact(store: Store, finds: Finds) -> None:
    stored(store, link())
    store.commit(Commit(ended("other", object_type="companies"), [link(object_type="companies")]))
    found = finds.by_id(["companies", CONTACTS], HUBSPOT, "hs1")
    assert [one.object_type for one in found] == ["companies", CONTACTS]


def test_a_record_that_is_only_held_is_found_by_id_and_by_value(store: Store, finds: Finds) -> None:
    one = held("hs9", criterion="email_is_valid", value="Ada@Nowhere")
    store.commit(Commit(ended(), held=[one]))
    assert [one.counterpart for one in finds.by_id([CONTACTS], HUBSPOT, "hs9")] == [None]
    assert words(finds, "ada@nowhere") == ["hs9"]


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.com", "ADA@EXAMPLE", "ada lovelace", "Lovelace ada", "müller", "MÜLLER",
        'o"neil', "back\\slash", "100%", "under_score", "李", "tab\there",
    ],
)  # fmt: skip
def test_words_are_found_whatever_their_case_and_letters(
    store: Store, finds: Finds, text: str
) -> None:
    odd = 'Müller O"Neil back\\slash 100% under_score 李 tab\there'
    base = {"email": "ada@example.com", "first_name": "Ada", "last_name": f"Lovelace {odd}"}
    stored(store, link(base=base), link(2, base={"email": "bob@example.org", "last_name": "100x"}))
    assert words(finds, text) == ["hs1"]


def test_a_wildcard_finds_only_itself(store: Store, finds: Finds) -> None:
    stored(store, link(base={"email": "ada@example.com"}))
    for text in ("a%m", "a_a@", "%%", "!%"):
        assert words(finds, text) == []


def test_a_value_of_another_field_does_not_count(store: Store, finds: Finds) -> None:
    stored(store, link(base={"email": "ada@example.com", "city": "London"}))
    assert words(finds, "london") == []
    assert words(finds, "email") == []


def test_all_words_must_be_there(store: Store, finds: Finds) -> None:
    stored(store, link(base={"first_name": "Ada", "last_name": "Lovelace"}))
    assert words(finds, "ada byron") == []


def test_a_value_that_is_no_text_of_any_alphabet_stops_no_search(
    store: Store, finds: Finds
) -> None:
    stored(store, link(base={"last_name": "half \ud83d and \x00"}), link(2, base=None))
    assert words(finds, "half") == ["hs1"]


def test_no_more_are_found_than_asked_for(store: Store, finds: Finds) -> None:
    stored(store, *(link(n, base={"email": f"n{n}@example.com"}) for n in range(1, 9)))
    assert len(words(finds, "example", most=5)) == 5


def test_a_held_value_of_a_linked_record_is_that_record(store: Store, finds: Finds) -> None:
    one = link(base={"email": "ada@example.com"})
    store.commit(Commit(ended(), [one], held=[held("hs1", value="ada@example.com")]))
    [found] = finds.by_words(CONTACTS, NAMES, ["ada"], 50)
    assert found.counterpart == "sf1"
