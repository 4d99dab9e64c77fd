"""The ledger names every commit in order, and whatever is done to it or to what it names is seen."""

import json
import shutil
from datetime import date, timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.commit.commits import committed
from jobs.commit.ledger import LEDGER, enter_unnamed, ledger_lock, read_ledger
from jobs.commit.ledger_faults import faults
from jobs.commit.lock import date_lock
from jobs.commit.protocol import commit, seal
from jobs.core.errors import LedgerBroken, Locked

FIRST = date(2024, 7, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(4)]


def publish(output, day, content=b"ann", seen=None):
    with date_lock(output, day) as run_folder:
        folder = seal(run_folder, {"decisions.parquet": content + day.isoformat().encode(), "email.csv": content})
        return commit(run_folder, folder, b"{}", committed(output, day), seen=seen)


def found(output, copy=b"", is_near=lambda day: True, *, whole=False):
    try:
        return list(faults(read_ledger(output), copy, is_near, whole=whole))
    except LedgerBroken as broken:
        return [str(broken)]


@settings(max_examples=25, deadline=None)
@given(order=st.lists(st.sampled_from(DAYS), min_size=1, max_size=6), contents=st.binary(min_size=6, max_size=6))
def test_whatever_the_order_of_nights_each_commit_names_the_one_before(tmp_path_factory, order, contents):
    output = tmp_path_factory.mktemp("published")
    commits = [publish(output, day, bytes([content])) for day, content in zip(order, contents, strict=False)]
    marks = [commit.folder.parent / f"COMMIT.{commit.number}" for commit in commits]
    names = [mark.relative_to(output).as_posix() for mark in marks]
    ledger = read_ledger(output)
    assert [entry["commit"] for entry in ledger.entries] == names
    follows = [json.loads(mark.read_text())["follows"] for mark in marks]
    digests = [sha256(mark.read_bytes()).hexdigest() for mark in marks]
    before = [{"commit": name, "sha256": digest} for name, digest in zip(names, digests, strict=True)]
    assert follows == [None, *before[:-1]]
    assert {commit.as_of: commit for commit in ledger.newest()} == {commit.as_of: commit for commit in commits}
    assert found(output, ledger.text, whole=True) == []
    then = [[commit.folder for commit in ledger.before(made).newest()] for made in commits]
    assert then == [
        [commit.folder for _, commit in sorted({made.as_of: made for made in commits[:number]}.items())]
        for number in range(len(commits))
    ]


def test_nothing_is_committed_onto_a_damaged_ledger(tmp_path):
    publish(tmp_path, FIRST)
    publish(tmp_path, DAYS[1])
    (tmp_path / LEDGER).write_bytes((tmp_path / LEDGER).read_bytes().replace(b"e", b"E", 1))
    with pytest.raises(LedgerBroken, match="line 1 does not follow"):
        publish(tmp_path, DAYS[2])
    assert committed(tmp_path, DAYS[2]) is None


@pytest.mark.parametrize("name", ["email.csv", "audit.json"])
def test_the_whole_check_looks_at_every_file(tmp_path, name):
    (publish(tmp_path, FIRST).folder / name).write_bytes(b"bob")
    assert len(found(tmp_path, whole=True)) == 1


def test_a_commit_that_names_another_set_is_seen(tmp_path):
    first, second = publish(tmp_path, FIRST), publish(tmp_path, FIRST, b"bob")
    mark = tmp_path / "2024-07-01" / "COMMIT.2"
    mark.write_text(mark.read_text().replace(second.folder.name, first.folder.name))
    assert found(tmp_path) == ["2024-07-01/COMMIT.2 is not as it was committed"]


def test_damage_out_of_reach_hinders_nobody(tmp_path):
    for day in DAYS:
        publish(tmp_path, day)
    shutil.rmtree(tmp_path / FIRST.isoformat())
    assert found(tmp_path) == ["2024-07-01/COMMIT.1 is gone"]
    assert found(tmp_path, is_near=lambda day: day > FIRST) == []
    assert [commit.as_of for commit in read_ledger(tmp_path).newest()] == DAYS[1:]


def test_a_ledger_that_was_cut_is_told_by_its_copy(tmp_path):
    for day in DAYS:
        publish(tmp_path, day)
    copy = read_ledger(tmp_path).text
    lines = copy.splitlines(keepends=True)
    (tmp_path / LEDGER).write_bytes(b"".join(lines[:-1]))
    shutil.rmtree(tmp_path / DAYS[-1].isoformat())
    assert found(tmp_path) == []  # the rest is a whole ledger
    assert len(found(tmp_path, copy)) == 1
    shutil.rmtree(tmp_path)
    assert len(found(tmp_path, copy)) == 1  # as if the disk were not mounted


def test_what_a_killed_run_committed_and_did_not_enter_counts_and_is_entered(tmp_path):
    publish(tmp_path, FIRST)
    before = (tmp_path / LEDGER).read_bytes()
    killed = publish(tmp_path, DAYS[1])
    after = (tmp_path / LEDGER).read_bytes()
    (tmp_path / LEDGER).write_bytes(before)
    assert killed in read_ledger(tmp_path).newest()
    with date_lock(tmp_path, DAYS[2]) as run_folder:
        enter_unnamed(tmp_path, run_folder.path)
    assert (tmp_path / LEDGER).read_bytes() == after


def test_of_two_dates_at_once_the_second_is_not_committed(tmp_path):
    publish(tmp_path, FIRST)
    seen = read_ledger(tmp_path).position
    publish(tmp_path, DAYS[1], seen=seen)
    with pytest.raises(Locked, match="another set was committed in .* since this run read whom the others contact"):
        publish(tmp_path, DAYS[2], seen=seen)
    assert committed(tmp_path, DAYS[2]) is None
    assert publish(tmp_path, DAYS[2], seen=read_ledger(tmp_path).position).number == 1


def test_a_ledger_held_by_somebody_else_for_long_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.commit.ledger.PATIENCE_SECONDS", 0.1)
    with ledger_lock(tmp_path, "2024-07-01"), pytest.raises(Locked, match="the night of 2024-07-01 is being"):
        publish(tmp_path, DAYS[1])
    assert publish(tmp_path, DAYS[1]).number == 1


@pytest.mark.parametrize(
    ("right", "wrong"), [(b'"sha256"', b'"sha255"'), (b"2024-07", b"2024-47"), (b'"commit"', b'"kommit"')]
)
def test_a_last_line_that_says_something_else_is_damage_too(tmp_path, right, wrong):
    publish(tmp_path, FIRST)
    path = tmp_path / LEDGER
    path.write_bytes(path.read_bytes().replace(right, wrong))
    with pytest.raises(LedgerBroken, match="line 1 does not follow"):
        read_ledger(tmp_path)
