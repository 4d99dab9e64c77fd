"""What can be known of the DAG files without Airflow; `make operations-test` knows the rest."""

import ast
import re
import sys
from pathlib import Path

import pytest

from conf.exit_codes import ExitCode
from jobs.core.stages import STAGES
from oneoffer import OURS_ALONE

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "airflow_dags"
FILES = sorted(FOLDER.glob("*.py"))
IGNORED = (FOLDER / ".airflowignore").read_text().split()
SHARED = {Path(item).stem for item in IGNORED if item.endswith(".py")}
DAGS = [path for path in FILES if path.stem not in SHARED]
PROGRAM = FOLDER / "spark_program" / "submitted.py"


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
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
    assert set(imports(path)) <= {"airflow", *SHARED, *sys.stdlib_module_names}


@pytest.mark.parametrize("path", DAGS, ids=lambda path: path.name)
def test_a_dag_is_its_own_runbook(path):
    page = ast.get_docstring(ast.parse(path.read_text()))
    assert page.startswith("# ")
    assert "**When.**" in page
    assert re.search(r"\*\*When (a|the) task is red", page)


def test_what_declares_a_dag_is_looked_at_by_airflow_and_nothing_else_is():
    assert {path for path in FILES if "with DAG(" in path.read_text()} == set(DAGS)
    assert [path for path in SHARED if not (FOLDER / f"{path}.py").exists()] == []
    assert "spark_program/" in IGNORED


def test_the_nights_tasks_are_its_stages_in_their_order():
    assert tuple(literal(FOLDER / "stage_limits.py", "MINUTES")) == STAGES


def test_what_spark_submit_runs_is_our_program_and_lies_where_nothing_hides_a_module_of_pythons():
    assert list(imports(PROGRAM)) == ["oneoffer"]
    assert [path.name for path in PROGRAM.parent.iterdir() if path.name != "__pycache__"] == [PROGRAM.name]


def test_the_driver_that_spark_submit_starts_makes_its_files_for_us_alone_as_our_program_does():
    assert literal(FOLDER / "oneoffer_spark_command.py", "OURS_ALONE") == OURS_ALONE


def test_every_exit_code_has_a_cause_and_is_retried_only_where_waiting_helps():
    retried = literal(FOLDER / "oneoffer_command.py", "WORTH_RETRYING")
    others = literal(FOLDER / "oneoffer_command.py", "CAUSES")
    assert set(retried) == {16, 17, 18}
    assert set(retried) | set(others) == {*ExitCode} - {0}
    assert not set(retried) & set(others)


def test_the_nights_page_tells_what_every_code_of_a_night_wants():
    page = ast.get_docstring(ast.parse((FOLDER / "oneoffer_nightly.py").read_text()))
    output = {int(code) for row in re.findall(r"(?m)^\| ([\d, ]+) \|", page) for code in row.split(",")}
    assert output == {*ExitCode} - {0, 21, 130}  # of `explain`, and of somebody at a console


def test_airflows_lock_has_hashes_and_no_index():
    text = (FOLDER / "requirements.lock").read_text()
    assert "://" not in text
    assert text.count("--hash=sha256:") > 100
    assert re.search(r"(?m)^apache-airflow==3\.3\.\d+", text)


def test_airflow_and_the_spark_that_its_provider_brings_never_meet_the_cores():
    airflows, cores = (path.read_text() for path in (FOLDER / "requirements.lock", ROOT / "requirements.lock"))
    assert re.search(r"(?m)^apache-airflow-providers-apache-spark==6\.3\.\d+", airflows)
    assert re.search(r"(?m)^pyspark-client==", airflows)
    assert not re.search(r"(?m)^pyspark==", airflows)
    assert re.search(r"(?m)^pyspark==", cores)
    assert not re.search(r"(?m)^(apache-airflow|pyspark-client)", cores)
