"""Merges and privacy deletes: who stays, what becomes of the ids, and what is blocked."""

from typing import Any

import pytest

from include.sandbox.hubspot import merging
from tests.sandbox.hubspot.client import Client, codes

CONTACTS = "/crm/v3/objects/contacts"


def merge(portal: Client, winner: str, loser: str, kind: str = "contacts") -> Any:
    body = {"primaryObjectId": winner, "objectIdToMerge": loser}
    return portal.told("POST", f"/crm/v3/objects/{kind}/merge", body)


def people(portal: Client, count: int) -> list[str]:
    return [portal.create(email=f"{n}@example.com") for n in range(count)]


def test_a_contact_lists_what_was_merged_into_it_and_when(portal: Client) -> None:
    winner, loser = people(portal, 2)
    told = merge(portal, winner, loser)["properties"]
    assert told["hs_merged_object_ids"] == loser
    assert told["hs_calculated_merged_vids"] == f"{loser}:1767600000000"
    assert told["hs_all_contact_vids"] == f"{winner};{loser}"


def test_ids_lead_through_several_merges(portal: Client) -> None:
    one, two, three = people(portal, 3)
    merge(portal, two, three)
    merge(portal, one, two)
    for id_ in (two, three):
        assert portal.read("contacts", id_)["id"] == one
    told = portal.read("contacts", one, "hs_merged_object_ids")["properties"]
    assert set(told["hs_merged_object_ids"].split(";")) == {two, three}


def test_a_change_sent_to_a_merged_id_reaches_the_winner(portal: Client) -> None:
    winner, loser = people(portal, 2)
    merge(portal, winner, loser)
    assert portal.update("contacts", loser, firstname="A")["id"] == winner


def test_a_merge_is_a_change_with_a_source_of_its_own(portal: Client) -> None:
    winner, loser = portal.create(lastname="A"), portal.create(lastname="B", phone="1")
    portal.world.clock.advance(1)
    told = merge(portal, winner, loser)
    assert told["updatedAt"] == "2026-01-05T08:00:01Z"
    url = f"{CONTACTS}/{winner}?propertiesWithHistory=phone"
    (version,) = portal.told("GET", url)["propertiesWithHistory"]["phone"]
    assert (version["value"], version["sourceType"]) == ("1", "MERGE_OBJECTS")


def test_the_winner_takes_the_losers_place_on_lists(portal: Client) -> None:
    winner, loser = people(portal, 2)
    portal.hubspot._portal.lists.change(1, [int(loser)], [])
    merge(portal, winner, loser)
    told = portal.told("GET", "/crm/v3/lists/1/memberships")["results"]
    assert [one["recordId"] for one in told] == [winner]


@pytest.mark.parametrize("kind", ["companies", "deals"])
def test_merged_records_may_get_a_third_id(portal: Client, kind: str) -> None:
    portal.setting("merge_makes_a_new_record", value=True)
    more: dict[str, str] = {"dealstage": "contractsent"} if kind == "deals" else {}
    name = "dealname" if kind == "deals" else "name"
    ids = [portal.create(kind, **{name: label}, **more) for label in "AB"]
    person = portal.create(lastname="A")
    portal.told("PUT", f"/crm/v4/objects/{kind}/{ids[1]}/associations/default/contacts/{person}")
    new = merge(portal, ids[0], ids[1], kind)["id"]
    assert new not in ids
    assert {portal.read(kind, id_)["id"] for id_ in (*ids, new)} == {new}
    told = portal.read(kind, new, name, "hs_merged_object_ids")["properties"]
    assert (told[name], set(told["hs_merged_object_ids"].split(";"))) == ("A", set(ids))
    url = f"/crm/v4/objects/{kind}/{new}/associations/contacts"
    assert len(portal.told("GET", url)["results"]) == 1
    assert portal.found(kind) == [new]


def test_too_many_merges_are_refused(portal: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "MOST_MERGED", 1)
    one, two, three = people(portal, 3)
    merge(portal, one, two)
    body = {"primaryObjectId": one, "objectIdToMerge": three}
    portal.told("POST", f"{CONTACTS}/merge", body, status=414)


def test_a_record_cannot_be_merged_with_itself_or_with_nobody(portal: Client) -> None:
    (one,) = people(portal, 1)
    for loser, status in ((one, 400), ("404", 404)):
        body = {"primaryObjectId": one, "objectIdToMerge": loser}
        portal.told("POST", f"{CONTACTS}/merge", body, status=status)


def test_a_privacy_delete_by_an_unknown_mail_blocks_it(portal: Client) -> None:
    body = {"objectId": "Gone@example.com", "idProperty": "email"}
    portal.told("POST", f"{CONTACTS}/gdpr-delete", body, status=204)
    wrong = {"properties": {"email": "gone@example.com"}}
    assert codes(portal.ask("POST", CONTACTS, wrong)) == ["INVALID_EMAIL"]
    other = portal.create(email="a@example.com")
    answer = portal.ask("PATCH", f"{CONTACTS}/{other}", wrong)
    assert codes(answer) == ["INVALID_EMAIL"]


def test_a_privacy_delete_takes_history_and_associations_along(portal: Client) -> None:
    id_ = portal.create(email="a@example.com", firstname="A")
    portal.update("contacts", id_, firstname="B")
    firm = portal.create("companies", name="A")
    portal.told("PUT", f"/crm/v4/objects/contacts/{id_}/associations/default/companies/{firm}")
    portal.told("POST", f"{CONTACTS}/gdpr-delete", {"objectId": id_}, status=204)
    url = f"/crm/v4/objects/companies/{firm}/associations/contacts"
    assert portal.told("GET", url)["results"] == []
    with portal.world.database.reading() as sql:
        rows = sql.execute("SELECT count(*) FROM hs_history WHERE type = 'contacts'").fetchone()
    assert rows[0] == 0


def test_someone_erased_may_come_back_as_somebody_new(portal: Client) -> None:
    old = portal.create(email="a@example.com")
    portal.told("POST", f"{CONTACTS}/gdpr-delete", {"objectId": old}, status=204)
    assert portal.create(email="a@example.com") != old
