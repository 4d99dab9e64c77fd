"""A publisher that dies before any change of the disk: no half set, none lost or doubled, and a rerun finishes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("programs") / "killed_publisher.py"
OLD, NEW = {"SHA256SUMS", "a.csv", "audit.json"}, {"SHA256SUMS", "a.csv", "audit.json", "b.csv"}


@pytest.fixture(scope="module", params=["first", "again"])
def deaths(request, tmp_path_factory):
    """What every death left; `again` publishes where an older set is committed."""
    command = [sys.executable, str(PROGRAM), str(tmp_path_factory.mktemp("killed")), request.param]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return request.param, [json.loads(line) for line in lines]


def test_the_publisher_dies_at_every_change_and_lives_only_when_none_is_left(deaths):
    _, outcomes = deaths
    assert [outcome["ended"] for outcome in outcomes] == [9] * (len(outcomes) - 1) + [0]
    assert len(outcomes) > 25


def test_readers_see_what_they_saw_before_or_the_whole_new_set(deaths):
    kind, outcomes = deaths
    seen = [outcome["seen"] for outcome in outcomes]
    before = None if kind == "first" else OLD
    assert {frozenset(files) if files else None for files in seen} == {
        frozenset(before) if before else None,
        frozenset(NEW),
    }
    assert all(files["a.csv"] == ("new" if "b.csv" in files else "old") for files in seen if files)
    assert seen == sorted(seen, key=lambda files: files is not None and "b.csv" in files)  # once seen, it stays


def test_whatever_the_moment_of_death_a_rerun_leaves_the_same_bytes(deaths):
    kind, outcomes = deaths
    assert all(outcome["after_rerun"] == outcomes[-1]["after_rerun"] for outcome in outcomes)
    commits = [name for name in outcomes[-1]["after_rerun"] if "COMMIT" in name]
    assert len(commits) == (1 if kind == "first" else 2)
