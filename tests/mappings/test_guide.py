"""The examples of docs/mapping-guide.md are mappings that the loader takes."""

import re
from pathlib import Path

from include.crmsync.mappings.loader import load
from tests.mappings.files import CONTACTS, write

GUIDE = (Path(__file__).parents[2] / "docs" / "mapping-guide.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, flags=re.DOTALL | re.MULTILINE)


def test_the_guides_examples_load_together(tmp_path: Path) -> None:
    fields = "".join(f"  {line}\n" for one in EXAMPLES for line in _fields(one))
    constants = "".join(one for one in EXAMPLES if one.startswith("constants:"))
    folder = write(tmp_path, contacts=f"{CONTACTS}{fields}{constants}")
    mapping = load(folder / "contacts.yaml")
    named = set(re.findall(r"name: (\w+),", "".join(EXAMPLES)))
    assert named == {one.name for one in mapping.fields} - {
        *("email", "phone", "stage", "city", "account")
    }
    assert len(named) >= 14


def _fields(example: str) -> list[str]:
    return [] if example.startswith("constants:") else example.splitlines()
