"""What pip cannot install is looked for, and what brings it is named."""

import ctypes
import subprocess
import sys
from types import SimpleNamespace

import pytest

from jobs.core import machine


@pytest.fixture(autouse=True)
def _a_machine_that_has_everything(monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(machine.shutil, "which", lambda name, path=None: f"{path or '/bin'}/{name}")
    monkeypatch.setattr(subprocess, "run", java_that_prints('openjdk version "17.0.9" 2023-10-17'))
    monkeypatch.setattr(ctypes, "CDLL", lambda name: name)
    monkeypatch.setattr(machine, "find_spec", lambda name: name)


def java_that_prints(text):
    return lambda command, **settings: SimpleNamespace(stderr=text)


def finding_of(what):
    return next(finding for finding in machine.examine() if what in finding.what)


def test_a_machine_that_has_everything_needs_nothing():
    assert [(finding.is_there, finding.mend) for finding in machine.examine()] == [(True, "")] * 4


def test_missing_java_names_the_package(monkeypatch):
    monkeypatch.setattr(machine.shutil, "which", lambda name, path=None: None)
    java = finding_of("Java")
    assert (java.is_there, java.found) == (False, "no java on the path")
    assert java.mend == "apt-get install default-jre-headless"


@pytest.mark.parametrize(
    ("text", "is_there", "version"),
    [
        ('openjdk version "17.0.9" 2023-10-17', True, "17"),
        ('openjdk version "21" 2023-09-19', True, "21"),
        ('openjdk version "11.0.21" 2023-10-17', False, "11"),
        ('java version "1.8.0_392"', False, "8"),  # Java 8 called itself 1.8
        ("Error: could not find libjvm.so", False, "no version printed"),
    ],
)
def test_java_is_judged_by_the_version_that_it_prints(monkeypatch, text, is_there, version):
    monkeypatch.setattr(subprocess, "run", java_that_prints(text))
    java = finding_of("Java")
    assert (java.is_there, java.found) == (is_there, version)
    assert bool(java.mend) != is_there


def test_java_home_goes_before_the_path_as_it_does_for_spark(monkeypatch):
    monkeypatch.setenv("JAVA_HOME", "/opt/gone")
    monkeypatch.setattr(machine.shutil, "which", lambda name, path=None: None if path else "/usr/bin/java")
    java = finding_of("Java")
    assert (java.is_there, java.found) == (False, "no java in JAVA_HOME (/opt/gone)")


def test_missing_openmp_names_the_package(monkeypatch):
    def fail(name):
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", fail)
    openmp = finding_of("libgomp")
    assert (openmp.is_there, openmp.mend) == (False, "apt-get install libgomp1")


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_names_the_package(monkeypatch, missing):
    monkeypatch.setattr(machine, "find_spec", lambda name: None if name == missing else name)
    assert finding_of("venv").mend == "apt-get install python3-venv"


@pytest.mark.parametrize(
    ("version", "is_there"),
    [((3, 10, 14), False), ((3, 11, 0), True), ((3, 13, 9), True), ((3, 14, 0), False)],
)
def test_python_is_one_of_those_that_our_libraries_state(monkeypatch, version, is_there):
    monkeypatch.setattr(sys, "version_info", version)
    python = finding_of("Python")
    assert (python.is_there, python.found) == (is_there, ".".join(map(str, version)))
