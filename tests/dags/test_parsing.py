"""Parsing the DAG folder stays cheap: Airflow does it again and again."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.stem)
def test_parsing_imports_nothing_heavy(path: Path) -> None:
    before = "import sys, airflow.sdk; before = set(sys.modules)"
    code = (
        f"{before}; import runpy; runpy.run_path({str(path)!r}); print(*set(sys.modules) - before)"
    )
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert HEAVY.isdisjoint(answer.stdout.splitlines()[-1].split())


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
