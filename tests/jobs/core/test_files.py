"""Files have their mode whatever the umask, are never written over, listed in order, and appended to in whole lines."""

import errno
import json
import os
import stat
import subprocess
import sys

import pytest

from jobs.core import files
from jobs.core.files import append_line, listed, make_folder, sha256_of, sync_folder, write_file


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777])
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path):
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_a_file_has_mode_0640_whatever_the_umask(tmp_path, umask):
    write_file(tmp_path / "a.csv", b"ann")
    assert mode(tmp_path / "a.csv") == "0o640"
    assert (tmp_path / "a.csv").read_bytes() == b"ann"


def test_every_folder_that_is_made_has_mode_0750_whatever_the_umask(tmp_path, umask):
    tmp_path.chmod(0o700)
    make_folder(tmp_path / "published" / "2024-07-01")
    assert {mode(tmp_path / "published"), mode(tmp_path / "published" / "2024-07-01")} == {"0o750"}
    assert mode(tmp_path) == "0o700"  # it was there before: nobody asked us to change it


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path):
    make_folder(tmp_path / "a")
    (tmp_path / "a").chmod(0o700)
    make_folder(tmp_path / "a")
    assert mode(tmp_path / "a") == "0o700"


def test_a_file_is_never_written_over(tmp_path):
    write_file(tmp_path / "a.csv", b"first")
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "a.csv", b"second")
    assert (tmp_path / "a.csv").read_bytes() == b"first"


def test_the_bytes_reach_the_disk_before_the_write_returns(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.readlink(f"/proc/self/fd/{handle}")))
    make_folder(tmp_path / "day")
    write_file(tmp_path / "day" / "a.csv", b"ann")
    sync_folder(tmp_path / "day")
    assert synced == [str(tmp_path), str(tmp_path / "day" / "a.csv"), str(tmp_path / "day")]


def test_the_checksum_is_that_of_sha256sum(tmp_path):
    write_file(tmp_path / "empty", b"")
    assert sha256_of(tmp_path / "empty") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


WRITER = """
import json, sys
from pathlib import Path
from jobs.core.files import append_line
for number in range(200):
    append_line(Path(sys.argv[1]), json.dumps({"who": sys.argv[2], "number": number, "filling": "x" * 12000}))
"""


def test_lines_of_processes_that_write_at_once_are_whole_and_in_each_ones_order(tmp_path):
    path = tmp_path / "logs" / "log.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), who]) for who in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for who in "abc":
        assert [line["number"] for line in lines if line["who"] == who] == list(range(200))


def test_a_file_that_is_made_is_closed_to_others(tmp_path):
    before = os.umask(0)
    append_line(tmp_path / "logs" / "log.jsonl", "{}")
    os.umask(before)
    assert (tmp_path / "logs" / "log.jsonl").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "logs").stat().st_mode & 0o777 == 0o750


def test_a_pipe_that_nobody_reads_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match=os.strerror(errno.ENXIO)):
        append_line(tmp_path / "pipe", "{}")


def test_a_disk_that_takes_half_a_line_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(files.os, "write", lambda _handle, content: len(content) // 2)
    with pytest.raises(OSError, match="No space left"):
        append_line(tmp_path / "log.jsonl", "{}")


def test_names_that_fit_in_their_order_hidden_ones_only_if_asked_for(tmp_path):
    for name in ("b.csv", "a.csv", "a.txt", ".run-1"):
        (tmp_path / name).touch()
    assert listed(tmp_path, "*.csv") == [tmp_path / "a.csv", tmp_path / "b.csv"]
    assert listed(tmp_path, ".run-*") == [tmp_path / ".run-1"]


def test_where_there_is_no_folder_there_is_nothing(tmp_path):
    (tmp_path / "file").touch()
    assert listed(tmp_path / "none", "*") == listed(tmp_path / "file", "*") == []


def test_a_folder_that_cannot_be_read_is_told(tmp_path, monkeypatch):
    def broken(_path):
        raise PermissionError

    monkeypatch.setattr(os, "listdir", broken)
    with pytest.raises(PermissionError):
        listed(tmp_path, "*")
