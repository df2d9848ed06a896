"""Mappings broken in every way: one answer names every problem, with its file and line."""

from pathlib import Path

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.mappings.loader import load_all
from tests.mappings.files import COMPANIES as SOUND_COMPANIES
from tests.mappings.files import CONTACTS as SOUND
from tests.mappings.files import write

CONTACTS = """\
object_type: contacts
hubspot: {object: contacts, key: Salesforce Id}
salesforce: {objects: [Contact, Lead], key: HubSpot_Id__c, where: {Account: "Type = 'a'", Lead: "Type = 'a"}}
match_on: e_mail
creates_in: [hubspot, dynamics]
deletes_in: salesforce
colour: blue
fields:
  - {name: email,   hubspot: email,     salesforce: Email, type: email, rule: always_salesforce, length: 80}
  - {name: phone,   hubspot: phone,     salesforce: Phone, type: phon, rule: two_way}
  - {name: phone,   hubspot: mobile,    salesforce: MobilePhone, type: phone, rule: two_way}
  - {name: fax,     hubspot: mobile,    salesforce: Fax, type: phone, rule: newest_wins}
  - {name: size,    hubspot: size,      salesforce: Size__c, type: number, rule: two_way, length: 5}
  - {name: stage,   hubspot: stage,     salesforce: Stage__c, type: picklist, rule: two_way, values: {a: A, b: A}}
  - {name: City,    hubspot: city,      salesforce: {Contact: MailingCity, Opportunity: City}, type: string, rule: two_way}
  - {name: title,   hubspot: title,     type: string, rule: two_way, lenght: 40}
  - {name: note,    hubspot: note,      salesforce: Note__c, type: text, rule: two_way, length: -1}
  - {name: amount,  hubspot: amount,    salesforce: Amount__c, type: number, rule: two_way, moves_with: currency}
  - {name: account, hubspot: companies, salesforce: {Contact: AccountId}, type: parent, rule: two_way, parent: firms}
"""  # noqa: E501  one line per field, as in the shipped files
COMPANIES = """\
object_type: company
hubspot: {object: companies, key: salesforce_id}
salesforce: {objects: [Account], key: HubSpot_Id__c}
creates_in: [hubspot]
fields:
  - {name: name, hubspot: name, salesforce: Name, type: string, rule: 2}
"""


SAID = """\
companies.yaml:1: match_on is missing; write null to link by stored ids only
companies.yaml:1: object_type is "company", so the file must be named company.yaml
companies.yaml:6: field name: rule "2" is none of two_way, prefer_salesforce_unless_blank
contacts.yaml:2: hubspot.key "Salesforce Id" is not a name in HubSpot: lower case letters
contacts.yaml:3: salesforce.where.Lead has a quote that is not closed
contacts.yaml:3: salesforce.where: "Account" is none of Contact, Lead
contacts.yaml:4: match_on: field "e_mail" is none of email, phone
contacts.yaml:5: creates_in "dynamics" is none of hubspot, salesforce
contacts.yaml:6: deletes_in must be a list, not text
contacts.yaml:7: unknown key "colour"; known are object_type, hubspot
contacts.yaml:9: field email: rule always_salesforce would leave new records without the email
contacts.yaml:10: field phone: type "phon" is none of string, text, email
contacts.yaml:11: field phone: the name "phone" is taken by field phone on line 10
contacts.yaml:12: field fax: HubSpot property "mobile" is taken by field phone on line 11
contacts.yaml:12: field fax: rule "newest_wins" is none of two_way
contacts.yaml:13: field size: length is for text, and the type is number: leave it out
contacts.yaml:14: field stage: values must be one to one: "A" stands for a and for b
contacts.yaml:15: field City: name "City" is not a name of ours: lower case letters
contacts.yaml:15: field City: object "Opportunity" is none of Contact, Lead
contacts.yaml:16: field title: salesforce is missing
contacts.yaml:16: field title: unknown key "lenght"; did you mean length?
contacts.yaml:17: field note: length must be at least 1
contacts.yaml:18: field amount: moves_with: field "currency" is none of email
contacts.yaml:19: field account: parent "firms" is none of company, contacts
""".splitlines()


def test_every_mistake_is_told_once_with_its_line_and_what_would_be_right(tmp_path: Path) -> None:
    folder = write(tmp_path, contacts=CONTACTS, companies=COMPANIES)
    with pytest.raises(ConfigError, match="24 problems to mend") as refused:
        load_all(folder)
    problems = refused.value.problems
    assert len(problems) == len(SAID) == 24
    for problem, said in zip(problems, SAID, strict=True):
        assert problem.startswith(said)
        assert problem in str(refused.value)


def told(folder: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refused:
        load_all(folder)
    return refused.value.problems


def test_a_file_that_cannot_be_read_is_one_problem_and_no_stack_trace(tmp_path: Path) -> None:
    folder = write(tmp_path, contacts=SOUND)
    (folder / "companies.yaml").mkdir()
    (folder / "deals.yaml").symlink_to(folder / "nowhere")
    assert told(folder) == (
        "companies.yaml:1: the file cannot be read: Is a directory",
        "deals.yaml:1: the file cannot be read: No such file or directory",
    )


@pytest.mark.parametrize("broken", ["", "a: [", "object_type: 5\n" + SOUND_COMPANIES[23:]])
def test_a_broken_parent_is_not_said_to_be_missing_as_well(tmp_path: Path, broken: str) -> None:
    problems = told(write(tmp_path, contacts=SOUND, companies=broken))
    assert {one.split(":")[0] for one in problems} == {"companies.yaml"}


@pytest.mark.parametrize("name", ["tickets.yml", "tickets.YAML"])
def test_a_file_that_would_be_overlooked_is_told_of(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path, contacts=SOUND, companies=SOUND_COMPANIES)
    (folder / name).write_text("object_type: tickets\n", "utf-8")
    assert told(folder) == (f"{name}:1: name it tickets.yaml: only *.yaml is read",)
