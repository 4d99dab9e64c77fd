"""Whole nights that are killed, ended, or frozen and woken up after another run has published. Full tier."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.full
AS_OF = "2025-03-01"
STAGES = ("gate_sources", "build_features", "score", "build_candidates", "optimize", "decide", "report", "publish")
WAYS = ("driver", "jvm", "group", "terminate", "freeze")
LOCKED = 16


class Night:
    """One night of the company, begun in a folder of its own, with nothing published yet."""

    def __init__(self, workplace):
        self.workplace, self.day = workplace, workplace.output / AS_OF
        command = [str(Path(sys.executable).with_name("oneoffer")), "run", "--conf", "conf", "--as-of", AS_OF]
        self.process = subprocess.Popen(
            command, cwd=workplace.folder, env=os.environ | {"ONEOFFER_SALT": workplace.salt}, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def until(self, stage, seconds):
        """Let it go on until a stage has begun, and some seconds more, if it lives that long."""
        done = STAGES[: STAGES.index(stage)]
        while done and not self.process.stdout.readline().startswith(done[-1]):
            assert self.process.poll() is None
        time.sleep(seconds)

    def signal(self, way):
        """Interfere with it."""
        if way == "jvm":
            listed = subprocess.run(["pgrep", "-s", str(self.process.pid), "java"], capture_output=True, text=True)
            for jvm in listed.stdout.split():
                os.kill(int(jvm), signal.SIGKILL)
        elif way in ("group", "freeze"):
            os.killpg(self.process.pid, signal.SIGKILL if way == "group" else signal.SIGSTOP)
        else:
            self.process.send_signal(signal.SIGKILL if way == "driver" else signal.SIGTERM)

    def end(self):
        with self.process:
            self.process.stdout.read()
            return self.process.wait(timeout=600)


@pytest.fixture(scope="module")
def seconds(company):
    """How long each stage of the reference took."""
    record = company.record(AS_OF)
    return {entry["stage"]: entry["seconds"] for entry in record["stages"]}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("way", WAYS)
def test_however_a_night_is_ended_the_next_run_publishes_what_it_would_have(  # noqa: PLR0917  fixtures
    company, again, reader, seconds, way, stage, figures
):
    reference = reader.tree(company.output)
    night = Night(again)
    night.until(stage, random.Random(f"{way} {stage}").uniform(0, seconds[stage]))
    night.signal(way)
    if way == "freeze":
        night.workplace.night("--take-over")
        assert reader.tree(again.output) == reference
        os.killpg(night.process.pid, signal.SIGCONT)
        assert night.end() in (LOCKED, 0)  # 0: it had published before it was frozen
    else:
        night.end()
    assert not list(night.day.glob("COMMIT.*")) or reader.tree(again.output) == reference
    night.workplace.night()
    assert reader.tree(again.output) == reference
    figures.count("nights killed, ended or frozen", nights=1, right=1)
