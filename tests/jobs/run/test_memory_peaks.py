"""The peak of a stage is its own, and not that of the stage before."""

import subprocess
import sys

import pytest

from jobs.run import memory_peaks
from jobs.run.memory_peaks import forget_peaks, peaks

MIB = 2**20
SLEEPER = "import time; held = bytearray(80 << 20); print(flush=True); time.sleep(60)"


def test_memory_that_was_given_back_counts_until_it_is_forgotten():
    forget_peaks()
    before = peaks()["driver"]
    held = bytearray(200 * MIB)
    del held
    assert peaks()["driver"] >= before + 190
    forget_peaks()
    assert peaks()["driver"] < before + 100


def test_python_that_a_process_has_started_counts_as_its_worker():
    with subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        mib = peaks()["worker"]
        child.kill()
    assert mib >= 80


def test_the_jvm_of_a_session_is_told(spark):
    assert peaks()["jvm"] > 50


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_without_proc_the_peak_of_this_process_is_all_that_is_known(tmp_path, monkeypatch, platform):
    monkeypatch.setattr(memory_peaks, "PROC", tmp_path)
    monkeypatch.setattr(memory_peaks.sys, "platform", platform)
    forget_peaks()
    peak_mib = peaks()
    assert peak_mib["driver"] >= (0 if platform == "darwin" else 10)  # Linux counts in KiB, macOS in bytes
    assert (peak_mib["jvm"], peak_mib["worker"]) == (None, None)


def test_a_process_that_ends_meanwhile_counts_nothing(tmp_path, monkeypatch):
    (tmp_path / "1").mkdir()
    (tmp_path / "self").symlink_to(tmp_path / "1")
    (tmp_path / "2").mkdir()  # gone before its files were read
    monkeypatch.setattr(memory_peaks, "PROC", tmp_path)
    forget_peaks()
    assert peaks() == {"driver": 0, "jvm": None, "worker": None}
