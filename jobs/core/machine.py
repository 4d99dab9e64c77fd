"""Checks whether the machine has what pip cannot install, and names the package that provides it."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OLDEST_JAVA, OLDEST_PYTHON, NEWEST_PYTHON = 17, (3, 11), (3, 13)
JAVA_PACKAGE = "apt-get install default-jre-headless"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for; `mend` is what to type when it is not there."""

    what: str
    is_there: bool
    found: str
    mend: str


def examine() -> list[Finding]:
    """Every system need, in the order in which a newcomer meets them."""
    return [_python(), _venv(), _java(), _openmp()]


def _python() -> Finding:
    running = sys.version_info[:2]
    version = ".".join(map(str, sys.version_info[:3]))
    is_there = OLDEST_PYTHON <= running <= NEWEST_PYTHON
    return _finding("Python 3.11 to 3.13", version, "apt-get install python3", is_there=is_there)


def _venv() -> Finding:
    is_there = find_spec("venv") is not None and find_spec("ensurepip") is not None
    return _finding("venv", "there" if is_there else "missing", "apt-get install python3-venv", is_there=is_there)


def _java() -> Finding:
    home = os.environ.get("JAVA_HOME")  # Spark looks there first
    java = shutil.which("java", path=Path(home) / "bin") if home else shutil.which("java")
    if java is None:
        where = f"no java in JAVA_HOME ({home})" if home else "no java on the path"
        return _finding("Java 17 or newer", where, JAVA_PACKAGE, is_there=False)
    text = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    version = re.search(r'version "(?:1\.)?(\d+)', text)
    is_there = version is not None and int(version[1]) >= OLDEST_JAVA
    return _finding(
        "Java 17 or newer", version[1] if version else "no version printed", JAVA_PACKAGE, is_there=is_there
    )


def _openmp() -> Finding:
    """LightGBM is linked against it and cannot be imported without."""
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        return _finding("libgomp.so.1", "missing", "apt-get install libgomp1", is_there=False)
    return _finding("libgomp.so.1", "there", "", is_there=True)


def _finding(what: str, observed: str, mend: str, *, is_there: bool) -> Finding:
    return Finding(what, is_there, observed, "" if is_there else mend)
