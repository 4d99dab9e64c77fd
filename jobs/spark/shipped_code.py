"""Sends our packages to Spark's Python workers as a zip, which they import before other packages of these names.

On a cluster that is whatever is installed there; on this machine, what lies on PYTHONPATH.
"""

import shutil
import sys
import tempfile
import weakref
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import jobs

if TYPE_CHECKING:
    from pyspark import SparkContext

PACKAGES = ("conf", "expectations", "jobs", "models", "optimization")
"""As in oneoffer.py, which lies above; named and not imported, since some of them take seconds to import."""


def package_files(endings: set[str]) -> Iterator[tuple[str, Path]]:
    """Every file of ours with one of these endings, in a fixed order: its name below the packages' folder, its path."""
    home = Path(jobs.__path__[0]).parent
    for package in PACKAGES:
        for path in sorted(path for path in (home / package).rglob("*") if path.suffix in endings):
            yield path.relative_to(home).as_posix(), path
    yield "oneoffer.py", home / "oneoffer.py"


NAME = "oneoffer.zip"


def ship_code(context: "SparkContext") -> None:
    """Let every Python worker of the session import the packages as this process has them.

    Spark puts the zip on this process's own path as well; that is undone, since here the packages lie in folders.
    """
    folder = Path(tempfile.mkdtemp(prefix="oneoffer-"))
    weakref.finalize(context, shutil.rmtree, folder, ignore_errors=True)  # Spark serves the file while it runs
    before = list(sys.path)
    context.addPyFile(str(write_zip(folder / NAME)))
    sys.path[:] = before


def write_zip(path: Path) -> Path:
    """Write the packages' Python files; the same code makes the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in package_files({".py"}):
            archive.writestr(zipfile.ZipInfo(name), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return path
