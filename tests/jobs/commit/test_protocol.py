"""A set without a COMMIT does not exist, and a COMMIT that exists is never replaced."""

import errno
import json
import os
import stat
import subprocess
from contextlib import contextmanager
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.commit import protocol as module
from jobs.commit.commits import RECALL, committed
from jobs.commit.ledger import read_ledger
from jobs.commit.lock import date_lock
from jobs.commit.protocol import acknowledged, clean_up, commit, commit_recall, seal, superseding
from jobs.commit.run_folder import RunFolder
from jobs.core.errors import DiskFailed

DAY = date(2024, 7, 1)
FILES = {"decisions.parquet": b"PAR1", "email.csv": b"customer_id\r\nann\r\n"}
OTHER = {**FILES, "email.csv": b"customer_id\r\nbob\r\n"}


@pytest.fixture
def output(tmp_path):
    return tmp_path / "published"


def sealed(output, files, day=DAY):
    """The folder of a set that the next run has not yet removed."""
    with date_lock(output, day) as run_folder:
        return seal(run_folder, files)


def published(output, files, day=DAY):
    with date_lock(output, day) as run_folder:
        return commit(run_folder, seal(run_folder, files), b"{}", committed(output, day))


@contextmanager
def as_found(output):
    """The next run, which finds what those before it left."""
    with date_lock(output, DAY) as run_folder:
        yield run_folder


def tree(folder):
    """Every file below a folder and its bytes, but for the lock, which says who holds it."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("lock"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_sealed_set_holds_its_files_and_their_checksums_for_coreutils(output):
    folder = sealed(output, FILES)
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
    assert sealed(tmp_path / "a", FILES).name == sealed(tmp_path / "b", backwards, date(2024, 7, 2)).name


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["a.csv", "b.csv", "c.csv"]), st.binary(max_size=3), min_size=1))
def test_another_content_has_another_name(tmp_path_factory, files):
    output = tmp_path_factory.mktemp("published")
    changed = {**files, "a.csv": files.get("a.csv", b"") + b"!"}
    assert sealed(output / "one", files).name != sealed(output / "two", changed).name


def test_a_set_without_a_commit_is_not_seen(output):
    folder = sealed(output, FILES)
    assert folder.is_dir()
    assert committed(output, DAY) is None
    assert read_ledger(output).newest() == []


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
    sets = [published(output, FILES if number % 2 else OTHER) for number in range(1, 11)]
    day = output / "2024-07-01"
    for name in ("COMMIT.11.bak", "COMMIT.old.12", "COMMIT.", "COMMIT.013", "COMMIT.²"):
        (day / name).write_text("not ours")
    assert sets[-1].number == 10  # after 9, not before it as text would be
    assert committed(output, DAY) == sets[-1]
    assert sets[-1].folder != sets[0].folder


def test_what_was_sent_is_the_newest_commit_of_every_day(output):
    july, june = published(output, FILES), published(output, FILES, date(2024, 6, 30))
    corrected = published(output, OTHER, date(2024, 6, 30))
    sealed(output, FILES, date(2024, 6, 29))  # never committed
    assert read_ledger(output).newest() == [corrected, july]
    assert june.folder != corrected.folder


def test_what_a_killed_run_left_is_removed_and_what_is_committed_stays(output):
    published(output, FILES)
    before = tree(output)
    day = output / "2024-07-01"
    (day / ".run-1" / "attempt").mkdir(parents=True)
    (day / ".run-1" / "attempt" / "email.csv").write_bytes(b"half")
    (day / "SUPERSEDING").touch()
    (day / "recall-0123").mkdir()
    sealed(output, OTHER)  # audited, and found wanting
    with as_found(output):
        assert tree(output) == before


def test_a_set_that_was_superseded_stays(output):
    first = published(output, FILES)
    published(output, OTHER)
    with as_found(output):
        assert first.folder.is_dir()


def test_a_damaged_set_that_was_never_committed_is_made_anew(output):
    folder = sealed(output, FILES)
    (folder / "email.csv").write_bytes(b"half")
    assert sealed(output, FILES) == folder
    assert (folder / "email.csv").read_bytes() == FILES["email.csv"]


def test_a_damaged_set_that_appears_meanwhile_is_put_aside(output):
    with as_found(output) as run_folder:
        folder = seal(run_folder, FILES)
        (folder / "email.csv").write_bytes(b"half")
        assert seal(run_folder, FILES) == folder
    assert (folder / "email.csv").read_bytes() == FILES["email.csv"]


def test_sealing_what_is_committed_leaves_every_byte_as_it_was(output):
    first = published(output, FILES)
    kept = [path for path in output.rglob("*") if path.is_file() and not path.name.endswith("lock")]
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in kept}
    assert sealed(output, FILES) == first.folder
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in before} == before
    assert set(tree(output)) == {path.relative_to(output).as_posix() for path in kept}


def test_a_run_that_looked_too_early_does_not_replace_a_commit(output):
    with as_found(output) as run_folder:
        too_early = committed(output, DAY)
        folder = seal(run_folder, OTHER)
        first = commit(run_folder, seal(run_folder, FILES), b"{}", None)
        before = (output / "2024-07-01" / "COMMIT.1").read_bytes()
        (run_folder.path / "COMMIT").unlink()
        with pytest.raises(FileExistsError):
            commit(run_folder, folder, b"{}", too_early)
    assert (output / "2024-07-01" / "COMMIT.1").read_bytes() == before
    assert committed(output, DAY) == first


def test_a_recall_has_numbers_of_its_own(output):
    first = published(output, FILES)
    with as_found(output) as run_folder:
        recall = commit_recall(run_folder, seal(run_folder, {"email.csv": b"ann"}, RECALL), b"{}", None)
    assert (recall.number, recall.folder.name[:7]) == (1, "recall-")
    assert committed(output, DAY) == first
    assert committed(output, DAY, RECALL) == recall


@pytest.mark.parametrize(
    ("names", "acknowledging"), [(["ACK"], ["ACK"]), (["ACK.email", "ACKS", "ack"], ["ACK.email"]), ([], [])]
)
def test_a_channel_acknowledges_with_a_file(tmp_path, names, acknowledging):
    for name in names:
        (tmp_path / name).touch()
    assert acknowledged(tmp_path) == acknowledging


def test_while_a_set_is_superseded_receivers_can_see_it(output):
    published(output, FILES)
    mark = output / "2024-07-01" / "SUPERSEDING"
    with as_found(output) as run_folder, superseding(run_folder):
        assert mark.is_file()
    assert not mark.exists()


def test_a_commit_that_the_disk_does_not_confirm_is_said_to_be_there(output, monkeypatch):
    with as_found(output) as run_folder:
        folder = seal(run_folder, FILES)

        def fail(_folder):
            raise OSError(5, "Input/output error")

        def publish_link(*words):
            original(*words)
            monkeypatch.setattr(module, "sync_folder", fail)

        original = RunFolder.publish_link
        monkeypatch.setattr(RunFolder, "publish_link", publish_link)
        with pytest.raises(DiskFailed, match=r"COMMIT\.1 is there, .* is published"):
            commit(run_folder, folder, b"{}", None)
    assert committed(output, DAY).folder == folder


@pytest.mark.parametrize("failing", ["fsync", "link", "rename"])
def test_a_disk_that_fails_leaves_what_was_published_untouched(output, monkeypatch, failing):
    published(output, FILES)
    before = tree(output)

    def fail(*arguments, **keywords):
        raise OSError(5, "Input/output error")

    with as_found(output) as run_folder, monkeypatch.context() as patch:
        patch.setattr(os, failing, fail)
        with pytest.raises(OSError, match="Input/output error"):
            commit(run_folder, seal(run_folder, OTHER), b"{}", committed(output, DAY))
    assert committed(output, DAY).number == 1
    assert {name: content for name, content in tree(output).items() if name in before} == before
    assert published(output, OTHER).number == 2  # the next run is hindered by nothing
    assert not list((output / "2024-07-01").glob(".run-*"))


@pytest.mark.parametrize(
    "look",
    [
        lambda output, run_folder: committed(output, DAY),
        lambda output, run_folder: read_ledger(output),
        lambda output, run_folder: acknowledged(run_folder.day),
        lambda output, run_folder: clean_up(run_folder),
    ],
    ids=["the commit", "the history", "the acknowledgements", "leftovers"],
)
def test_a_folder_that_cannot_be_read_is_no_empty_one(output, look, monkeypatch):
    published(output, FILES)
    before = tree(output)

    def broken(_path="."):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with as_found(output) as run_folder, monkeypatch.context() as patch:
        patch.setattr(os, "listdir", broken)
        patch.setattr(os, "scandir", broken)
        with pytest.raises(PermissionError):
            look(output, run_folder)
    assert tree(output) == before
