"""Whole nights, run as their users run them: by the command line, in a folder of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SALT = "oneoffer-demo"
DEPLOYMENTS = Path(__file__).parents[1] / "deployments"


class Workplace:
    """A folder in which commands are run."""

    def __init__(self, folder):
        self.folder = folder

    def oneoffer(self, *words, **environment):
        """Run a command; its output and exit code."""
        command = [str(Path(sys.executable).with_name("oneoffer")), *words]
        return subprocess.run(
            command,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=900,
            env=os.environ | {"ONEOFFER_SALT": SALT} | environment,
        )

    def must(self, *words):
        """As `oneoffer`, of a command that has to succeed."""
        done = self.oneoffer(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def published(self, as_of):
        """The committed set of a date."""
        (folder,) = (self.folder / "work").rglob(f"published/{as_of}")
        assert (folder / "COMMIT.1").is_file()
        (one,) = folder.glob("set-*")
        return one


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The demo, run once by its one command."""
    place = Workplace(tmp_path_factory.mktemp("demo"))
    place.printed = place.must("demo")
    return place


@pytest.fixture
def deployment(tmp_path):
    """A workplace with a copy of one of the test deployments in `conf`."""

    def make(name):
        shutil.copytree(DEPLOYMENTS / name, tmp_path / "conf")
        (tmp_path / "data").mkdir()
        return Workplace(tmp_path)

    return make
