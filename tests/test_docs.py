"""The documents are true: what exists is written about, and what is written about exists.

Names are taken from the code by its syntax tree and compared with headings, tables and links;
nothing is imported that would need Airflow. A failing test here means that somebody on call would
look a word up and not find it.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from include.crmsync import errors
from include.crmsync.criteria.derived import CRITERIA, IN_FILTER
from include.crmsync.model.outcome import Result
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.run import RunState
from include.crmsync.pipeline.once import OBJECT_TYPES

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md")]
    + [
        path
        for folder in ("dags", "docs", "include", "plugins", "scripts", "tests")
        for path in (ROOT / folder).rglob("*.md")
        if "node_modules" not in path.parts
    ]
)
RUNBOOK = ROOT / "docs" / "runbook.md"
README = ROOT / "README.md"
GLOSSARY = ROOT / "docs" / "glossary.md"
FROM_SUITES = {"on_inclusion_list", "contact_on_inclusion_list", "contact_not_a_lead"}
"""Criteria that the code knows by name although they are judged in suites."""

each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS]
)


def prose(document: Path) -> str:
    """A document without its fenced blocks."""
    return re.sub(r"^```.*?^```\s*$", "", text(document), flags=re.DOTALL | re.MULTILINE)


def text(path: Path) -> str:
    return path.read_text("utf-8")


def headings(document: Path) -> list[tuple[int, str]]:
    """Level and words of every heading, in order."""
    found = re.findall(r"^(#{1,6}) +(.+?)\s*$", prose(document), flags=re.MULTILINE)
    return [(len(marks), words) for marks, words in found]


def names_under(document: Path, section: str) -> list[str]:
    """The names that are third-level headings, in code style, of one second-level section."""
    names: list[str] = []
    inside = False
    for level, words in headings(document):
        if level <= 2:
            inside = words == section
        elif inside and level == 3:
            names += re.findall(r"^`(\w+)`$", words)
    return names


def anchors(document: Path) -> set[str]:
    """What a link into a document may end with, as GitHub makes it from headings."""
    kept = (re.sub(r"[^\w\- ]", "", words.lower()) for _, words in headings(document))
    return {words.strip().replace(" ", "-") for words in kept}


def targets() -> set[str]:
    """Make targets that a person calls: the ones that `make help` lists."""
    return set(re.findall(r"^([a-z-]+):.*## ", text(ROOT / "Makefile"), flags=re.MULTILINE))


def commands(written: str) -> Iterator[str]:
    """Each line of fenced blocks, and each piece of code within a sentence."""
    for block in re.findall(r"^```\w*\n(.*?)^```\s*$", written, flags=re.DOTALL | re.MULTILINE):
        yield from block.splitlines()
    yield from re.findall(r"(?<!`)`([^`\n]+)`(?!`)", written)


def made(command: str) -> Iterator[str]:
    """The targets that a line gives to make."""
    for part in re.split(r"&&|\|\||[;|]", command.split("#", maxsplit=1)[0]):
        words = part.replace("$ ", "", 1).split()
        while words and "=" in words[0]:
            words = words[1:]
        if words[:1] == ["make"]:
            yield from (word for word in words[1:] if "=" not in word and not word.startswith("-"))


def modules(folder: str) -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(text(path))) for path in sorted((ROOT / folder).rglob("*.py"))]


def called(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def spelled(node: ast.expr) -> Iterator[str]:
    """The strings an expression stands for, when it is written out or ends in a system."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        yield from (f"{start}{system}" for start in spelled(node.values[0]) for system in System)


def planning_criteria() -> set[str]:
    """Criteria that the engine itself states: in what it holds, and in what stands in a way."""
    found: set[str] = set()
    for _, tree in modules("include/crmsync/engine"):
        for name, position in (("Held", 3), ("Obstacle", 0), ("_Stop", 0)):
            for call in called(tree, name):
                by_keyword = [one.value for one in call.keywords if one.arg == "criterion"]
                for node in by_keyword or call.args[position : position + 1]:
                    found.update(spelled(node))
    return found


def dag_ids() -> set[str]:
    """Ids of the DAGs: what `@dag` is told, or the names of the functions that it decorates."""
    return {
        id_
        for _, tree in modules("dags")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "dag"
        for id_ in _told_ids(decorator) or [node.name]
    }


def _told_ids(decorator: ast.Call) -> list[str]:
    """A file may make one DAG for each object type."""
    for one in decorator.keywords:
        if one.arg == "dag_id" and isinstance(one.value, ast.JoinedStr):
            return [f"{start}{name}" for start in spelled_start(one.value) for name in OBJECT_TYPES]
    return []


def spelled_start(text: ast.JoinedStr) -> Iterator[str]:
    """What a text begins with before its first value."""
    first = text.values[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield first.value


def dag_parameters() -> set[str]:
    """Names of the parameters that runs may be triggered with."""
    return {
        key.value
        for _, tree in modules("dags")
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant)
        and isinstance(key.value, str)
        and isinstance(value, ast.Call)
        and getattr(value.func, "id", "") == "Param"
    }


def variables() -> set[str]:
    """Every CRMSYNC_ variable that code, scripts or the Makefile read."""
    paths = [ROOT / "Makefile"]
    for folder in ("dags", "include", "plugins", "scripts"):
        paths += [one for one in (ROOT / folder).rglob("*") if one.suffix in (".py", ".sh")]
    return {name for path in paths for name in re.findall(r"\bCRMSYNC_[A-Z_]*[A-Z]", text(path))}


def links(document: Path) -> list[str]:
    """Targets of a document's links and pictures within the project."""
    found = re.findall(r"\]\(([^()\s]+)\)", prose(document))
    return [one for one in found if not re.match(r"[a-z]+:", one)]


def missing(names: Iterable[str], written: str) -> list[str]:
    """The names that a document does not have in code style."""
    return sorted(name for name in names if f"`{name}`" not in written)


def test_each_error_has_a_heading_in_the_runbook_and_no_heading_is_stale() -> None:
    classes = {
        name
        for name, one in vars(errors).items()
        if isinstance(one, type) and issubclass(one, errors.SyncError)
    }
    assert len(classes) > 5
    assert sorted(names_under(RUNBOOK, "Errors")) == sorted(classes)


def test_each_outcome_has_a_heading_in_the_runbook_and_no_heading_is_stale() -> None:
    assert sorted(names_under(RUNBOOK, "Outcomes")) == sorted(Result)


def test_each_criterion_found_by_planning_has_a_heading_and_no_heading_is_stale() -> None:
    criteria = planning_criteria()
    assert {"parent_linked", "unique_in_system", "accepted_by_hubspot"} <= criteria
    told = names_under(RUNBOOK, "Held: criteria found by planning")
    assert sorted(told) == sorted(criteria)


def test_each_derived_criterion_has_a_heading_and_no_heading_is_stale() -> None:
    told = names_under(RUNBOOK, "Held: criteria derived from the schemas")
    assert sorted(told) == sorted([*CRITERIA.values(), IN_FILTER])


def test_each_list_criterion_that_validation_knows_by_name_has_a_heading() -> None:
    tree = ast.parse(text(ROOT / "include/crmsync/pipeline/validate.py"))
    known = {
        node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    assert known == FROM_SUITES
    told = names_under(RUNBOOK, "Held: criteria of the suites")
    assert sorted(told) == sorted(FROM_SUITES)


def test_the_runbook_tells_each_run_state() -> None:
    assert missing(RunState, text(RUNBOOK)) == []


def test_the_runbook_tells_the_guards_numbers() -> None:
    from include.crmsync.engine import guard

    section = text(RUNBOOK).split("## The guard")[1].split("\n## ")[0]
    for name, number in vars(guard).items():
        if name.endswith(("_AT_LEAST", "_AT_MOST")):
            assert f"more than {number} " in section, name
        if name.endswith("_SHARE"):
            assert f"{number:.0%}".replace("%", " %") in section, name


def test_the_glossary_explains_each_sync_rule() -> None:
    assert missing(SyncRule, text(GLOSSARY)) == []


def test_the_readme_lists_each_make_target() -> None:
    assert {"demo", "test", "up"} <= targets()
    assert missing((f"make {target}" for target in targets()), text(README)) == []


@each_document
def test_each_make_command_names_a_real_target(document: Path) -> None:
    named = {target for line in commands(text(document)) for target in made(line)}
    assert named - targets() == set()


def test_pre_commit_hooks_call_real_targets() -> None:
    entries = re.findall(r"entry: (.+)", text(ROOT / ".pre-commit-config.yaml"))
    named = {target for entry in entries for target in made(entry)}
    assert named
    assert named <= targets()


def test_readme_and_runbook_name_each_dag() -> None:
    assert "crm_sync" in dag_ids()
    assert missing(dag_ids(), text(README)) == []
    assert missing(dag_ids(), text(RUNBOOK)) == []


def test_the_readme_explains_each_parameter_of_a_dag() -> None:
    assert "dry_run" in dag_parameters()
    assert missing(dag_parameters(), text(README)) == []


def test_the_example_environment_has_each_variable_and_no_other() -> None:
    stated = re.findall(r"^#?(CRMSYNC_[A-Z_]+)=", text(ROOT / ".env.example"), flags=re.MULTILINE)
    assert sorted(stated) == sorted(variables())


def test_documents_name_no_variable_that_nobody_reads() -> None:
    named = {
        name for path in DOCUMENTS for name in re.findall(r"\bCRMSYNC_[A-Z_]*[A-Z]", text(path))
    }
    assert named - variables() == set()


@each_document
def test_no_link_is_dead(document: Path) -> None:
    dead = []
    for link in links(document):
        path, _, anchor = link.partition("#")
        found = (document.parent / unquote(path)).resolve() if path else document
        if not found.exists() or (anchor and anchor not in anchors(found)):
            dead.append(link)
    assert dead == []


def test_each_decision_is_numbered_in_order_and_listed() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    index = text(ROOT / "docs" / "README.md")
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    assert [page.name for page in pages if f"decisions/{page.name}" not in index] == []


@pytest.mark.parametrize("part", ["Status: ", "## Context", "## Decision", "## Consequences"])
def test_each_decision_has_every_part(part: str) -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [page.name for page in pages if part not in text(page)] == []
