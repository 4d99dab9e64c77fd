"""What ends a command without being a bug, in real processes: each has its sentence and its code."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

SHOP = Path(__file__).parent / "bad_inputs" / "shop"
GATE = [str(Path(sys.executable).with_name("oneoffer")), "gate_sources", "--conf", "conf", "--as-of", "2024-07-01"]
GIB = 2**30


@pytest.fixture
def shop(tmp_path):
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    for file in (tmp_path / "conf").iterdir():
        file.write_text(file.read_text().replace("HERE", str(tmp_path)))
    return tmp_path


def start(folder, *, environment=None, before=()):
    return subprocess.Popen(
        [*before, *GATE],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"ONEOFFER_SALT": "salt"} | (environment or {}),
    )


def ended(process, figures):
    """Exit code and last line of a command that must end without a trace of its insides."""
    _, printed = process.communicate(timeout=300)
    assert "Traceback" not in printed
    assert "bug in oneoffer" not in printed
    figures.count("ordinary deaths", tried=1, named=1)
    return process.returncode, printed.strip().splitlines()[-1]


def test_without_java_the_package_that_brings_it_is_named(shop, figures):
    code, last = ended(start(shop, environment={"JAVA_HOME": "/nonexistent"}), figures)
    assert code == 2
    assert last.startswith("Spark needs Java 17 or newer, and there is no java in JAVA_HOME (/nonexistent)")


def test_a_java_that_is_too_old_is_named_with_its_version(shop, figures, tmp_path):
    java = tmp_path / "old" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\nexit 1\n")
    java.chmod(0o755)
    code, last = ended(start(shop, environment={"JAVA_HOME": str(tmp_path / "old")}), figures)
    assert code == 2
    assert last.startswith("Spark needs Java 17 or newer, and there is 11: apt-get install")


def test_a_process_that_may_not_take_the_memory_of_java_says_so(shop, figures):
    code, last = ended(start(shop, before=["prlimit", f"--as={6 * GIB}"]), figures)
    assert code == 2
    assert last.startswith("Java could not start: this process may not take the memory that Spark asks for")


@pytest.mark.full
@pytest.mark.parametrize("wait", [0.5, 4, 8])
def test_a_java_that_is_killed_is_blamed_and_the_night_may_be_tried_again(shop, figures, wait):
    process = start(shop)
    java = _child(process.pid)
    sleep(wait)
    os.kill(java, signal.SIGKILL)
    code, last = ended(process, figures)
    assert code == 18
    assert last.startswith("Spark's Java process was killed by signal 9")
    assert ended(start(shop), figures)[0] == 0


def _child(parent):
    """The process of Java below a command, once it is there."""
    end = monotonic() + 120
    while monotonic() < end:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            for child in map(int, children.read_text().split()):
                if Path(f"/proc/{child}/comm").read_text().strip() == "java":
                    return child
        sleep(0.1)
    raise AssertionError("no Java was started")
