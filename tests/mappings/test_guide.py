"""The examples of docs/mapping-guide.md are mappings that the loader takes."""

import re
from pathlib import Path

from include.crmsync.mappings.loader import load
from tests.mappings.files import COMPANIES, CONTACTS, changed, write

GUIDE = (Path(__file__).parents[2] / "docs" / "mapping-guide.md").read_text("utf-8")
HUBSPOT = "hubspot: {object: contacts, key: salesforce_id}\n"
OTHERS = ("constants:", "creates_as:", "lifecycle:", "merges_in:", "needs_contact:", "hubspot:")
"""Examples that are no fields."""
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, flags=re.DOTALL | re.MULTILINE)


def test_the_guides_examples_load_together(tmp_path: Path) -> None:
    fields = "".join(f"  {line}\n" for one in EXAMPLES for line in _fields(one))
    others = "".join(one for one in EXAMPLES if one.startswith(OTHERS[:4]))
    folder = write(tmp_path, contacts=f"{CONTACTS}{fields}{others}")
    mapping = load(folder / "contacts.yaml")
    named = set(re.findall(r"name: (\w+),", "".join(EXAMPLES)))
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


def test_the_guides_examples_of_companies_load(tmp_path: Path) -> None:
    heads = "".join(one for one in EXAMPLES if one.startswith(OTHERS[4]))
    folder = write(tmp_path, companies=f"{COMPANIES}{heads}")
    assert load(folder / "companies.yaml").needs_contact == {"listed", "not_lead"}


def _fields(example: str) -> list[str]:
    return [] if example.startswith(OTHERS) else example.splitlines()
