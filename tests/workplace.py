"""Folders in which tests run commands, each in a process of its own or in one that keeps its Spark session."""

import json
import os
import subprocess
import sys
from pathlib import Path

SALT = "oneoffer-demo"
PROGRAM = Path(__file__).with_name("many_commands.py")


class CommandLine:
    """The command line in a process of its own, which keeps its Spark session from one command to the next.

    `logs` is a new folder for what it prints. It starts in `folder`, where it must stay if settings name relative
    paths: a JVM cannot change its working folder.
    """

    def __init__(self, logs, folder=None):
        self.printed = [logs / "stdout.txt", logs / "stderr.txt"]
        replies, reply_to = os.pipe()
        with self.printed[0].open("ab") as stdout, self.printed[1].open("ab") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-P", str(PROGRAM), str(reply_to)],  # without -P, tests/jobs would pass for jobs
                cwd=folder or logs,
                stdin=subprocess.PIPE,
                stdout=stdout,
                stderr=stderr,
                pass_fds=[reply_to],
                env=os.environ | {"ONEOFFER_SALT": SALT},
            )
        os.close(reply_to)
        self.replies = os.fdopen(replies)

    def run(self, folder, words, plant=""):
        """A command in a folder: its exit code, and what it and Java printed meanwhile."""
        before = [path.stat().st_size for path in self.printed]
        self.process.stdin.write(json.dumps([str(folder), plant, words]).encode() + b"\n")
        self.process.stdin.flush()
        code = self.replies.readline()
        texts = [path.read_bytes()[size:].decode() for path, size in zip(self.printed, before, strict=True)]
        assert code, f"the command line died:\n{texts[1]}"
        return subprocess.CompletedProcess(words, int(code), *texts)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.replies.close()


class Workplace:
    """A folder in which commands are run, each in a process of its own unless it has a command line."""

    salt = SALT

    def __init__(self, folder, command_line=None):
        self.folder, self.command_line = folder, command_line

    def oneoffer(self, *words, **environment):
        """Run a command; its output and exit code. One with an environment always has a process of its own."""
        if self.command_line and not environment:
            return self.command_line.run(self.folder, words)
        command = [str(Path(sys.executable).with_name("oneoffer")), *words]
        return subprocess.run(
            command,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=3600,
            env=os.environ | {"ONEOFFER_SALT": SALT} | environment,
        )

    def must(self, *words):
        """As `oneoffer`, of a command that has to succeed."""
        done = self.oneoffer(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def output(self):
        """Where the company publishes."""
        return self.folder / "work/published"

    def night(self, *words, **environment):
        """Run the company's night of the date that its fixture publishes."""
        done = self.oneoffer("run", "--conf", "conf", "--as-of", "2025-03-01", *words, **environment)
        assert done.returncode == 0, done.stdout + done.stderr

    def record(self, as_of):
        """run.json of a night."""
        (path,) = (self.folder / "work").rglob(f"runs/as_of={as_of}/run.json")
        return json.loads(path.read_text())

    def published(self, as_of):
        """The committed set of a date."""
        (folder,) = (self.folder / "work").rglob(f"published/{as_of}")
        assert (folder / "COMMIT.1").is_file()
        (sealed,) = folder.glob("set-*")
        return sealed
