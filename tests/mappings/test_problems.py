"""Every problem the loader knows, as a person reads it: a changed line, and what is said."""

from pathlib import Path

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.mappings.loader import load
from tests.mappings.files import COMPANIES, changed, write

RULES = (
    "two_way, prefer_salesforce_unless_blank, always_salesforce, prefer_hubspot_unless_blank,"
    " always_hubspot, dont_sync"
)
TYPES = (
    "string, text, email, phone, number, boolean, date, datetime, picklist, multipicklist, owner,"
    " parent, roles, stage"
)
HUBSPOT = "hubspot: {object: contacts, key: salesforce_id}"
OBJECTS = "objects: [Contact, Lead]"
EMAIL = "rule: two_way, length: 80"
VALUES = "values: {a: A, b: B}"
CITY = "rule: dont_sync"
ADDRESS = "{Contact: MailingCity, Lead: City}"
QUOTE = "(quote it to make it text)"

HEAD = [
    ("object_type: contacts\n", "", "1: object_type is missing"),
    (
        "object_type: contacts\n",
        "object_type: people\n",
        '1: object_type is "people", so the file must be named people.yaml',
    ),
    (
        "object_type: contacts\n",
        "object_type: Con tacts\n",
        '1: object_type "Con tacts" is not a name of ours: lower case letters, digits and _',
    ),
    (
        "object_type: contacts\n",
        "object_type: contacts\ncolour: 2\n",
        '2: unknown key "colour"; known are object_type, hubspot, salesforce, match_on,'
        " creates_in, deletes_in, merges_in, creates_as, lifecycle, match_domain, needs_contact,"
        " fields",
    ),
    (
        "creates_in: [hubspot, salesforce]\n",
        "creates_in: [hubspot, salesforce]\ncreates_as: [{object: Person}]\n",
        '6: creates_as: object "Person" is none of Contact, Lead',
    ),
    (
        "creates_in: [hubspot, salesforce]\n",
        "creates_in: [hubspot, salesforce]\ncreates_as: [{when: {phone: filled}}]\n",
        "6: creates_as.object is missing",
    ),
    (
        "creates_in: [hubspot, salesforce]\n",
        "creates_in: [hubspot, salesforce]\ncreates_as: [{object: Lead}, {object: Contact}]\n",
        "6: creates_as: a rule without `when` fits every record, so those after it never do",
    ),
    (
        "creates_in: [hubspot, salesforce]\n",
        "creates_in: [hubspot, salesforce]\ncreates_as: [{object: Lead, when: {size: filled}}]\n",
        '6: creates_as: field "size" is none of email, phone, stage, city, account',
    ),
    (
        "creates_in: [hubspot, salesforce]\n",
        "creates_in: [hubspot, salesforce]\ncreates_as: [{object: Lead, when: {phone: linked}}]\n",
        "6: creates_as: only a parent can be linked, and phone is none",
    ),
    (
        "creates_in: [hubspot, salesforce]\n",
        "creates_in: [hubspot, salesforce]\nmerges_in: [hubspot, salesforce]\n",
        "6: merges_in: Salesforce merges nothing through its REST API; leave salesforce out",
    ),
    (
        "creates_in: [hubspot, salesforce]\n",
        "creates_in: [hubspot, salesforce]\nneeds_contact: [listed]\n",
        "6: needs_contact is for companies: leave it out",
    ),
    (
        "creates_in: [hubspot, salesforce]\n",
        "creates_in: [hubspot, salesforce]\nmatch_domain: {hubspot: domain, salesforce: Website}\n",
        "6: match_domain is for companies: leave it out",
    ),
    (
        "creates_in: [hubspot, salesforce]\n",
        "creates_in: [hubspot, salesforce]\nmatch_domain: domain\n",
        "6: match_domain must be keys with values, not text",
    ),
    (HUBSPOT, "hubspot: contacts", "2: hubspot must be keys with values, not text"),
    (HUBSPOT, "hubspot:", "2: hubspot must be keys with values, not empty"),
    (HUBSPOT, "hubspot: {object: contacts}", "2: hubspot.key is missing"),
    (HUBSPOT, "hubspot: {key: salesforce_id}", "2: hubspot.object is missing"),
    (
        HUBSPOT,
        "hubspot: {object: Contacts!, key: salesforce_id}",
        '2: hubspot.object "Contacts!" is not a name in HubSpot: lower case letters, digits, _'
        " and -",
    ),
    (OBJECTS, "objects: Contact", "3: salesforce.objects must be a list, not text"),
    (OBJECTS, "objects: []", "3: salesforce.objects names no object"),
    (OBJECTS, "objects: [Contact, Lead, lead]", '3: salesforce.objects names "lead" twice'),
    (
        OBJECTS,
        "objects: [Contact, Lead, 7]",
        f"3: salesforce.objects must be text, not a number {QUOTE}",
    ),
    (
        OBJECTS,
        "objects: [Contact, Lead, My Lead]",
        '3: salesforce.objects "My Lead" is not an API name in Salesforce: letters, digits and _',
    ),
    ("match_on: email\n", "", "1: match_on is missing; write null to link by stored ids only"),
    (
        "match_on: email",
        "match_on: emial",
        '4: match_on: field "emial" is none of email, phone, stage, city, account; did you mean'
        " email?",
    ),
    ("match_on: email", "match_on: {a: b}", "4: match_on must be text, not keys with values"),
    ("match_on: email", "match_on: [a]", "4: match_on must be text, not a list"),
    ("match_on: email", "match_on: 5", f"4: match_on must be text, not a number {QUOTE}"),
    (
        "creates_in: [hubspot, salesforce]",
        "creates_in: [hubspto]",
        '5: creates_in "hubspto" is none of hubspot, salesforce; did you mean hubspot?',
    ),
    (
        "creates_in: [hubspot, salesforce]",
        "creates_in: hubspot",
        "5: creates_in must be a list, not text",
    ),
]
FIELD = [
    (
        EMAIL,
        "rule: twoway, length: 80",
        f'7: field email: rule "twoway" is none of {RULES}; did you mean two_way?',
    ),
    (
        EMAIL,
        "rule: always_salesforce, length: 80",
        "7: field email: rule always_salesforce would leave new records without the email they are"
        " recognised by: use two_way, prefer_salesforce_unless_blank, prefer_hubspot_unless_blank",
    ),
    (
        "type: phone",
        "type: telephone",
        f'8: field phone: type "telephone" is none of {TYPES}; did you mean phone?',
    ),
    ("type: phone", "type: 7", f'8: field phone: type "7" is none of {TYPES}'),
    (", type: phone", "", "8: field phone: type is missing"),
    ("type: phone", "type:", "8: field phone: type is missing"),
    (
        "rule: two_way}\n  - {name: stage",
        "rule: two_way, lenght: 5}\n  - {name: stage",
        '8: field phone: unknown key "lenght"; did you mean length?',
    ),
    ("name: phone", "name: email", '8: field email: the name "email" is taken by field email on'),
    (
        "name: phone",
        "name: Phone",
        '8: field Phone: name "Phone" is not a name of ours: lower case letters, digits and _',
    ),
    (
        "name: phone",
        "name: true",
        f"8: field number 2: name must be text, not true or false {QUOTE}",
    ),
    ("name: phone,", "", "8: field number 2: name is missing"),
    (
        "name: phone",
        "name: record_id",
        "8: field record_id: this name is taken by the sync; choose another",
    ),
    (
        "hubspot: phone",
        "hubspot: email",
        '8: field phone: HubSpot property "email" is taken by field email on line 7',
    ),
    (
        "hubspot: phone",
        "hubspot: salesforce_id",
        '8: field phone: HubSpot property "salesforce_id" is taken by hubspot.key',
    ),
    (
        "salesforce: Phone",
        "salesforce: {Lead: EMAIL}",
        '8: field phone: Lead field "EMAIL" is taken by field email on line 7',
    ),
    (
        "salesforce: Phone",
        "salesforce: {Lead: HubSpot_Id__c}",
        '8: field phone: Lead field "HubSpot_Id__c" is taken by salesforce.key',
    ),
    (
        "salesforce: Phone",
        "salesforce: {Leed: Phone}",
        '8: field phone: object "Leed" is none of Contact, Lead; did you mean Lead?',
    ),
    ("salesforce: Phone", "salesforce: {}", "8: field phone: salesforce names no object"),
    (
        "salesforce: Phone",
        "salesforce: [Phone]",
        "8: field phone: salesforce must be one name, or a name per object, not a list",
    ),
    (
        "salesforce: Phone",
        "salesforce: Account.Phone",
        '8: field phone: salesforce "Account.Phone" is not an API name in Salesforce: letters,'
        " digits and _",
    ),
    (
        "salesforce: Phone",
        "salesforce: {Contact: 5}",
        f"8: field phone: salesforce.Contact must be text, not a number {QUOTE}",
    ),
    (CITY, "rule: dont_sync, length: ten", "10: field city: length must be a whole number, not"),
    (CITY, "rule: dont_sync, length: 0", "10: field city: length must be at least 1"),
    (
        "rule: two_way, values",
        "rule: two_way, length: 5, values",
        "9: field stage: length is for text, and the type is picklist: leave it out",
    ),
    (
        VALUES,
        "values: {a: A, b: A}",
        '9: field stage: values must be one to one: "A" stands for a and for b',
    ),
    (
        VALUES,
        "values: {a: A, b: 2}",
        f"9: field stage: values.b must be text, not a number {QUOTE}",
    ),
    (VALUES, "values: [A, B]", "9: field stage: values must be keys with values, not a list"),
    (
        VALUES,
        'values: {a: A, b: " B"}',
        '9: field stage: values has a blank, a padded value or a ";" beside "b"',
    ),
    (
        f"picklist, rule: two_way, {VALUES}",
        "multipicklist, rule: two_way, values: {a: A, b: B;C}",
        '9: field stage: values has a blank, a padded value or a ";" beside "b"',
    ),
    (
        CITY,
        "rule: dont_sync, values: {a: A}",
        "10: field city: values is for picklists, and the type is string: leave it out",
    ),
    (
        CITY,
        "rule: dont_sync, parent: companies",
        "10: field city: parent is for type parent, and the type is string: leave it out",
    ),
    (
        ", parent: companies",
        "",
        "11: field account: type parent needs parent: the parent's object type",
    ),
    (
        "parent: companies",
        "parent:",
        "11: field account: type parent needs parent: the parent's object type",
    ),
    (
        "parent: companies",
        "parent: contacts",
        "11: field account: contacts cannot wait for contacts: parents are written first",
    ),
    ("match_on: email", "match_on: city", "10: field city: rule dont_sync would leave new records"),
]
MATCH = [
    (
        "match_on: email",
        "match_on: account",
        "4: match_on names account, whose type parent proves nothing about identity",
    ),
    ("match_on: email", "match_on: account", "4: match_on names account, which Lead has no field"),
]
YAML = [
    ("match_on: email", "match_on: email: x", "4: not YAML: mapping values are not allowed here"),
    (
        "match_on: email",
        "match_on: 'email",
        "12: not YAML: while scanning a quoted scalar begun on line 4, found unexpected end of",
    ),
    ("match_on: email", "match_on: \x07", "4: not YAML: it holds a character that text may not"),
    ("match_on: email", "match_on: email\nmatch_on: phone", '5: key "match_on" appears twice,'),
    (VALUES, "values: {a: A, a: B}", '9: key "a" appears twice, first on line 9'),
    ("match_on: email", "? [a]\n: x\nmatch_on: email", "4: a key must be a single word or number"),
    ("match_on: email", "match_on: &it email", "4: anchors and aliases (& and *) are not used"),
    ("match_on: email", "match_on: *it", "4: anchors and aliases (& and *) are not used"),
    ("match_on: email", "match_on: !!str email", "4: tags (!) are not used"),
    ("match_on: email", "match_on: !!python/object/apply:os.abort []", "4: tags (!) are not used"),
    ("match_on: email", "match_on: [[[[[[[[1]]]]]]]]", "4: nested more than 8 levels deep"),
    ("match_on: email", "---\nmatch_on: email", "4: a second document: one file describes one"),
]


@pytest.mark.parametrize(("old", "new", "said"), HEAD + FIELD + YAML)
def test_one_mistake_is_one_problem_at_its_line(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    [problem] = problems(changed(old, new), tmp_path)
    assert problem.startswith(f"contacts.yaml:{said}")


@pytest.mark.parametrize(("old", "new", "said"), MATCH)
def test_an_unfit_field_to_match_on_is_refused(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    assert any(
        one.startswith(f"contacts.yaml:{said}") for one in problems(changed(old, new), tmp_path)
    )


def test_a_misspelt_key_is_both_unknown_and_missing(tmp_path: Path) -> None:
    assert problems(changed("fields:\n", "field:\n"), tmp_path) == (
        "contacts.yaml:1: fields is missing",
        'contacts.yaml:6: unknown key "field"; did you mean fields?',
    )


def test_a_field_that_is_only_a_word_is_told_as_one(tmp_path: Path) -> None:
    text = changed(
        "  - {name: phone,   hubspot: phone,     salesforce: Phone, type: phone, rule: two_way}",
        "  - phone",
    )
    assert problems(text, tmp_path) == (
        "contacts.yaml:8: field number 2: it must be keys with values, not text",
    )


def test_a_missing_half_is_missing_key_by_key(tmp_path: Path) -> None:
    assert problems(changed("hubspot: {object: contacts, key: salesforce_id}\n", ""), tmp_path) == (
        "contacts.yaml:1: hubspot.key is missing",
        "contacts.yaml:1: hubspot.object is missing",
    )


def test_a_mapping_without_fields_is_refused(tmp_path: Path) -> None:
    text = changed("fields:\n", "fields: []\nrest:\n")
    assert "contacts.yaml:6: fields is empty: map at least one field" in problems(text, tmp_path)


def test_a_wrong_rule_does_not_hide_that_the_field_is_mapped_twice(tmp_path: Path) -> None:
    text = changed("name: phone,   hubspot: phone", "name: email, color: red, hubspot: email")
    said = problems(
        text.replace("Phone, type: phone, rule: two_way", "Email, type: 7, rule: x"), tmp_path
    )
    assert len([one for one in said if one.startswith("contacts.yaml:8: field email:")]) == 7


def problems(text: str, folder: Path) -> tuple[str, ...]:
    """What the loader finds wrong with a contacts.yaml."""
    path = write(folder, contacts=text) / "contacts.yaml"
    with pytest.raises(ConfigError) as refused:
        load(path)
    return refused.value.problems


def test_every_mistake_in_match_domain_is_told_at_once(tmp_path: Path) -> None:
    wrong = "match_domain: {hubspot: salesforce_id, salesforce: HubSpot_Id__C}\n"
    folder = write(tmp_path, companies=COMPANIES + wrong)
    with pytest.raises(ConfigError) as error:
        load(folder / "companies.yaml")
    assert error.value.problems == (
        "companies.yaml:8: match_domain: HubSpot_Id__C is salesforce.key, which holds no domain",
        "companies.yaml:8: match_domain: salesforce_id is hubspot.key, which holds no domain",
    )


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("{hubspot: domain}", "match_domain.salesforce is missing"),
        ("{hubspot: Do main, salesforce: Website}", 'match_domain.hubspot "Do main" is not a name'),
        ("{hubspot: domain, salesforce: 5}", "match_domain.salesforce must be text"),
        ("{hubspot: domain, salesforce: Website, www: true}", 'unknown key "match_domain.www"'),
    ],
)
def test_a_misshapen_match_domain_is_told(tmp_path: Path, said: str, problem: str) -> None:
    folder = write(tmp_path, companies=f"{COMPANIES}match_domain: {said}\n")
    with pytest.raises(ConfigError) as error:
        load(folder / "companies.yaml")
    [told] = error.value.problems
    assert told.startswith(f"companies.yaml:8: {problem}")
