"""Parsing the DAG folder stays cheap: Airflow does it again and again."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dags.forking import Mother, forking

ROOT = Path(__file__).parents[2]
DAG_FILES = sorted((ROOT / "dags").glob("*.py"))
HEAVY = {
    "pandas",
    "numpy",
    "great_expectations",
    "alembic",
    "simple_salesforce",
    "hubspot",
    "include.crmsync",
}
ALLOWED = {"airflow", "pendulum", *sys.stdlib_module_names}


def test_there_are_dags_to_parse() -> None:
    assert DAG_FILES


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mother]:
    """As it is before any DAG file is read."""
    with forking("import airflow.sdk", tmp_path_factory.mktemp("airflow")) as mother:
        yield mother


def imported(airflow: Mother, path: Path) -> set[str]:
    """What running a file imports, in a process that has imported Airflow's SDK alone."""
    code = (
        "import sys; before = set(sys.modules); import runpy; runpy.run_path(sys.argv[1]);"
        "print(*set(sys.modules) - before)"
    )
    return set(airflow.ask(code, str(path))[-1].split())


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.stem)
def test_parsing_imports_nothing_heavy(path: Path, airflow: Mother) -> None:
    assert HEAVY.isdisjoint(imported(airflow, path))


def test_what_is_heavy_would_be_seen(airflow: Mother, tmp_path: Path) -> None:
    for name in ("alembic", "include.crmsync"):
        file = tmp_path / "heavy.py"
        file.write_text(f"import {name}\n", "utf-8")
        assert name in imported(airflow, file)


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.stem)
def test_the_top_of_a_dag_file_imports_airflow_and_the_standard_library_only(path: Path) -> None:
    names = [name for node in ast.parse(path.read_text("utf-8")).body for name in _imported(node)]
    assert {name.split(".")[0] for name in names} <= ALLOWED


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.stem)
def test_inside_a_task_only_the_pipeline_is_imported(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inner = {name for one in functions for node in ast.walk(one) for name in _imported(node)}
    assert all(name.startswith("include.crmsync.pipeline") for name in inner)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []
