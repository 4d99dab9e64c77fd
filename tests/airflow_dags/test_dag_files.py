"""What can be known of the DAG files without Airflow; `make operations-test` knows the rest."""

import ast
import re
import sys
from pathlib import Path

import pytest

from jobs.exit_codes import BY_ERROR, USAGE
from jobs.stages import STAGES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "airflow_dags"
FILES = sorted(FOLDER.glob("*.py"))
SHARED = "oneoffer_command"
DAGS = [path for path in FILES if path.stem != SHARED]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name.split(".")[0] for one in node.names)
        if isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def literal(path, name):
    """The value of a module's literal; of a union of dicts, all that is written in them."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            value = node.value
            return ast.literal_eval(value.right if isinstance(value, ast.BinOp) else value)
    raise AssertionError(name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_dag_file_imports_airflow_and_the_standard_library_alone(path):
    assert set(imports(path)) <= {"airflow", SHARED, *sys.stdlib_module_names}


@pytest.mark.parametrize("path", DAGS, ids=lambda path: path.name)
def test_a_dag_is_its_own_runbook(path):
    page = ast.get_docstring(ast.parse(path.read_text()))
    assert page.startswith("# ")
    assert "**When.**" in page
    assert re.search(r"\*\*When (a|the) task is red", page)


def test_the_nights_tasks_are_its_stages_in_their_order():
    assert tuple(literal(FOLDER / "oneoffer_nightly.py", "MINUTES")) == STAGES


def test_every_exit_code_has_a_cause_and_is_retried_only_where_waiting_helps():
    retried = literal(FOLDER / f"{SHARED}.py", "WORTH_RETRYING")
    others = literal(FOLDER / f"{SHARED}.py", "CAUSES")
    assert set(retried) == {16, 17, 18}
    assert set(retried) | set(others) == {*BY_ERROR.values(), USAGE, 70}
    assert not set(retried) & set(others)


def test_the_nights_page_tells_what_every_code_of_a_night_wants():
    page = ast.get_docstring(ast.parse((FOLDER / "oneoffer_nightly.py").read_text()))
    told = {int(code) for row in re.findall(r"(?m)^\| ([\d, ]+) \|", page) for code in row.split(",")}
    assert told == {*BY_ERROR.values(), USAGE, 70} - {21, 130}  # of `explain`, and of somebody at a console


def test_airflows_lock_has_hashes_no_index_and_nothing_of_sparks():
    text = (FOLDER / "requirements.lock").read_text()
    assert "://" not in text
    assert text.count("--hash=sha256:") > 100
    assert re.search(r"(?m)^apache-airflow==3\.3\.\d+", text)
    assert not re.search(r"(?m)^(pyspark|apache-airflow-providers-apache-spark)", text)


def test_airflow_is_not_in_the_core_environment():
    assert not re.search(r"(?m)^apache-airflow", (ROOT / "requirements.lock").read_text())
