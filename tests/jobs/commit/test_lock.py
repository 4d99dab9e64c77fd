"""One run at a time per date, and no lock outlives its holder."""

import os
import signal
import subprocess
import sys
from datetime import date

import pytest

from jobs.commit.lock import date_lock
from jobs.core.errors import DiskFailed, Locked

DAY = date(2024, 7, 1)
HOLDER = """
import subprocess, sys, time
from datetime import date
from pathlib import Path
from jobs.commit.lock import date_lock
with date_lock(Path(sys.argv[1]), date(2024, 7, 1)):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    print(child.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock, with a child of its own."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        child = int(process.stdout.readline())
        yield process
        process.kill()
        os.kill(child, signal.SIGKILL)


def test_a_second_process_is_told_to_wait(tmp_path, holder):
    with pytest.raises(Locked, match="another run works on 2024-07-01"), date_lock(tmp_path, DAY):
        pass


def test_another_date_is_free(tmp_path, holder):
    with date_lock(tmp_path, date(2024, 7, 2)):
        pass


def test_a_holder_that_is_killed_holds_nothing_even_while_its_child_lives_on(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with date_lock(tmp_path, DAY):
        pass


def test_the_lock_is_freed_when_the_run_ends_and_when_it_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), date_lock(tmp_path, DAY):
        raise ZeroDivisionError
    with date_lock(tmp_path, DAY):
        pass
    with date_lock(tmp_path, DAY):
        pass


def test_one_process_does_not_get_the_lock_twice(tmp_path):
    with date_lock(tmp_path, DAY), pytest.raises(Locked), date_lock(tmp_path, DAY):
        pass


def test_an_output_that_cannot_be_made_is_a_disk_that_failed(tmp_path):
    (tmp_path / "published").write_text("a file, not a folder")
    with pytest.raises(DiskFailed, match="nothing was begun for 2024-07-01"), date_lock(tmp_path / "published", DAY):
        pass
