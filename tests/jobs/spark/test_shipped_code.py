"""What a cluster's workers import is this process's code, whatever is installed where they run."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import oneoffer
from jobs.spark.shipped_code import PACKAGES, write_zip

PROGRAM = """
import json, sys
import pyarrow as pa
from conf.deployment import Spark
from jobs.spark.session import session_for

settings = {"spark.driver.memory": "512m", "spark.executor.memory": "512m"}
for _ in range(2):  # a replay asks for its session every night
    spark = session_for("probe", Spark(master="local-cluster[2,1,512]", settings=settings))

def where(batches):
    import optimization.limits, os, models
    yield from (pa.RecordBatch.from_pylist([{"file": optimization.limits.__file__}]) for _ in batches)

files = {row.file for row in spark.range(0, 2, 1, 2).mapInArrow(where, "file string").collect()}
import expectations
print(json.dumps({"workers": sorted(files), "driver": expectations.__file__, "path": sys.path}))
"""


def test_the_zip_holds_every_module_and_the_same_code_makes_the_same_bytes(tmp_path):
    first, second = write_zip(tmp_path / "a.zip"), write_zip(tmp_path / "b.zip")
    assert first.read_bytes() == second.read_bytes()
    held = set(zipfile.ZipFile(first).namelist())
    files = [file for name in PACKAGES for file in (Path(oneoffer.HOME) / name).rglob("*.py")]
    assert held == {str(file.relative_to(oneoffer.HOME)) for file in files} | {"oneoffer.py"}
    assert {name.partition("/")[0] for name in held} == {*oneoffer.PACKAGES, "oneoffer.py"}


def test_the_workers_of_a_cluster_import_the_zip_and_this_process_its_folders(tmp_path):
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=240, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    imported = json.loads(done.stdout.splitlines()[-1])
    assert all("oneoffer.zip/optimization" in file for file in imported["workers"])
    assert imported["workers"]
    assert ".zip" not in imported["driver"]
    assert not any(entry.endswith("oneoffer.zip") for entry in imported["path"])
