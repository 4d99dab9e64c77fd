import json
import subprocess
import sys
from pathlib import Path

import pytest

ONEOFFER = Path(sys.executable).with_name("oneoffer")
HEAVY = ("pyspark", "mlflow", "pandas", "lightgbm", "ortools", "pyarrow", "great_expectations", "pydantic", "altair")


def oneoffer(*words, cwd=None):
    return subprocess.run([ONEOFFER, *words], capture_output=True, text=True, timeout=60, cwd=cwd)


def test_help_imports_nothing_heavy():
    script = (
        "import sys\nsys.argv = ['oneoffer', '--help']\nfrom oneoffer import main\n"
        "try:\n    main()\nexcept SystemExit as left:\n    assert left.code == 0\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stderr.strip() == "[]"
    assert "One decision per customer" in done.stdout


def test_every_command_has_help():
    listed = oneoffer("--help").stdout
    for command in (
        "run",
        "train",
        "measure",
        "verify",
        "solve",
        "demo",
        "init",
        "doctor",
        "explain",
        "models",
        "replay",
        "submission",
        "gate_sources",
        "publish",
    ):
        assert f" {command} " in listed
        assert oneoffer(command, "--help").returncode == 0


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("bogus",),
        ("run",),
        ("run", "--conf", "nowhere", "--as-of", "2017-11-13"),
        ("run", "--conf", "nowhere", "--as-of", "yesterday"),
        ("init", "."),
    ],
)
def test_what_cannot_be_understood_leaves_with_two_and_no_traceback(words, tmp_path):
    done = oneoffer(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr + done.stdout


def test_a_wrong_key_leaves_with_two_and_names_file_line_and_nearest_key(tmp_path):
    oneoffer("init", "mine", cwd=tmp_path)
    path = tmp_path / "mine/policy.yaml"
    path.write_text(path.read_text().replace("max_contacts: 2, days: 7", "max_contacts: 2, dayz: 7"))
    line = path.read_text()[: path.read_text().index("dayz")].count("\n") + 1
    done = oneoffer("run", "--conf", "mine", "--as-of", "2026-01-01", cwd=tmp_path)
    assert done.returncode == 2
    assert f"mine/policy.yaml:{line}: unknown key 'contact_policy.weekly.dayz'; did you mean 'days'?" in done.stderr


def test_the_doctor_speaks_to_machines():
    result = json.loads(oneoffer("doctor", "--json").stdout)
    assert {item["what"] for item in result} >= {"venv", "Java 17 or newer", "libgomp.so.1"}
