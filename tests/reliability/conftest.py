"""Publishers whose every call to the system can be counted, killed or refused; and the figures that come of it."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from jobs.commit.commits import committed

TELL_OF_FILES = {"manifest.json", "SHA256SUMS", "audit.json"}
DAY = date(2024, 7, 1)
PROGRAM = Path(__file__).with_name("programs") / "publishers.py"
CHANGES = (
    "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,"
    "chmod,fchmod,fchmodat,ftruncate"
)
WRITES = re.compile(r"O_(CREAT|WRONLY|RDWR)")
HAS_STRACE = shutil.which("strace") is not None
LINE = re.compile(r"(?P<process>\d+) +(?P<call>\w+)\((?P<rest>.*)")


def pytest_ignore_collect(collection_path, config):
    """tests/jobs/commit/test_publication_killed.py shows the same without strace, which the full tier needs."""
    is_full = "not full" not in config.option.markexpr
    return True if collection_path.name == "test_publisher_killed.py" and not is_full and not HAS_STRACE else None


class Figures:
    """What the tests of this folder have counted; written where ONEOFFER_RELIABILITY_JSON says, by name."""

    def __init__(self):
        self.by_name = {}

    def record(self, name, **facts):
        self.by_name[name] = facts

    def count(self, name, **amounts):
        """As `record`, of tests that each add to the same facts."""
        facts = self.by_name.setdefault(name, dict.fromkeys(amounts, 0))
        facts.update({fact: facts.get(fact, 0) + amount for fact, amount in amounts.items()})

    def write(self, path):
        kept = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps(kept | self.by_name, indent=2, sort_keys=True) + "\n")


@pytest.fixture(scope="session")
def figures():
    figures = Figures()
    yield figures
    if path := os.environ.get("ONEOFFER_RELIABILITY_JSON"):
        figures.write(Path(path))


@dataclass(frozen=True)
class Change:
    """The n-th call of a kind that a publisher makes, of those that change a file below the folder watched."""

    call: str
    number: int


class Publishers:
    """A program that starts publishers; each waits until it is let go."""

    def __init__(self, *words, watched, **surroundings):
        self.watched = str(watched)
        command = [sys.executable, str(PROGRAM), *(_word(word) for word in words)]
        self.program = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **surroundings
        )

    def start(self):
        """Let one start; its process number, once it waits."""
        self.program.stdin.write("\n")
        self.program.stdin.flush()
        number = int(self.program.stdout.readline())
        while "T (stopped)" not in Path(f"/proc/{number}/status").read_text():
            pass
        return number

    def end(self):
        """How the last one ended: its exit code, or the signal that killed it as a negative number."""
        return int(self.program.stdout.readline())

    def run(self):
        """Run one undisturbed; how it ended."""
        os.kill(self.start(), signal.SIGCONT)
        return self.end()

    def run_traced(self, *further, log=Path(os.devnull)):
        """Run one under strace, which counts its calls and may interfere with one of them; how it ended."""
        number = self.start()
        words = ["strace", "-f", "-y", "-p", str(number), "-o", str(log), "-e", f"trace={CHANGES}", *further]
        with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as strace:
            assert "attached" in strace.stderr.readline()
            os.kill(number, signal.SIGCONT)
            return self.end()

    def disturb(self, change, how):
        """Run one that is disturbed at one change, as strace's `inject` says it; how it ended."""
        return self.run_traced("-e", f"inject={change.call}:{how}:when={change.number}")

    def changes(self, log):
        """Every call of an undisturbed run that changes a file of the folder, in order."""
        assert self.run_traced(log=log) == 0
        lines = [line for text in log.read_text().splitlines() if (line := LINE.match(text))]
        lines_of_publisher = [line for line in lines if line["process"] == lines[0]["process"]]
        counted = dict.fromkeys((line["call"] for line in lines_of_publisher), 0)
        for line in lines_of_publisher:
            counted[line["call"]] += 1
            reads = line["call"] == "openat" and not WRITES.search(line["rest"])
            if self.watched in line["rest"] and not reads:
                yield Change(line["call"], counted[line["call"]])


def _word(word):
    """Files go as JSON."""
    return (
        json.dumps({name: content.decode() for name, content in word.items()}) if isinstance(word, dict) else str(word)
    )


@pytest.fixture
def publishers():
    """Starts programs of publishers and ends them."""
    started = []

    def start(*words, **surroundings):
        started.append(Publishers(*words, **surroundings))
        return started[-1]

    yield start
    for publisher in started:
        publisher.program.stdin.close()
        publisher.program.wait(timeout=60)
        publisher.program.stdout.close()
        publisher.program.stderr.close()


class Reader:
    """What a receiving system finds in a published folder."""

    @staticmethod
    def seen(output, day=DAY):
        """The files of the newest committed set, None where there is none; each must be as its checksum says."""
        newest = committed(output, day)
        if newest is None:
            return None
        lines = (newest.folder / "SHA256SUMS").read_text().splitlines()
        sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
        assert isinstance(json.loads((newest.folder / "audit.json").read_bytes()), dict)
        for name, digest in sums.items():
            assert hashlib.sha256((newest.folder / name).read_bytes()).hexdigest() == digest
        return {name: (newest.folder / name).read_bytes() for name in sums}

    @staticmethod
    def tree(output):
        """Every file that is not a run's own: all but locks and what lies in run folders."""
        files = (path for path in output.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
        files_of_sets = {str(path.relative_to(output)): path.read_bytes() for path in files}
        return {name: content for name, content in files_of_sets.items() if "/.run-" not in name}

    @staticmethod
    def decided(output):
        """File -> bytes of the set, but for those that tell which files it was made from."""
        files_of_set = {
            name.rpartition("/")[2]: content for name, content in Reader.tree(output).items() if "/set-" in name
        }
        return {name: content for name, content in files_of_set.items() if name not in TELL_OF_FILES}


@pytest.fixture
def computed(company, tmp_path):
    """The company with everything computed and nothing published."""
    shutil.copytree(company.folder, tmp_path / "company", symlinks=True)
    shutil.rmtree(tmp_path / "company/work/published")
    return type(company)(tmp_path / "company")


@pytest.fixture
def again(computed):
    """The company without anything computed."""
    shutil.rmtree(computed.folder / "work/lake")
    return computed


@pytest.fixture(scope="session")
def reader():
    return Reader
