"""Features of an org: lead assignment, field history, several currencies, locked rows."""

from include.sandbox.seed.staff import INTEGRATION_USER, QUEUE_ID, SHARED
from tests.sandbox.salesforce.client import Client, row

AMARA = SHARED[0].salesforce_id


def test_the_assignment_rule_gives_new_leads_an_owner(org: Client) -> None:
    org.set(lead_assignment_owner=QUEUE_ID)
    assert org.read(org.create("Lead"), "Lead")["OwnerId"] == QUEUE_ID
    assert org.read(org.create("Lead", OwnerId=AMARA), "Lead")["OwnerId"] == QUEUE_ID
    assert org.read(org.create("Contact"))["OwnerId"] == INTEGRATION_USER.salesforce_id


def test_a_header_keeps_the_assignment_rule_out(org: Client) -> None:
    org.set(lead_assignment_owner=QUEUE_ID)
    org.headers["sforce-auto-assign"] = "FALSE"
    assert org.read(org.create("Lead", OwnerId=AMARA), "Lead")["OwnerId"] == AMARA


def test_bulk_jobs_assign_only_when_they_name_the_rule(org: Client) -> None:
    org.set(lead_assignment_owner=QUEUE_ID)
    org.run_job("LastName,Company\na,x\n", sobject="Lead")
    org.run_job("LastName,Company\nb,x\n", sobject="Lead", assignmentRuleId="01Q000000000001")
    owners = org.values("SELECT OwnerId FROM Lead ORDER BY LastName")
    assert owners == [[INTEGRATION_USER.salesforce_id], [QUEUE_ID]]


def history(org: Client, record_id: str) -> list[list[object]]:
    return org.values(
        "SELECT Field, OldValue, NewValue FROM ContactHistory"
        f" WHERE ContactId = '{record_id}' ORDER BY Id"
    )


def test_a_tracked_field_leaves_its_old_value_behind(org: Client) -> None:
    record_id = org.create("Contact", Email="a@example.com", Title="x")
    body = {"Email": "b@example.com", "Title": "y"}
    org.call("PATCH", f"/sobjects/Contact/{record_id}", body)
    assert history(org, record_id) == [
        ["created", None, None],
        ["Email", "a@example.com", "b@example.com"],
    ]


def test_a_reference_is_told_by_name_and_by_id(org: Client) -> None:
    record_id = org.create("Contact")
    account_id = org.create("Account", Name="Acme")
    org.call("PATCH", f"/sobjects/Contact/{record_id}", {"AccountId": account_id})
    assert history(org, record_id)[1:] == [["Account", None, "Acme"], ["Account", None, account_id]]


def test_history_keeps_numbers_and_says_who_and_when(org: Client) -> None:
    record_id = org.create("Opportunity", Amount=10)
    org.world.clock.advance(60)
    org.call("PATCH", f"/sobjects/Opportunity/{record_id}", {"Amount": 12.5})
    soql = (
        "SELECT Id, OldValue, NewValue, CreatedDate, CreatedById, DataType"
        " FROM OpportunityFieldHistory WHERE Field = 'Amount'"
    )
    [[identity, old, new, when, who, kind]] = org.values(soql)
    assert identity.startswith("017")
    assert (old, new, kind) == (10, 12.5, "Currency")
    assert (when, who) == ("2026-01-05T08:01:00.000+0000", INTEGRATION_USER.salesforce_id)


def test_history_hangs_below_its_record_and_is_read_only(org: Client) -> None:
    org.create("Contact")
    [[rows]] = org.values("SELECT (SELECT Field FROM Histories) FROM Contact")
    assert rows["records"][0]["Field"] == "created"
    described = org.call("GET", "/sobjects/ContactHistory/describe").body
    assert (described["createable"], described["updateable"]) == (False, False)
    assert "SystemModstamp" not in {one["name"] for one in described["fields"]}


def test_a_setting_says_which_fields_are_tracked(org: Client) -> None:
    org.set(tracked_fields={"Contact": ["Title"]})
    record_id = org.create("Contact", Title="x", Email="a@example.com")
    body = {"Email": "b@example.com", "Title": "y"}
    org.call("PATCH", f"/sobjects/Contact/{record_id}", body)
    assert history(org, record_id)[1:] == [["Title", "x", "y"]]


def test_an_org_of_one_currency_knows_no_currency_code(org: Client) -> None:
    assert org.refused_query("SELECT CurrencyIsoCode FROM Opportunity")["errorCode"] == (
        "INVALID_FIELD"
    )
    assert org.refused("Opportunity", CurrencyIsoCode="EUR")["errorCode"] == "INVALID_FIELD"
    assert org.call("GET", "/sobjects/CurrencyType/describe").status == 404


def test_an_org_of_several_currencies_has_a_code_on_every_record(org: Client) -> None:
    before = org.create("Opportunity", Name="a")
    org.set(multi_currency=True)
    org.create("Opportunity", Name="b", CurrencyIsoCode="EUR")
    soql = "SELECT CurrencyIsoCode FROM Opportunity ORDER BY Name"
    assert org.values(soql) == [["USD"], ["EUR"]]
    assert org.read(before, "Opportunity")["CurrencyIsoCode"] == "USD"
    assert org.refused("Opportunity", CurrencyIsoCode="XXX")["errorCode"] == (
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    )


def test_the_currencies_and_their_rates_are_records(org: Client) -> None:
    org.set(multi_currency=True)
    soql = "SELECT IsoCode, ConversionRate, IsCorporate FROM CurrencyType ORDER BY IsoCode"
    assert org.values(soql) == [["EUR", 0.9, False], ["GBP", 0.8, False], ["USD", 1.0, True]]


def test_a_locked_record_is_not_written(org: Client) -> None:
    record_id = org.create("Contact")
    org.set(locked_records=[record_id])
    answer = org.call("PATCH", f"/sobjects/Contact/{record_id}", {"LastName": "x"})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "UNABLE_TO_LOCK_ROW")
    org.set(locked_records=[])
    assert org.call("PATCH", f"/sobjects/Contact/{record_id}", {"LastName": "x"}).status == 204


def test_a_locked_parent_holds_up_its_children(org: Client) -> None:
    account_id = org.create("Account")
    org.set(locked_records=[account_id])
    bad, good = org.collection(
        "POST", "", row("Contact", LastName="a", AccountId=account_id), row("Contact", LastName="b")
    )
    assert bad["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    assert good["success"] is True
