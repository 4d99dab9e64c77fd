"""The demo's night on a Spark cluster: the set of one machine, byte for byte, also when workers die under it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import conf

pytestmark = pytest.mark.slow
DEMO = Path(conf.__path__[0]) / "demo"
AS_OF = "2017-11-13"
NIGHT = ["run", "--conf", str(DEMO), "--as-of", AS_OF]
IN_SPARK = ["deployment.optimizer.engine=spark", "policy.exploration=null", "policy.control=null"]
KILLED_IN = ["build_features", "score", "optimize"]


def changed(settings):
    return [word for setting in settings for word in ("--set", setting)]


def on(cluster, *settings):
    return [*NIGHT, *changed([f"deployment.spark.master={cluster.master}", *settings])]


def test_the_nights_set_is_that_of_one_machine(demo, cluster, afresh, tree):
    place = afresh(demo)
    place.must(*on(cluster))
    assert tree(place) == tree(demo)


@pytest.fixture(scope="module")
def reference(demo, afresh, tree):
    """The set of one machine whose plan was made in Spark, and the seconds of its stages."""
    place = afresh(demo)
    place.must(*NIGHT, *changed(IN_SPARK))
    return tree(place), {stage["stage"]: stage["seconds"] for stage in place.record(AS_OF)["stages"]}


class Night:
    """A night in a process of its own, whose progress can be followed."""

    def __init__(self, place, words):
        self.process = subprocess.Popen(
            [str(Path(sys.executable).with_name("oneoffer")), *words],
            cwd=place.folder,
            env=os.environ | {"ONEOFFER_SALT": place.salt},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")))
        self.reader.start()

    def has_done(self, stage):
        return any(line.startswith(f"{stage} ") for line in self.lines)

    def until_done(self, stage):
        while not self.has_done(stage):
            assert self.process.poll() is None, self.lines
            time.sleep(0.05)

    def end(self):
        with self.process:
            self.reader.join()
            return self.process.wait()


def below(number):
    """A process and all that it started."""
    result = subprocess.run(["pgrep", "-P", str(number)], capture_output=True, text=True).stdout.split()
    return [number, *(item for child in result for item in below(int(child)))]


def kill_a_worker(cluster):
    """A worker and its executor, at once; another takes its place."""
    result = subprocess.run(
        ["pgrep", "-f", f"worker-1 {cluster.master}"], capture_output=True, text=True
    ).stdout.split()
    (worker,) = [int(item) for item in result if "java" in Path(f"/proc/{item}/cmdline").read_text().split("\0")[0]]
    doomed = below(worker)
    assert len(doomed) > 1, "it ran an executor"
    for item in doomed:
        try:
            os.kill(item, signal.SIGKILL)
        except ProcessLookupError:  # ended together with what it belonged to
            continue


def test_workers_that_die_in_the_middle_of_a_stage_change_nothing(demo, cluster, reference, afresh, tree):
    place, (expected, seconds) = afresh(demo), reference
    joined = cluster.joined()
    night = Night(place, on(cluster, *IN_SPARK))
    stages = list(seconds)
    for stage in KILLED_IN:
        night.until_done(stages[stages.index(stage) - 1])
        time.sleep(seconds[stage] / 2)
        kill_a_worker(cluster)
        assert not night.has_done(stage), "it was in the middle of the stage"
    assert night.end() == 0, night.lines
    assert cluster.joined() == joined + len(KILLED_IN), "another worker took the place of each"
    assert tree(place) == expected
    (manifest,) = [text for name, text in expected.items() if name.endswith("manifest.json")]
    assert json.loads(manifest)["plan"]["engine"] == "spark"
