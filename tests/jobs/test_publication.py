"""A set without a COMMIT does not exist, and a COMMIT that exists is never replaced."""

import json
import os
import stat
import subprocess
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.publication import commit, committed, committed_before, remove_orphans, seal

DAY = date(2024, 7, 1)
FILES = {"decisions.parquet": b"PAR1", "email.csv": b"customer_id\r\nann\r\n"}
OTHER = {**FILES, "email.csv": b"customer_id\r\nbob\r\n"}


@pytest.fixture
def output(tmp_path):
    return tmp_path / "published"


def published(output, files, day=DAY):
    return commit(seal(output, day, files), b"{}")


def tree(folder):
    """Every file below a folder and its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_sealed_set_holds_its_files_and_their_checksums_for_coreutils(output):
    folder = seal(output, DAY, FILES)
    assert {path.name for path in folder.iterdir()} == {*FILES, "SHA256SUMS"}
    assert {name: (folder / name).read_bytes() for name in FILES} == FILES
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_files_are_0640_and_folders_0750_whatever_the_umask(output, umask):
    before = os.umask(umask)
    try:
        published(output, FILES)
    finally:
        os.umask(before)
    everything = [output, *output.rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in everything if path.is_dir()} == {0o750}
    assert {stat.S_IMODE(path.stat().st_mode) for path in everything if path.is_file()} == {0o640}


def test_the_same_content_has_the_same_name_wherever_and_in_whatever_order(tmp_path):
    backwards = dict(reversed(FILES.items()))
    assert seal(tmp_path / "a", DAY, FILES).name == seal(tmp_path / "b", date(2024, 7, 2), backwards).name


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["a.csv", "b.csv", "c.csv"]), st.binary(max_size=3), min_size=1))
def test_another_content_has_another_name(tmp_path_factory, files):
    output = tmp_path_factory.mktemp("published")
    changed = {**files, "a.csv": files.get("a.csv", b"") + b"!"}
    assert seal(output / "one", DAY, files).name != seal(output / "two", DAY, changed).name


def test_a_set_without_a_commit_is_not_seen(output):
    folder = seal(output, DAY, FILES)
    assert folder.is_dir()
    assert committed(output, DAY) is None
    assert committed_before(output, date(2024, 8, 1)) == []


def test_a_commit_names_the_set_its_hash_and_the_one_before(output):
    first, second = published(output, FILES), published(output, OTHER)
    assert (first.number, second.number) == (1, 2)
    entries = [json.loads((output / "2024-07-01" / f"COMMIT.{number}").read_text()) for number in (1, 2)]
    assert [entry["set"] for entry in entries] == [first.folder.name, second.folder.name]
    assert [entry["previous"] for entry in entries] == [None, "COMMIT.1"]
    assert all(entry["set"] == f"set-{entry['sha256'][:16]}" for entry in entries)
    assert committed(output, DAY) == second
    assert second.as_of == DAY


def test_commits_are_counted_as_numbers_and_other_files_are_none(output):
    first = published(output, FILES)
    day = output / "2024-07-01"
    (day / "COMMIT.1").rename(day / "COMMIT.9")
    tenth = published(output, OTHER)
    for name in ("COMMIT.11.bak", "COMMIT.old.12", "COMMIT.", "COMMIT.013", "COMMIT.²"):
        (day / name).write_text("not ours")
    assert tenth.number == 10  # after 9, not before it as text would be
    assert committed(output, DAY) == tenth
    assert tenth.folder != first.folder


def test_what_was_sent_before_a_day_is_the_newest_commit_of_every_earlier_day(output):
    july, june = published(output, FILES), published(output, FILES, date(2024, 6, 30))
    corrected = published(output, OTHER, date(2024, 6, 30))
    published(output, FILES, date(2024, 7, 2))
    seal(output, date(2024, 6, 29), FILES)  # never committed
    assert committed_before(output, date(2024, 7, 2)) == [corrected, july]
    assert committed_before(output, date(2024, 6, 30)) == []
    assert june.folder != corrected.folder


def test_what_a_killed_run_left_is_removed_and_what_is_committed_stays(output):
    published(output, FILES)
    before = tree(output)
    day = output / "2024-07-01"
    (day / ".attempt-1").mkdir()
    (day / ".attempt-1" / "email.csv").write_bytes(b"half")
    (day / ".commit-1").write_bytes(b"{")
    seal(output, DAY, OTHER)  # audited, and found wanting
    remove_orphans(day)
    assert tree(output) == before


def test_a_set_that_was_superseded_stays(output):
    first = published(output, FILES)
    published(output, OTHER)
    remove_orphans(output / "2024-07-01")
    assert first.folder.is_dir()


def test_a_damaged_set_that_was_never_committed_is_made_anew(output):
    folder = seal(output, DAY, FILES)
    (folder / "email.csv").chmod(0o640)
    (folder / "email.csv").write_bytes(b"half")
    assert seal(output, DAY, FILES) == folder
    assert (folder / "email.csv").read_bytes() == FILES["email.csv"]


def test_sealing_what_is_committed_leaves_every_byte_as_it_was(output):
    first = published(output, FILES)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in output.rglob("*") if path.is_file()}
    assert seal(output, DAY, FILES) == first.folder
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in before} == before
    assert {path for path in output.rglob("*") if path.is_file()} == set(before)


def test_a_commit_that_exists_is_never_replaced(output, monkeypatch):
    published(output, FILES)
    before = tree(output)
    monkeypatch.setattr("jobs.publication.committed", lambda output, as_of: None)  # a run that looked too early
    with pytest.raises(FileExistsError):
        published(output, OTHER)
    assert {name: content for name, content in tree(output).items() if name in before} == before
    monkeypatch.undo()
    assert committed(output, DAY).folder.name in " ".join(before)


@pytest.mark.parametrize("failing", ["fsync", "link", "rename"])
def test_a_disk_that_fails_leaves_what_was_published_untouched(output, monkeypatch, failing):
    published(output, FILES)
    before = tree(output)

    def fail(*arguments, **keywords):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(OSError, match="Input/output error"):
        published(output, OTHER)
    monkeypatch.undo()
    assert committed(output, DAY).number == 1
    assert {name: content for name, content in tree(output).items() if name in before} == before
    assert published(output, OTHER).number == 2  # the next run is hindered by nothing
    assert not list((output / "2024-07-01").glob(".[ac]*"))
