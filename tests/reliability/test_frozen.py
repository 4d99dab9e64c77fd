"""The real publisher, frozen while it works and woken up when another run has published the date."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from subprocess import PIPE

import pytest

pytestmark = pytest.mark.slow
AS_OF = "2025-03-01"
PUBLISH = ("publish", "--conf", "conf", "--as-of", AS_OF)
LOCKED = 16


@pytest.fixture
def frozen(computed):
    """A publisher that was stopped after it had entered the date's folder and before it had committed."""
    environment = os.environ | {"ONEOFFER_SALT": computed.salt}
    command = [str(Path(sys.executable).with_name("oneoffer")), *PUBLISH]
    day = computed.output / AS_OF
    while True:
        with subprocess.Popen(command, cwd=computed.folder, env=environment, stdout=PIPE, stderr=PIPE) as process:
            while not list(day.glob(".run-*")):
                assert process.poll() is None
                time.sleep(0.01)
            process.send_signal(signal.SIGSTOP)
            if not list(day.glob("COMMIT.*")):
                yield process
                process.kill()
                return
            process.kill()  # the machine was too busy to stop it in time
        shutil.rmtree(computed.output)


def test_it_publishes_nothing_and_harms_nothing(company, computed, frozen, reader, figures):
    waiting = computed.oneoffer(*PUBLISH)
    assert waiting.returncode == LOCKED
    assert f"process {frozen.pid}" in waiting.stderr
    assert "--take-over" in waiting.stderr
    computed.must(*PUBLISH, "--take-over")
    frozen.send_signal(signal.SIGCONT)
    printed, refused = frozen.communicate(timeout=300)
    if frozen.returncode == 0:  # it had not yet looked at what is published, and finds its own set there
        assert b"verified, every byte as it was" in printed
    else:
        assert frozen.returncode == LOCKED
        assert b"another run has taken 2025-03-01 over" in refused
    assert reader.tree(computed.output) == reader.tree(company.output)
    figures.record("frozen publishers", woken=1, published_nothing=1, harm=0)
