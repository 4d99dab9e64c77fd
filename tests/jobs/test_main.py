"""The command line leaves with one code per cause, and with a traceback only for a bug."""

import subprocess
import sys

import pytest

from conf.errors import SettingsError
from conf.exit_codes import ExitCode
from jobs.core.errors import AuditFailed, Locked
from oneoffer import run_command


def raising(error):
    def command():
        raise error

    return command


def oneoffer(*words):
    return subprocess.run([sys.executable, "-m", "oneoffer", *words], capture_output=True, text=True, check=False)


def test_a_command_that_ends_well_leaves_with_0():
    assert run_command(lambda: None) == 0


@pytest.mark.parametrize(
    ("error", "code"),
    [(SettingsError("policy.yaml:3: no"), 2), (AuditFailed("set breaks 2"), 15), (Locked("wait for it"), 16)],
)
def test_a_cause_that_has_a_code_is_one_sentence_without_a_traceback(capsys, error, code):
    assert run_command(raising(error)) == code
    assert capsys.readouterr().err == f"{error}\n"


def test_a_bug_shows_where_it_is(capsys):
    assert run_command(raising(KeyError("ann@example.org"))) == ExitCode.BUG
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "raise error\nKeyError\n" in shown
    assert "ann@example.org" not in shown
    assert shown.endswith("This is a bug in oneoffer; the lines above say where.\n")


def test_an_interrupt_leaves_as_a_shell_expects(capsys):
    assert run_command(raising(KeyboardInterrupt())) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "words",
    [
        ("nosuch",),
        ("run",),
        ("run", "--conf", "conf/demo", "--as-of", "yesterday"),
        ("run", "--conf", "nowhere", "--as-of", "2024-07-01"),
        ("run", "--conf", "conf/demo", "--as-of", "../../2024-07-01"),
        ("replay", "--conf", "conf/demo", "--from", "2024-07-01/..", "--to", "2024-07-02"),
        ("models", "promote", "../attrition", "--conf", "conf/demo"),
        ("models", "register", "--conf", "conf/demo", "--as-of", "2024-07-01", "--name", "a", "--run", "runs:/a/../b"),
        ("verify", "--conf", "nowhere", "set"),
    ],
)
def test_a_command_that_is_wrongly_used_leaves_with_2_and_no_traceback(words):
    answer = oneoffer(*words)
    assert answer.returncode == 2
    assert answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(("before", "after"), [(0o022, 0o027), (0o000, 0o027), (0o077, 0o077)])
def test_what_is_made_is_not_for_others_and_a_stricter_umask_stays(before, after):
    code = (
        f"import os, sys; os.umask({before}); sys.argv = ['oneoffer', '--help']\n"
        "from oneoffer import main\n"
        "try:\n    main()\nexcept SystemExit:\n    print('umask', os.umask(0))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.endswith(f"umask {after}\n")


def test_a_missing_system_need_leaves_with_2(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    answer = oneoffer("doctor", "--json")
    assert answer.returncode == 2
    assert "default-jre-headless" in answer.stdout


def test_help_needs_no_library_that_is_slow_to_import():
    code = "import sys; from jobs.cli.commands import app; print(sorted(set(sys.modules) & set(sys.argv[1:])))"
    heavy = ("pyspark", "mlflow", "pandas", "pyarrow", "ortools", "great_expectations", "lightgbm", "numpy")
    answer = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"
