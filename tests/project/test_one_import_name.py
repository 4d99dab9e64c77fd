"""Our packages are found whatever else of their names lies around: packages, modules, folders without __init__."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import oneoffer

ROOT = Path(oneoffer.HOME)
FOREIGN = "import sys\nsys.stderr.write('FOREIGN ' + __file__)\nMINE = True\n"
HELP = "import sys\nsys.argv = ['oneoffer', '--help']\nfrom oneoffer import main\nmain()"
SUBMODULES = {
    "conf": "load",
    "expectations": "gate",
    "jobs": "core.stages",
    "models": "scoring",
    "optimization": "solver",
}
WORKERS = """
import json, sys
sys.path.remove("")  # as the console script
import oneoffer
oneoffer.put_ours_first()
import pyarrow as pa
from conf.deployment import Spark
from jobs.spark.session import session_for

spark = session_for("probe", Spark(master="local[1]", settings={"spark.driver.memory": "512m"}))

def where(batches):
    import conf, expectations, jobs, models.contract, optimization
    files = [one.__file__ for one in (conf, expectations, jobs, models, optimization)]
    yield from (pa.RecordBatch.from_pylist([{"file": file} for file in files]) for _ in batches)

print(json.dumps([row.file for row in spark.range(0, 1, 1, 1).mapInArrow(where, "file string").collect()]))
"""


def plant(folder, name, form):
    """Somebody's own code of that name, as a package, a module or a folder without __init__."""
    folder.mkdir(parents=True, exist_ok=True)
    if form == "module":
        (folder / f"{name}.py").write_text(FOREIGN)
        return
    (folder / name).mkdir()
    files = [*(["__init__"] if form == "package" else []), SUBMODULES.get(name, "main").split(".")[0]]
    for file in files:
        (folder / name / f"{file}.py").write_text(FOREIGN)


def started(code, folder, path=(), **more):
    """A Python of its own in the folder, to which ours is known as an installed package: after PYTHONPATH."""
    places = os.pathsep.join(map(str, path))
    environment = os.environ | {"PYTHONPATH": places} | more
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240)


@pytest.mark.parametrize("seed", range(6))
def test_our_code_runs_whatever_lies_on_the_path_or_in_the_working_folder(seed, tmp_path):
    draw = random.Random(seed)
    names = draw.sample(oneoffer.PACKAGES, draw.randrange(1, 6))
    places = draw.choice([["path"], ["work"], ["path", "work"]])
    (tmp_path / "work").mkdir()
    for place in places:
        for name in names:
            plant(tmp_path / place, name, draw.choice(["package", "module", "namespace"]))
    load = "; ".join(f"import {name}.{SUBMODULES[name]}" for name in oneoffer.PACKAGES)
    # The working folder comes first for `python -c`, as it does for `python -m`.
    done = started(
        f"import oneoffer; oneoffer.put_ours_first(); {load}\n{HELP}", tmp_path / "work", [tmp_path / "path"]
    )
    assert done.returncode == 0, done.stderr
    assert "FOREIGN" not in done.stderr
    assert "One decision per customer" in done.stdout


@pytest.mark.parametrize("name", oneoffer.PACKAGES)
def test_a_package_that_is_imported_already_is_refused_by_its_file(name, tmp_path):
    plant(tmp_path, name, random.Random(name).choice(["package", "module"]))
    (tmp_path / "sitecustomize.py").write_text(f"import {name}")
    done = started(HELP, tmp_path, [tmp_path])
    assert done.returncode == 2
    assert f"{tmp_path}/{name}" in done.stderr
    assert f"is imported as {name!r}" in done.stderr
    assert "PYTHONPATH" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_program_does_not_take_a_file_of_its_name_in_the_working_folder_for_its_own(tmp_path):
    plant(tmp_path, "oneoffer", "module")
    program = Path(sys.executable).with_name("oneoffer")
    done = subprocess.run([program, "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "One decision per customer" in done.stdout


def test_an_isolated_python_runs_ours_though_a_module_of_its_name_is_on_the_path(tmp_path):
    plant(tmp_path / "path", "oneoffer", "module")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "path")}
    command = [sys.executable, "-I", "-m", "oneoffer", "--help"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "One decision per customer" in done.stdout
    assert "FOREIGN" in started("import oneoffer", tmp_path, [tmp_path / "path"]).stderr, "else this shows nothing"


def test_the_planted_code_runs_where_nothing_puts_ours_first(tmp_path):
    """What the tests above would see if there were no guard."""
    for form in ("package", "module"):
        plant(tmp_path / form, "models", form)
        assert "FOREIGN" in started("import models", tmp_path, [tmp_path / form]).stderr


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.full)])
def test_workers_of_a_local_session_import_ours(seed, tmp_path):
    draw = random.Random(seed)
    for name in oneoffer.PACKAGES:
        plant(tmp_path / "path", name, draw.choice(["package", "module"]))
        plant(tmp_path / "work", name, draw.choice(["package", "module"]))
    done = started(WORKERS, tmp_path / "work", [tmp_path / "path"])
    assert done.returncode == 0, done.stderr
    assert "FOREIGN" not in done.stderr
    assert str(tmp_path / "path") not in done.stdout
    assert str(tmp_path / "work") not in done.stdout
    assert done.stdout.count(".zip/") == len(oneoffer.PACKAGES)


def test_the_child_that_loads_models_imports_ours(tmp_path):
    plant(tmp_path / "work", "models", "package")
    plant(tmp_path / "path", "models", "package")
    ask = "from models.child_process import run_child\nprint(run_child('models.loading_child', [], 60))"
    code = f"import oneoffer; oneoffer.put_ours_first()\n{ask}"
    done = started(code, tmp_path / "work", [tmp_path / "path"])
    assert "code=0" in done.stdout, done.stderr


def test_every_public_name_is_there_and_importing_the_module_imports_nothing_else():
    heavy = "print([one for one in sys.modules if one.split('.')[0] in (*oneoffer.PACKAGES, 'numpy', 'pyspark')])"
    assert started(f"import sys, oneoffer; {heavy}", ROOT).stdout == "[]\n"
    names = ", ".join(oneoffer.__all__)
    assert started(f"from oneoffer import {names}", ROOT).stderr == ""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        oneoffer.__getattr__("nothing")


def test_a_problem_is_solved_in_a_few_lines(tmp_path):
    code = (
        "import pyarrow as pa\nfrom oneoffer import Limit, Problem, solve\n"
        "table = pa.table({'customer_id': ['a', 'b'], 'offer_id': ['x', 'x'], 'channel': ['sms', 'sms'],\n"
        "  'value': [3_000_000, 5_000_000], 'cost': [1_000_000, 1_000_000]})\n"
        "print(solve(Problem.from_table(table), [Limit(name='budget', sum='cost', max=1)]).value)"
    )
    assert started(code, tmp_path).stdout == "4000000\n"
