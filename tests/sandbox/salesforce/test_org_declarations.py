"""What is declared: custom objects, custom fields, formula fields and record types."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from include.sandbox.database import Database
from include.sandbox.salesforce import DEFAULTS, Salesforce
from include.sandbox.salesforce.declaring import BadDeclaration, read
from include.sandbox.settings import change, fresh
from include.sandbox.world import World
from tests.conftest import ROOT
from tests.sandbox.salesforce.client import BASE, CREDENTIALS, TOKEN, Client
from tests.sandbox.starting import started

INVOICE = {
    "name": "Invoice__c",
    "label": "Invoice",
    "plural": "Invoices",
    "fields": [
        {"name": "Total__c", "type": "currency", "required": True},
        {"name": "Account__c", "type": "reference", "to": ["Account"], "children": "Invoices__r"},
        {"name": "Number__c", "type": "string", "length": 20, "external_id": True, "unique": True},
    ],
}


def test_a_custom_object_is_served_like_any_other(org: Client) -> None:
    org.declare(**INVOICE)
    account_id = org.create("Account")
    record_id = org.create("Invoice__c", Name="I-1", Total__c=9.5, Account__c=account_id)
    assert record_id.startswith("a00")
    soql = "SELECT Name, Total__c, Account__r.Name FROM Invoice__c"
    [[name, total, account]] = org.values(soql)
    assert (name, total, account["Name"]) == ("I-1", 9.5, "Acme")
    [[children]] = org.values("SELECT (SELECT Name FROM Invoices__r) FROM Account")
    assert children["totalSize"] == 1
    upserted = org.call("PATCH", "/sobjects/Invoice__c/Number__c/7", {"Total__c": 1})
    assert upserted.status == 201
    assert org.refused("Invoice__c")["errorCode"] == "REQUIRED_FIELD_MISSING"
    described = org.call("GET", "/sobjects/Invoice__c/describe").body
    assert (described["custom"], described["labelPlural"]) == (True, "Invoices")


def test_a_custom_field_joins_an_object_that_is_there(org: Client) -> None:
    field = {"name": "Region__c", "type": "picklist", "values": ["North", "South"]}
    assert "Region__c" in org.declare(name="Contact", fields=[field])["fields"]
    org.create("Contact", Region__c="North")
    assert org.values("SELECT Region__c FROM Contact") == [["North"]]


@pytest.mark.parametrize(
    "told",
    [
        {"name": "Invoice"},
        {"name": "Contact", "fields": [{"name": "Region", "type": "string"}]},
        {"name": "Contact", "fields": [{"name": 'a"b__c', "type": "string"}]},
        {"name": "Contact", "fields": [{"name": "A__c", "type": "sound"}]},
        {"name": "Contact", "fields": [{"name": "A__c", "type": "string", "loud": True}]},
        {"name": "Contact", "fields": [{"name": "A__c", "type": "reference"}]},
        {"name": "Contact", "fields": [{"name": "crmsync_hubspot_id__c", "type": "string"}]},
        {"name": "Contact", "fields": "all"},
        {"name": "Invoice__c", "prefix": "003"},
        {"fields": []},
    ],
)
def test_a_declaration_that_makes_no_sense_changes_nothing(
    org: Client, told: dict[str, Any]
) -> None:
    before = org.call("GET", "/sobjects").body
    answer = org.verb("declare", **told)
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_INPUT")
    assert org.call("GET", "/sobjects").body == before


def formula(org: Client, text: str, kind: str = "string", **more: Any) -> None:
    org.declare(name="Contact", fields=[{"name": "F__c", "type": kind, "formula": text, **more}])


def test_a_formula_is_worked_out_when_a_record_is_read(org: Client) -> None:
    formula(org, "UPPER(LastName) & ', ' & FirstName")
    record_id = org.create("Contact", FirstName="Ada", LastName="King")
    assert org.values("SELECT F__c FROM Contact") == [["KING, Ada"]]
    assert org.read(record_id)["F__c"] == "KING, Ada"
    retrieved = org.call("GET", f"/composite/sobjects/Contact?ids={record_id}&fields=F__c")
    assert retrieved.body[0]["F__c"] == "KING, Ada"


def test_a_formula_over_a_parent_moves_no_stamp(org: Client) -> None:
    formula(org, "Account.Industry")
    account_id = org.create("Account", Industry="Energy")
    record_id = org.create("Contact", AccountId=account_id)
    stamp = org.read(record_id)["SystemModstamp"]
    org.world.clock.advance(60)
    org.call("PATCH", f"/sobjects/Account/{account_id}", {"Industry": "Media"})
    record = org.read(record_id)
    assert (record["F__c"], record["SystemModstamp"]) == ("Media", stamp)


def test_a_query_can_filter_and_sort_by_a_formula(org: Client) -> None:
    formula(org, "LEN(LastName)", "double")
    for name in ("aaa", "b", "cc"):
        org.create("Contact", LastName=name)
    soql = "SELECT LastName FROM Contact WHERE F__c > 1 ORDER BY F__c"
    assert org.values(soql) == [["cc"], ["aaa"]]


def test_a_formula_reaches_through_a_parents_formula(org: Client) -> None:
    field = {"name": "Big__c", "type": "boolean", "formula": "NumberOfEmployees > 100"}
    org.declare(name="Account", fields=[field])
    formula(org, 'IF(Account.Big__c, "large", "small")')
    org.create("Contact", AccountId=org.create("Account", NumberOfEmployees=500))
    assert org.values("SELECT F__c, Account.Big__c FROM Contact")[0][0] == "large"


def test_a_formula_knows_the_day(org: Client) -> None:
    formula(org, "TODAY() - Birthdate", "double")
    org.create("Contact", Birthdate="2026-01-01")
    assert org.values("SELECT F__c FROM Contact") == [[4]]
    org.world.clock.advance(86_400)
    org.log_in()
    assert org.values("SELECT F__c FROM Contact") == [[5]]


def test_a_formula_is_read_only_and_says_so(org: Client) -> None:
    formula(org, "LastName")
    assert org.refused("Contact", F__c="x")["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    described = org.call("GET", "/sobjects/Contact/describe").body["fields"]
    [field] = [one for one in described if one["name"] == "F__c"]
    assert (field["calculated"], field["calculatedFormula"]) == (True, "LastName")
    assert (field["createable"], field["updateable"]) == (False, False)


def test_a_formula_that_divides_by_nothing_is_blank(org: Client) -> None:
    formula(org, "1 / (LEN(LastName) - 1)", "double")
    org.create("Contact", LastName="a")
    assert org.values("SELECT F__c FROM Contact") == [[None]]


def record_types(org: Client, *names: str) -> list[str]:
    org.declare(name="Contact", record_types=list(names))
    found = org.values("SELECT Id FROM RecordType WHERE SobjectType = 'Contact' ORDER BY Id")
    return [str(one[0]) for one in found]


def test_without_record_types_there_is_no_field_for_them(org: Client) -> None:
    described = org.call("GET", "/sobjects/Contact/describe").body
    assert "RecordTypeId" not in {one["name"] for one in described["fields"]}
    assert [one["name"] for one in described["recordTypeInfos"]] == ["Master"]
    assert org.refused_query("SELECT RecordTypeId FROM Contact")["errorCode"] == "INVALID_FIELD"


def test_record_types_bring_their_field_to_their_object_alone(org: Client) -> None:
    first, second = record_types(org, "Customer", "Partner firm")
    assert first.startswith("012")
    record_id = org.create("Contact", RecordTypeId=second)
    [[name]] = org.values("SELECT RecordType.DeveloperName FROM Contact")
    assert name["DeveloperName"] == "Partner_firm"
    assert org.read(record_id)["RecordTypeId"] == second
    assert org.refused_query("SELECT RecordTypeId FROM Lead")["errorCode"] == "INVALID_FIELD"


def test_a_record_gets_the_first_record_type_unless_told(org: Client) -> None:
    first, _ = record_types(org, "Customer", "Partner")
    assert org.read(org.create("Contact"))["RecordTypeId"] == first


def test_record_types_are_described(org: Client) -> None:
    first, second = record_types(org, "Customer", "Partner")
    infos = org.call("GET", "/sobjects/Contact/describe").body["recordTypeInfos"]
    assert [(one["recordTypeId"], one["defaultRecordTypeMapping"]) for one in infos] == [
        (first, True),
        (second, False),
        ("012000000000000AAA", False),
    ]
    assert [one["master"] for one in infos] == [False, False, True]


def test_a_record_type_of_another_object_is_refused(org: Client) -> None:
    record_types(org, "Customer")
    org.declare(name="Lead", record_types=["Web"])
    [[other]] = org.values("SELECT Id FROM RecordType WHERE SobjectType = 'Lead'")
    error = org.refused("Contact", RecordTypeId=other)
    assert error["errorCode"] == "INVALID_CROSS_REFERENCE_KEY"
    assert error["message"] == f"Record Type ID: this ID value isn't valid for the user: {other}"


def test_a_record_type_can_be_made_like_a_record(org: Client) -> None:
    org.create("RecordType", Name="Partner", DeveloperName="Partner", SobjectType="Account")
    org.create("Account")
    assert org.values("SELECT RecordType.Name FROM Account")[0][0]["Name"] == "Partner"


def test_a_declaration_file_holds_from_the_start_and_after_a_reset(tmp_path: Path) -> None:
    path = tmp_path / "custom.yaml"
    path.write_text("- {name: Contact, fields: [{name: A__c, type: string}], record_types: [X]}\n")
    world = World(Database(), settings={"salesforce": fresh(DEFAULTS)})
    org = Client(Salesforce(world, read(path)), world)
    org.log_in()
    org.create("Contact", A__c="a")
    org.declare(name="Contact", fields=[{"name": "B__c", "type": "string"}])
    org.salesforce.reset()
    org.log_in()
    assert org.values("SELECT A__c, RecordTypeId FROM Contact") == []
    assert org.refused_query("SELECT B__c FROM Contact")["errorCode"] == "INVALID_FIELD"
    world.database.close()


def test_what_was_declared_is_remembered_with_the_database(tmp_path: Path) -> None:
    file = str(tmp_path / "sandbox.db")
    for number in range(2):
        world = World(Database(file), settings={"salesforce": fresh(DEFAULTS)})
        org = Client(Salesforce(world), world)
        org.log_in()
        if number == 0:
            org.declare(name="Contact", fields=[{"name": "A__c", "type": "string"}])
            org.create("Contact", A__c="a")
        assert org.values("SELECT A__c FROM Contact") == [["a"]]
        world.database.close()


@pytest.mark.parametrize("text", ["- {", "a: [", "- 7\n"])
def test_a_file_that_is_no_declaration_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "custom.yaml"
    path.write_text(text)
    with pytest.raises(BadDeclaration):
        read(path)


def test_another_file_counts_instead_of_what_the_database_remembers(tmp_path: Path) -> None:
    file = str(tmp_path / "sandbox.db")
    for name in ("A__c", "B__c"):
        world = World(Database(file), settings={"salesforce": fresh(DEFAULTS)})
        declared = [{"name": "Contact", "fields": [{"name": name, "type": "string"}]}]
        org = Client(Salesforce(world, declared), world)
        org.log_in()
        described = org.call("GET", "/sobjects/Contact/describe").body["fields"]
        assert [one["name"] for one in described if one["name"] in ("A__c", "B__c")] == [name]
        world.database.close()


def test_the_command_line_takes_a_declaration_file(tmp_path: Path) -> None:
    path = tmp_path / "custom.yaml"
    path.write_text("{name: Invoice__c, fields: [{name: Total__c, type: currency}]}")
    with started("--port", "0", "--declare", str(path)) as process:
        [url] = process.urls()
        token = httpx.post(url + TOKEN, data=CREDENTIALS).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        made = httpx.post(f"{url}{BASE}/sobjects/Invoice__c", json={"Total__c": 2}, headers=headers)
        assert made.status_code == 201
        assert process.end()[0] == 0


def test_a_file_that_is_no_declaration_ends_the_command_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "custom.yaml"
    path.write_text("{name: Invoice}")
    with started("--port", "0", "--declare", str(path)) as process:
        status, _, told = process.ended()
    assert (status, told.count("\n"), "Invoice" in told) == (2, 1, True)


def documented(language: str) -> list[str]:
    """The blocks of a language in the sandbox's document."""
    text = (ROOT / "docs" / "sandbox.md").read_text("utf-8")
    return [part.split("```")[0] for part in text.split(f"```{language}\n")[1:]]


def test_the_documented_declarations_hold(tmp_path: Path) -> None:
    [example] = documented("yaml")
    path = tmp_path / "custom.yaml"
    path.write_text(example)
    world = World(Database(), settings={"salesforce": fresh(DEFAULTS)})
    org = Client(Salesforce(world, read(path)), world)
    org.log_in()
    account_id = org.create("Account")
    org.create("Invoice__c", Total__c=12, Account__c=account_id)
    assert org.values("SELECT Net__c, Status__c FROM Invoice__c") == [[10.0, "Open"]]
    assert org.values("SELECT Name FROM RecordType") == [["Customer"], ["Partner Contact"]]
    world.database.close()


def test_the_documented_settings_are_taken() -> None:
    [sent] = [part for part in documented("") if part.startswith("curl") and "tracked" in part]
    told = json.loads(sent.partition("-d '")[2].rpartition("'")[0])
    current = {"salesforce": fresh(DEFAULTS)}
    change(current, told, {"salesforce": DEFAULTS})
    assert current["salesforce"]["permissions"]["Contact.Fax"] == "read"
