"""Several processes share a file of lines, and each of them stays whole."""

import errno
import json
import os
import subprocess
import sys

import pytest

from jobs.core import files as appended_lines
from jobs.core.files import append_line

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
    monkeypatch.setattr(appended_lines.os, "write", lambda _handle, content: len(content) // 2)
    with pytest.raises(OSError, match="No space left"):
        append_line(tmp_path / "log.jsonl", "{}")
