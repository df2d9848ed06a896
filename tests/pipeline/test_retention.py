"""Forgetting a contact and forgetting the past, over two CRMs in memory."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from include.crmsync.model.record import System
from include.crmsync.pipeline import retention
from include.crmsync.pipeline.forget import Person
from include.crmsync.state import schema
from include.crmsync.state.transaction import reading
from tests.pipeline.two_crms import TwoCrms

EMAIL = "ada.canary@example.com"
DIGEST = f"sha256:{sha256(EMAIL.encode()).hexdigest()}"
CANARIES = ("ada.canary", "Canarylace", "Canarystreet", "555 0001 7777", "Canaryness")
ADA: dict[str, Any] = {
    "email": "Ada.Canary@Example.com ",
    "lastname": "Canarylace",
    "phone": "+44 555 0001 7777",
    "address": "1 Canarystreet",
    "jobtitle": "Canaryness",
}


def everywhere(crms: TwoCrms) -> str:
    """Every table, every artifact, and the bytes of the store's files."""
    shop = crms.workshop()
    with reading(shop.store._engine) as connection:
        rows = [
            str(row)
            for table in schema.metadata.tables.values()
            for row in connection.execute(select(table))
        ]
    shop.close()
    files = [path.read_bytes().decode("latin-1") for path in _files(crms.folder)]
    return "\n".join([*rows, *files])


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def found(crms: TwoCrms, *words: str) -> list[str]:
    text = everywhere(crms).lower()
    return [word for word in words if word.lower() in text]


def asked(crms: TwoCrms, named: str) -> int:
    shop = crms.workshop()
    try:
        return retention.forget_contact(named, shop)
    finally:
        shop.close()


@pytest.fixture
def ada(crms: TwoCrms) -> tuple[str, str]:
    """A contact who has been in every place: created, edited, in conflict, held, audited."""
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.hubspot_contact(email="grace@example.com", lastname="Hopper")
    crms.sync()
    salesforce_id = crms.links()[hubspot_id]
    crms.clock.advance(3600)
    crms.salesforce.edit(salesforce_id, Title="Canaryness II")
    crms.hubspot.edit(hubspot_id, jobtitle="Canaryness III", address="Canarystreet" * 99)
    crms.sync()
    assert crms.held()[hubspot_id]
    assert found(crms, *CANARIES) == list(CANARIES)
    return hubspot_id, salesforce_id


@pytest.mark.parametrize("named", ["{hubspot}", "{salesforce}", EMAIL.upper(), DIGEST])
def test_whoever_asks_is_erased_from_every_table_and_artifact(
    crms: TwoCrms, ada: tuple[str, str], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = dict(zip(("hubspot", "salesforce"), ada, strict=True))
    # The ids of the CRMs in memory are no digits.
    monkeypatch.setattr(Person, "called", staticmethod(_called(ids)))
    assert asked(crms, named.format(**ids)) == 2
    assert found(crms, *CANARIES, *ada) == []
    assert found(crms, "Hopper") == ["Hopper"]
    assert crms.links().keys() != set()


def _called(ids: dict[str, str]) -> Any:
    plain = Person.called

    def called(named: str) -> Person:
        return Person(hubspot_id=named) if named == ids["hubspot"] else plain(named)

    return called


def test_who_was_held_and_never_linked_can_be_forgotten_too(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA | {"email": "ada canary@no address"})
    crms.sync()
    assert "ada canary" in everywhere(crms)
    assert asked(crms, "ada canary@no address") == 1
    assert found(crms, "ada canary", "Canarylace") == []


def test_nobody_is_forgotten_for_a_name_that_nobody_has(
    crms: TwoCrms, ada: tuple[str, str]
) -> None:
    assert asked(crms, "nobody@example.com") == 0
    assert ada[0] in crms.links()


@pytest.mark.parametrize(
    ("named", "person"),
    [
        ("2101", Person(hubspot_id="2101")),
        (" 003Sd00000000OtIAI", Person(salesforce_id="003Sd00000000OtIAI")),
        ("ada@example.com", Person(email="ada@example.com")),
        ("SHA256:AB", Person(email_digest="ab")),
    ],
)
def test_one_text_names_a_contact(named: str, person: Person) -> None:
    assert Person.called(named) == person


def test_what_is_old_is_forgotten_and_the_sync_goes_on(crms: TwoCrms, ada: tuple[str, str]) -> None:
    crms.clock.advance(181 * 86_400)
    crms.sync()
    shop = crms.workshop()
    told = retention.forget_old(shop)
    left = {one.id for one in shop.journal.runs(99)}
    shop.close()
    assert told["runs"] > 0
    assert left == {f"run-{crms.runs}"}
    crms.hubspot.edit(ada[0], mobilephone="1")
    crms.sync()
    assert crms.salesforce.records[ada[1]].raw["MobilePhone"] == "1"
    assert crms.crm(System.HUBSPOT).records.keys() == set(crms.links())
