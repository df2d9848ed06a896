"""The examples of docs/mapping-guide.md are mappings that the loader takes."""

import re
from pathlib import Path

from include.crmsync.mappings.loader import load
from include.crmsync.model.record import System
from tests.mappings.files import COMPANIES, CONTACTS, changed, write

GUIDE = (Path(__file__).parents[2] / "docs" / "mapping-guide.md").read_text("utf-8")
HUBSPOT = "hubspot: {object: contacts, key: salesforce_id}\n"
SALESFORCE = "salesforce: {objects: [Contact, Lead], key: HubSpot_Id__c}\n"
OTHERS = (
    "constants:",
    "creates_as:",
    "lifecycle:",
    "merges_in:",
    "needs_contact:",
    "match_domain:",
    "hubspot:",
    "salesforce:",
)
"""Examples that are no fields."""
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, flags=re.DOTALL | re.MULTILINE)


OF_DEALS = [
    one
    for one in EXAMPLES
    if any(word in one for word in ("type: roles", "type: stage", "pipelines:"))
]
OF_CONTACTS = [one for one in EXAMPLES if one not in OF_DEALS]
DEALS = """\
object_type: deals
hubspot: {object: deals, key: salesforce_id}
salesforce: {objects: [Opportunity], key: HubSpot_Id__c}
match_on: null
creates_in: [hubspot]
fields:
"""


def test_the_guides_examples_of_deals_load(tmp_path: Path) -> None:
    [pipelines] = [one for one in OF_DEALS if one.startswith("pipelines:")]
    fields = [f"  {line}\n" for one in OF_DEALS if one != pipelines for line in one.splitlines()]
    text = f"{pipelines}{DEALS}{''.join(fields)}"
    mapping = load(write(tmp_path, deals=text) / "deals.yaml")
    assert [one.record_type for one in mapping["stage"].pipelines] == ["New_Business", "Renewal"]
    [people] = mapping.roles
    assert (people.parent, people.values) == ("contacts", {"Decider": "Decision Maker"})


def test_the_guides_examples_load_together(tmp_path: Path) -> None:
    fields = "".join(f"  {line}\n" for one in OF_CONTACTS for line in _fields(one))
    others = "".join(one for one in OF_CONTACTS if one.startswith(OTHERS[:4]))
    folder = write(tmp_path, contacts=f"{CONTACTS}{fields}{others}")
    mapping = load(folder / "contacts.yaml")
    named = set(re.findall(r"name: (\w+),", "".join(OF_CONTACTS)))
    assert named == {one.name for one in mapping.fields} - {
        *("email", "phone", "stage", "city", "account", "lifecycle")
    }
    assert len(named) >= 14


def test_the_guides_example_of_a_head_loads(tmp_path: Path) -> None:
    [head] = [one for one in EXAMPLES if one.startswith("hubspot:")]
    folder = write(tmp_path, contacts=changed(HUBSPOT, head))
    mapping = load(folder / "contacts.yaml")
    assert mapping.linked_by == ("salesforcecontactid", "salesforceleadid")
    assert mapping.match_further == "hs_additional_emails"


def test_the_guides_example_of_a_filter_loads(tmp_path: Path) -> None:
    [head] = [one for one in EXAMPLES if one.startswith("salesforce:")]
    folder = write(tmp_path, contacts=changed(SALESFORCE, head))
    assert load(folder / "contacts.yaml").where.keys() == {"Contact", "Lead"}


def test_the_guides_examples_of_companies_load(tmp_path: Path) -> None:
    heads = "".join(one for one in EXAMPLES if one.startswith(OTHERS[4:6]))
    folder = write(tmp_path, companies=f"{COMPANIES}{heads}")
    mapping = load(folder / "companies.yaml")
    assert mapping.needs_contact == {"listed", "not_lead"}
    assert mapping.match_domain == {System.HUBSPOT: "domain", System.SALESFORCE: "Website"}


def _fields(example: str) -> list[str]:
    return [] if example.startswith(OTHERS) else example.splitlines()
