"""One record at a time: what is stored, stamped, deleted, and found by an external id."""

import pytest

from include.sandbox.salesforce.ids import canonical, checksum, number_of, numbered
from include.sandbox.seed.staff import INTEGRATION_USER, LEFT, QUEUE_ID
from tests.sandbox.salesforce.client import KEY, Client

MORNING = "2026-01-05T08:00:00.000+0000"


def test_ids_have_18_characters_and_the_objects_prefix(org: Client) -> None:
    record_id = org.create("Contact")
    assert len(record_id) == 18
    assert record_id.startswith("003")
    assert record_id[15:] == checksum(record_id[:15])


def test_a_real_id_has_its_checksum() -> None:
    assert checksum("0012400000qNYkB") == "AAW"


def test_an_id_is_mended_from_its_checksum() -> None:
    full = numbered("003", 987_654_321)
    assert canonical(full[:15]) == full
    assert canonical(full.upper()) == full
    assert canonical("003") is None
    assert number_of(full, "003") == 987_654_321


def test_15_characters_find_the_same_record(org: Client) -> None:
    record_id = org.create("Contact")
    assert org.read(record_id[:15])["Id"] == record_id


def test_a_new_record_is_stamped_and_owned_by_who_wrote_it(org: Client) -> None:
    made = org.read(org.create("Contact"))
    assert made["CreatedDate"] == made["LastModifiedDate"] == made["SystemModstamp"] == MORNING
    assert made["CreatedById"] == made["OwnerId"] == INTEGRATION_USER.salesforce_id


def test_an_update_that_changes_nothing_moves_the_stamps(org: Client) -> None:
    record_id = org.create("Contact", Title="Buyer")
    org.world.clock.advance(90)
    assert org.call("PATCH", f"/sobjects/Contact/{record_id}", {"Title": "Buyer"}).status == 204
    after = org.read(record_id)
    assert after["SystemModstamp"] == after["LastModifiedDate"] == "2026-01-05T08:01:30.000+0000"
    assert after["CreatedDate"] == MORNING


def test_text_is_trimmed_and_blank_text_is_null(org: Client) -> None:
    made = org.read(org.create("Contact", Title=" Buyer\n", Phone="   "))
    assert (made["Title"], made["Phone"]) == ("Buyer", None)


def test_null_clears_a_field(org: Client) -> None:
    record_id = org.create("Contact", Title="Buyer")
    org.call("PATCH", f"/sobjects/Contact/{record_id}", {"Title": None})
    assert org.read(record_id)["Title"] is None


def test_a_persons_name_is_made_of_its_parts(org: Client) -> None:
    record_id = org.create("Contact", FirstName="Ada", Salutation="Ms.")
    assert org.read(record_id)["Name"] == "Ada Lovelace"
    org.call("PATCH", f"/sobjects/Contact/{record_id}", {"LastName": "King"})
    assert org.read(record_id)["Name"] == "Ada King"


def test_an_address_is_made_of_its_parts(org: Client) -> None:
    made = org.read(org.create("Contact", MailingCity="Paris", MailingPostalCode="75001"))
    assert made["MailingAddress"]["city"] == "Paris"
    assert made["MailingAddress"]["postalCode"] == "75001"
    assert made["OtherAddress"] is None


@pytest.mark.parametrize(
    ("stage", "closed", "won", "probability", "category"),
    [
        ("Prospecting", False, False, 10, "Pipeline"),
        ("Closed Won", True, True, 100, "Closed"),
        ("Closed Lost", True, False, 0, "Omitted"),
    ],
)
def test_a_stage_implies_the_rest(
    org: Client, stage: str, closed: bool, won: bool, probability: int, category: str
) -> None:
    record_id = org.create("Opportunity", StageName=stage, Amount=200)
    made = org.read(record_id, "Opportunity")
    assert (made["IsClosed"], made["IsWon"]) == (closed, won)
    assert made["Probability"] == probability
    assert made["ExpectedRevenue"] == 2 * probability
    assert made["ForecastCategory"] == category


def test_a_deleted_record_is_gone_but_not_forgotten(org: Client) -> None:
    record_id = org.create("Contact")
    assert org.call("DELETE", f"/sobjects/Contact/{record_id}").status == 204
    for method in ("GET", "DELETE"):
        answer = org.call(method, f"/sobjects/Contact/{record_id}")
        assert (answer.status, answer.body[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")
    assert org.query("SELECT COUNT() FROM Contact")["totalSize"] == 0
    [found] = org.query("SELECT Id, IsDeleted FROM Contact", "queryAll")["records"]
    assert (found["Id"], found["IsDeleted"]) == (record_id, True)


def test_contacts_go_and_come_back_with_their_account(org: Client) -> None:
    account_id = org.create("Account")
    kept = org.create("Contact", AccountId=account_id)
    gone_before = org.create("Contact", AccountId=account_id)
    org.call("DELETE", f"/sobjects/Contact/{gone_before}")
    org.world.clock.advance(60)
    org.call("DELETE", f"/sobjects/Account/{account_id}")
    assert org.query("SELECT COUNT() FROM Contact")["totalSize"] == 0
    org.world.clock.advance(60)
    org.verb("undelete", id=account_id)
    assert org.values("SELECT Id FROM Contact") == [[kept]]


def test_an_unknown_id_is_not_found(org: Client) -> None:
    answer = org.call("GET", f"/sobjects/Contact/{numbered('003', 7)}")
    assert (answer.status, answer.body[0]["errorCode"]) == (404, "NOT_FOUND")


def test_an_external_id_creates_then_updates(org: Client) -> None:
    path = f"/sobjects/Contact/{KEY}/17"
    created = org.call("PATCH", path, {"LastName": "Lovelace"})
    assert (created.status, created.body["created"]) == (201, True)
    updated = org.call("PATCH", path, {"LastName": "King"})
    assert (updated.status, updated.body["created"]) == (200, False)
    assert org.call("GET", path).body["LastName"] == "King"


def test_before_v46_an_upsert_that_updates_has_no_body(org: Client) -> None:
    path = f"/services/data/v45.0/sobjects/Contact/{KEY}/17"
    assert org.call("PATCH", path, {"LastName": "Lovelace"}).status == 201
    assert org.call("PATCH", path, {"LastName": "King"}).status == 204


def test_several_holders_of_a_key_are_offered_to_choose_from(org: Client) -> None:
    ids = sorted(org.create("Contact", Email="ada@example.com") for _ in range(2))
    answer = org.call("GET", "/sobjects/Contact/Email/ADA@example.com")
    assert answer.status == 300
    assert answer.body == [f"/services/data/v62.0/sobjects/Contact/{one}" for one in ids]


def test_the_key_may_not_stand_in_the_body_too(org: Client) -> None:
    answer = org.call("PATCH", f"/sobjects/Contact/{KEY}/17", {KEY: "17", "LastName": "L"})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_a_field_that_is_no_key_is_not_found(org: Client) -> None:
    answer = org.call("PATCH", "/sobjects/Contact/Title/17", {"LastName": "L"})
    assert (answer.status, answer.body[0]["errorCode"]) == (404, "NOT_FOUND")


def test_an_external_id_is_held_once_whatever_its_case(org: Client) -> None:
    first = org.create("Contact", **{KEY: "ab1"})
    refused = org.refused("Contact", **{KEY: "AB1"})
    assert refused["errorCode"] == "DUPLICATE_VALUE"
    assert first in refused["message"]


def test_a_deleted_record_frees_its_external_id(org: Client) -> None:
    org.call("DELETE", f"/sobjects/Contact/{org.create('Contact', **{KEY: '1'})}")
    org.create("Contact", **{KEY: "1"})


def test_a_parent_may_be_named_by_its_external_id(org: Client) -> None:
    account_id = org.create("Account", **{KEY: "77"})
    record_id = org.create("Contact", Account={KEY: "77"})
    assert org.read(record_id)["AccountId"] == account_id
    assert org.refused("Contact", Account={KEY: "78"})["errorCode"] == "INVALID_FIELD"


def test_a_queue_may_own_a_lead_but_not_a_contact(org: Client) -> None:
    assert org.read(org.create("Lead", OwnerId=QUEUE_ID), "Lead")["OwnerId"] == QUEUE_ID
    assert org.refused("Contact", OwnerId=QUEUE_ID)["errorCode"] == "FIELD_INTEGRITY_EXCEPTION"


def test_who_has_left_cannot_be_made_an_owner(org: Client) -> None:
    refused = org.refused("Account", OwnerId=LEFT.salesforce_id)
    assert refused["errorCode"] == "INACTIVE_OWNER_OR_USER"


@pytest.mark.parametrize(
    ("account_id", "code"),
    [
        ("not an id", "MALFORMED_ID"),
        (numbered("003", 1), "FIELD_INTEGRITY_EXCEPTION"),
        (numbered("001", 1), "INVALID_CROSS_REFERENCE_KEY"),
    ],
)
def test_a_reference_must_lead_to_a_record(org: Client, account_id: str, code: str) -> None:
    assert org.refused("Contact", AccountId=account_id)["errorCode"] == code


def test_a_reference_to_a_deleted_record_is_refused(org: Client) -> None:
    account_id = org.create("Account")
    org.call("DELETE", f"/sobjects/Account/{account_id}")
    assert org.refused("Contact", AccountId=account_id)["errorCode"] == "ENTITY_IS_DELETED"


def test_records_are_described_as_they_are_written(org: Client) -> None:
    described = org.call("GET", "/sobjects/Contact/describe").body
    fields = {one["name"]: one for one in described["fields"]}
    assert described["keyPrefix"] == "003"
    assert (fields["LastName"]["length"], fields["LastName"]["nillable"]) == (80, False)
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    assert fields["AccountId"]["relationshipName"] == "Account"
    assert (fields["Name"]["createable"], fields["Name"]["updateable"]) == (False, False)
    assert (fields[KEY]["externalId"], fields[KEY]["unique"], fields[KEY]["custom"]) == (
        True,
        True,
        True,
    )
    assert set(org.read(org.create("Contact"))) == {"attributes", *fields}
