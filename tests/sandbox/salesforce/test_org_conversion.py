"""Converted leads, merged and restored records, by the routes a person's clicks stand for."""

from include.sandbox.seed.staff import INTEGRATION_USER, QUEUE_ID
from tests.sandbox.salesforce.client import Client


def test_a_lead_becomes_an_account_a_contact_and_an_opportunity(org: Client) -> None:
    lead_id = org.create("Lead", FirstName="Ada", Email="ada@example.com", City="Paris")
    made = org.verb("convert-lead", lead_id=lead_id).body
    lead = org.read(lead_id, "Lead")
    assert (lead["IsConverted"], lead["Status"]) == (True, "Closed - Converted")
    assert lead["ConvertedContactId"] == made["contact_id"]
    assert lead["ConvertedAccountId"] == made["account_id"]
    assert lead["ConvertedOpportunityId"] == made["opportunity_id"]
    contact = org.read(made["contact_id"])
    assert (contact["Name"], contact["Email"]) == ("Ada Lovelace", "ada@example.com")
    assert (contact["AccountId"], contact["MailingCity"]) == (made["account_id"], "Paris")
    assert org.read(made["account_id"], "Account")["Name"] == "Acme"


def test_a_lead_can_join_an_account_that_exists_without_an_opportunity(org: Client) -> None:
    account_id = org.create("Account")
    lead_id = org.create("Lead", OwnerId=QUEUE_ID)
    told = {"lead_id": lead_id, "account_id": account_id, "with_opportunity": False}
    made = org.verb("convert-lead", **told).body
    assert (made["account_id"], made["opportunity_id"]) == (account_id, None)
    assert org.read(made["contact_id"])["OwnerId"] == INTEGRATION_USER.salesforce_id


def test_a_converted_lead_is_read_only(org: Client) -> None:
    lead_id = org.create("Lead")
    org.verb("convert-lead", lead_id=lead_id)
    answer = org.call("PATCH", f"/sobjects/Lead/{lead_id}", {"Title": "x"})
    assert answer.body[0]["errorCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"
    again = org.verb("convert-lead", lead_id=lead_id)
    assert (again.status, again.body[0]["errorCode"]) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")


def test_a_merged_record_points_at_its_master_and_leaves_it_its_children(org: Client) -> None:
    master, loser = org.create("Account"), org.create("Account")
    contact_id = org.create("Contact", AccountId=loser)
    org.verb("merge", sobject="Account", master_id=master, merged_ids=[loser])
    soql = f"SELECT IsDeleted, MasterRecordId FROM Account WHERE Id = '{loser}'"
    [gone] = org.query(soql, "queryAll")["records"]
    assert (gone["IsDeleted"], gone["MasterRecordId"]) == (True, master)
    assert org.read(contact_id)["AccountId"] == master


def test_a_deleted_record_can_be_restored(org: Client) -> None:
    record_id = org.create("Contact")
    assert org.verb("undelete", id=record_id).status == 400
    org.call("DELETE", f"/sobjects/Contact/{record_id}")
    assert org.verb("undelete", id=record_id).status == 200
    assert org.read(record_id)["IsDeleted"] is False


def test_a_refused_verb_says_why(org: Client) -> None:
    assert org.verb("convert-lead").body[0]["errorCode"] == "MISSING_ARGUMENT"
    assert org.verb("merge", sobject="Opportunity").body[0]["errorCode"] == "INVALID_TYPE"


def test_a_test_in_process_converts_by_a_method(org: Client) -> None:
    lead_id = org.create("Lead")
    made = org.salesforce.convert_lead(lead_id, with_opportunity=False)
    assert org.read(lead_id, "Lead")["ConvertedContactId"] == made.contact_id


def test_a_merge_takes_three_records_at_most(org: Client) -> None:
    master, *losers = [org.create("Contact") for _ in range(4)]
    answer = org.verb("merge", sobject="Contact", master_id=master, merged_ids=losers)
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_INPUT")


def test_what_left_the_recycle_bin_is_nowhere(org: Client) -> None:
    gone, kept = org.create("Contact"), org.create("Contact")
    org.call("DELETE", f"/sobjects/Contact/{gone}")
    assert org.verb("empty-recycle-bin").body == {"purged": 1}
    soql = "SELECT Id FROM Contact"
    assert [one["Id"] for one in org.query(soql, "queryAll")["records"]] == [kept]
    assert org.call("GET", f"/sobjects/Contact/{gone}").body[0]["errorCode"] == "NOT_FOUND"
    assert org.verb("undelete", id=gone).status == 400
