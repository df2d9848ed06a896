"""A small valid mapping, and what becomes of it when a line is changed."""

from pathlib import Path

CONTACTS = """\
object_type: contacts
hubspot: {object: contacts, key: salesforce_id}
salesforce: {objects: [Contact, Lead], key: HubSpot_Id__c}
match_on: email
creates_in: [hubspot, salesforce]
fields:
  - {name: email,   hubspot: email,     salesforce: Email, type: email, rule: two_way, length: 80}
  - {name: phone,   hubspot: phone,     salesforce: Phone, type: phone, rule: two_way}
  - {name: stage,   hubspot: stage,     salesforce: Stage__c, type: picklist, rule: two_way, values: {a: A, b: B}}
  - {name: city,    hubspot: city,      salesforce: {Contact: MailingCity, Lead: City}, type: string, rule: dont_sync}
  - {name: account, hubspot: companies, salesforce: {Contact: AccountId}, type: parent, rule: two_way, parent: companies}
"""  # noqa: E501  one line per field, as in the shipped files
COMPANIES = """\
object_type: companies
hubspot: {object: companies, key: salesforce_id}
salesforce: {objects: [Account], key: HubSpot_Id__c}
match_on: null
creates_in: [hubspot]
fields:
  - {name: name, hubspot: name, salesforce: Name, type: string, rule: two_way}
"""


def write(folder: Path, **texts: str) -> Path:
    """Files by object type; returns the folder."""
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def changed(old: str, new: str, text: str = CONTACTS) -> str:
    """The text with one piece of it changed; the piece must be there once."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)
