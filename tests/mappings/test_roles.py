"""What a mapping file may say of roles, and what it is told when it says something else."""

from pathlib import Path

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.mappings.loader import load_all
from include.crmsync.model.mapping import FieldType
from tests.mappings.files import COMPANIES, CONTACTS, write

PEOPLE = (
    "{name: people, hubspot: contacts, salesforce: OpportunityContactRole, type: roles,"
    " rule: two_way, of: contacts}"
)
DEALS = f"""\
object_type: deals
hubspot: {{object: deals, key: salesforce_id}}
salesforce: {{objects: [Opportunity], key: HubSpot_Id__c}}
match_on: null
creates_in: [hubspot]
fields:
  - {{name: name, hubspot: dealname, salesforce: Name, type: string, rule: two_way}}
  - {PEOPLE}
"""


def told(folder: Path, old: str, new: str) -> list[str]:
    """The problems once a piece of the deals' file is changed."""
    assert DEALS.count(old) == 1
    files = {"companies": COMPANIES, "contacts": CONTACTS, "deals": DEALS.replace(old, new)}
    with pytest.raises(ConfigError) as refused:
        load_all(write(folder, **files))
    return [line.removeprefix("deals.yaml:") for line in refused.value.problems]


def test_those_who_have_roles_come_first(tmp_path: Path) -> None:
    write(tmp_path, companies=COMPANIES, contacts=CONTACTS, deals=DEALS)
    mappings = load_all(tmp_path)
    assert list(mappings) == ["companies", "contacts", "deals"]
    [people] = mappings["deals"].roles
    assert (people.parent, people.salesforce) == (
        "contacts",
        {"Opportunity": "OpportunityContactRole"},
    )
    assert mappings["deals"].wire_fields(next(iter(mappings["deals"].creates_in)), "deals") == [
        "dealname"
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (", of: contacts", "", "type roles needs of: the object type of those who have roles"),
        ("of: contacts", "of: deals", "deals cannot wait for deals"),
        ("of: contacts", "of: persons", 'of "persons"'),
        ("hubspot: contacts", "hubspot: companies", 'hubspot must be "contacts"'),
        ("OpportunityContactRole", "CaseTeamRole", 'role object "CaseTeamRole"'),
        ("of: contacts", "of: contacts, length: 3", "length"),
        ("of: contacts", "of: contacts, required: true", "required means nothing for type roles"),
        ("of: contacts", "of: contacts, parent: contacts", "parent"),
        ("of: contacts", "of: contacts, default: x", "default"),
        ("type: string", "type: string, of: contacts", "of is for type roles"),
    ],
)
def test_what_makes_no_sense_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert any(problem in line for line in told(tmp_path, old, new)), told(tmp_path, old, new)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    problems = told(tmp_path, "of: contacts", "of: persons, zone: UTC, transform: lower")
    assert len(problems) >= 3
    assert all("people" in line for line in problems)


def test_the_bundled_deals_have_their_people() -> None:
    [people] = load_all()["deals"].roles
    assert (people.type, people.parent) == (FieldType.ROLES, "contacts")
