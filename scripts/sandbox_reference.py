"""Write the generated parts of docs/sandbox.md: the settings, and what the tests show.

    python scripts/sandbox_reference.py           rewrites them
    python scripts/sandbox_reference.py --check   exits 1 when they are not what it would write

Settings come from the defaults the sandbox declares, behaviours from its tests: a module's
docstring is the area, the name of each test is a claim. Neither is run.
"""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from include.sandbox import hubspot, salesforce  # noqa: E402
from include.sandbox.settings import GENERAL, Choice  # noqa: E402

PAGE = ROOT / "docs" / "sandbox.md"
TESTS = ROOT / "tests" / "sandbox"
SETTINGS: Mapping[str, tuple[Mapping[str, Any], Path]] = {
    "": (GENERAL, ROOT / "include/sandbox/settings.py"),
    "hubspot": (hubspot.DEFAULTS, ROOT / "include/sandbox/hubspot/settings.py"),
    "salesforce": (salesforce.DEFAULTS, ROOT / "include/sandbox/salesforce/settings.py"),
}
FOLDERS = {
    ".": "The server, its controls and the vendors' clients",
    "hubspot": "HubSpot",
    "salesforce": "Salesforce",
    "soql": "SOQL",
    "seed": "Seeds",
    "pages": "The pages",
    "node": "Node",
}


def main(arguments: Sequence[str]) -> int:
    """Write the parts, or compare them with what is there."""
    before = PAGE.read_text(encoding="utf-8")
    after = filled(before, {"settings": settings_part(), "behaviours": behaviours_part(TESTS)})
    if "--check" in arguments:
        if before != after:
            print("docs/sandbox.md is stale: run python scripts/sandbox_reference.py")
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


def filled(page: str, parts: Mapping[str, str]) -> str:
    """A page with what stands between its markers replaced."""
    for name, text in parts.items():
        start, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
        if page.count(start) != 1 or page.count(end) != 1:
            raise ValueError(f"the page needs {start} and {end}, once each")
        head, _, rest = page.partition(start)
        page = f"{head}{start}\n\n{text}\n\n{end}{rest.partition(end)[2]}"
    return page


def settings_part() -> str:
    """Every setting with its default, and what their modules say of them."""
    parts = []
    for system, (defaults, path) in SETTINGS.items():
        place = f"{system}." if system else ""
        rows = [(f"`{name}`", f"`{default}`") for name, default in _defaults(defaults, place)]
        parts += [_table(("Setting", "Default"), rows), _said_of_defaults(path)]
    return "\n\n".join(parts)


def _defaults(defaults: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for name, default in defaults.items():
        if isinstance(default, Choice):
            yield f"{place}{name}", " or ".join(json.dumps(one) for one in default.options)
        elif isinstance(default, Mapping) and default:
            yield from _defaults(default, f"{place}{name}.")
        else:
            yield f"{place}{name}", json.dumps(default)


def _said_of_defaults(path: Path) -> str:
    """The text below the declaration of the defaults, as one paragraph."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    declared = next(
        at for at, node in enumerate(body) if isinstance(node, ast.AnnAssign) and _names(node)
    )
    match body[declared + 1]:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return " ".join(text.split())
    raise ValueError(f"{path} says nothing about its defaults")


def _names(node: ast.AnnAssign) -> bool:
    return isinstance(node.target, ast.Name) and node.target.id in ("DEFAULTS", "GENERAL")


def behaviours_part(tests: Path) -> str:
    """A table for each folder of tests: area, then the claims of its module."""
    parts = []
    for folder, title in FOLDERS.items():
        modules = sorted((tests / folder).glob("test_*.py" if folder == "." else "**/test_*.py"))
        rows = [row for module in modules for row in _rows(module)]
        if rows:
            parts += [f"### {title}", _table(("Area", "What holds"), rows)]
    return "\n\n".join(parts)


def _rows(module: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    area = " ".join((ast.get_docstring(tree) or module.stem).split()).removesuffix(".")
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    claims = [_claim(node.name) for node in found if node.name.startswith("test_")]
    for at, claim in enumerate(dict.fromkeys(claims)):
        yield (area if at == 0 else "", claim)


def _claim(name: str) -> str:
    words = re.sub(r"_+", " ", name.removeprefix("test_")).strip()
    return words[:1].upper() + words[1:]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |") for line in cells)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
