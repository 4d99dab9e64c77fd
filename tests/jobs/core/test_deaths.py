"""What ends a command without being a bug is said as what it is, with a code of its own."""

import errno
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from conf.errors import SettingsError
from conf.exit_codes import ExitCode, exit_code
from jobs.core import deaths
from jobs.core.deaths import ordinary_death
from jobs.core.errors import AuditFailed, SourceError
from models.errors import RegistryAway


def raised(error, cause, *, hidden=False):
    """The error as it arrives at the command line, raised while its cause was handled."""
    error.__context__, error.__suppress_context__ = cause, hidden
    return error


class LightGBMError(Exception):
    """As LightGBM names it."""


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError("libgomp.so.1: cannot open shared object file: No such file"), 2, "lacks libgomp.so.1"),
        (MemoryError(), 2, "may not take more memory"),
        (RuntimeError("can't start new thread"), 2, "may not start another thread"),
        (RuntimeError("java.lang.OutOfMemoryError: Java heap space"), 2, "raise spark.settings: spark.driver.memory"),
        (RuntimeError("Python worker exited unexpectedly (crashed)"), 18, "a Python worker of Spark was killed"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 17, "No space left on device"),
        (RegistryAway("MLflow at sqlite:///x does not answer: database or disk is full"), 17, "a disk failed"),
        (LightGBMError("Check failed: (num_leaves) > (1)"), 2, "LightGBM refuses: Check failed: (num_leaves) > (1)"),
    ],
)
@pytest.mark.parametrize("is_wrapped", [False, True])
def test_each_death_has_its_sentence_and_code_however_it_is_wrapped(error, code, words, is_wrapped):
    death = ordinary_death(raised(RuntimeError("the stage"), error) if is_wrapped else error)
    assert exit_code(death) == code
    assert words in str(death)


def test_what_is_hidden_behind_the_registry_is_found():
    death = ordinary_death(raised(RegistryAway("MLflow does not answer"), OSError(errno.ENOSPC, "x"), hidden=True))
    assert exit_code(death) == ExitCode.DISK


@pytest.mark.parametrize(
    "error",
    [KeyError("x"), SettingsError("policy.yaml:3"), AuditFailed("breaks 2"), SourceError("no"), RegistryAway("x")],
)
def test_a_bug_and_what_names_itself_stay_what_they_are(error):
    assert ordinary_death(error) is None


@pytest.fixture
def java(monkeypatch):
    """A process in the place of Spark's Java."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    gateway = SimpleNamespace(proc=process)
    monkeypatch.setitem(sys.modules, "pyspark", SimpleNamespace(SparkContext=SimpleNamespace(_gateway=gateway)))
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize(
    "error", [KeyError("x"), RegistryAway("MLflow does not answer"), ConnectionRefusedError("refused")]
)
def test_a_java_that_was_killed_is_blamed_and_nobody_else(java, error):
    java.send_signal(signal.SIGKILL)
    java.wait()
    death = ordinary_death(error)
    assert exit_code(death) == ExitCode.NO_ANSWER
    assert str(death).startswith("Spark's Java process was killed by signal 9")


def test_a_java_that_runs_is_not_blamed(java, monkeypatch):
    monkeypatch.setattr(deaths, "SECONDS", 0.05)
    assert ordinary_death(KeyError("x")) is None
    assert ordinary_death(RuntimeError("x").with_traceback(None)) is None
    assert ordinary_death(ConnectionResetError("x")) is None


def test_a_java_that_is_not_there_is_named_with_what_brings_it(monkeypatch):
    monkeypatch.setenv("JAVA_HOME", "/nonexistent")
    death = ordinary_death(RuntimeError("[JAVA_GATEWAY_EXITED] Java gateway process exited"))
    assert exit_code(death) == ExitCode.USAGE
    assert "Java 17 or newer, and there is no java in JAVA_HOME (/nonexistent): apt-get install" in str(death)


def test_a_java_that_will_not_start_is_told_from_one_that_is_not_there(monkeypatch):
    there = SimpleNamespace(what="Java 17 or newer", is_there=True)
    monkeypatch.setattr(deaths, "examine", lambda: [there])
    assert "ulimit -v" in str(ordinary_death(RuntimeError("[JAVA_GATEWAY_EXITED] Java gateway process exited")))
