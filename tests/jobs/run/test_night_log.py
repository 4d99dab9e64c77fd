"""Two lines for each stage, as a machine reads them."""

import json
import os
import sys
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from jobs.core.errors import DiskFailed
from jobs.core.lake import Lake
from jobs.run.observers import NightLog
from jobs.run.stage_run import StageRun

RUN = "0123456789abcdef0123456789abcdef"
WHO = {"deployment": "shop", "as_of": "2024-07-01", "run": RUN, "stage": "score"}


@pytest.fixture
def stage(tmp_path):
    return StageRun("shop", date(2024, 7, 1), "score", RUN)


def log_stage(log, stage, tmp_path, error=None):
    """Both lines of a stage."""
    log.began(stage)
    stage.end(Lake(tmp_path / "lake"), error)
    log.ended(stage)
    log.close(error)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_the_first_line_says_what_begins_and_the_second_how_it_ended(tmp_path, stage):
    stage.table_io.reads("features")
    log_stage(NightLog(tmp_path / "log.jsonl", print), stage, tmp_path)
    start, end = lines((tmp_path / "log.jsonl").read_text())
    assert start == {"time": start["time"], "event": "start"} | WHO
    assert end | WHO | {"event": "end", "exit": 0, "rows_in": {"features": None}, "rows_out": {}} == end
    assert end["peak_mib"]["driver"] > 10
    assert 0 <= end["seconds"] < 5
    assert set(end) == {*WHO, "time", "event", "exit", "seconds", "rows_in", "rows_out", "peak_mib"}
    assert UUID(end["run"])


def test_times_are_utc(tmp_path, stage):
    log_stage(NightLog(tmp_path / "log.jsonl", print), stage, tmp_path)
    times = [datetime.fromisoformat(line["time"]) for line in lines((tmp_path / "log.jsonl").read_text())]
    assert times == sorted(times)
    assert all(time.utcoffset() == datetime.now(UTC).utcoffset() for time in times)


def test_a_stage_that_says_no_is_told_with_its_code_and_sentence(tmp_path, stage):
    log_stage(NightLog(tmp_path / "log.jsonl", print), stage, tmp_path, DiskFailed("the disk is\nfull"))
    _, end = lines((tmp_path / "log.jsonl").read_text())
    assert (end["exit"], end["error"], end["message"]) == (17, "DiskFailed", "the disk is\nfull")


def test_of_an_unexpected_error_no_value_is_logged(tmp_path, stage):
    log_stage(NightLog(tmp_path / "log.jsonl", print), stage, tmp_path, ValueError("ann@example.org is no number"))
    text = (tmp_path / "log.jsonl").read_text()
    assert "ann@example.org" not in text
    assert lines(text)[1]["message"] == "ValueError"


def test_stderr_takes_the_same_lines(capsys, tmp_path, stage):
    log_stage(NightLog("stderr", print), stage, tmp_path)
    assert [line["event"] for line in lines(capsys.readouterr().err)] == ["start", "end"]


@pytest.mark.parametrize("fault", ["is a folder", "lies below a file", "is a pipe that nobody reads"])
def test_a_log_that_cannot_be_written_is_told_once_and_fails_nobody(tmp_path, stage, fault):
    path = tmp_path / "log.jsonl"
    if fault == "is a folder":
        path.mkdir()
    elif fault == "lies below a file":
        path.write_text("")
        path = path / "log.jsonl"
    else:
        os.mkfifo(path)
    messages = []
    log_stage(NightLog(path, messages.append), stage, tmp_path)
    assert len(messages) == 1
    assert f"the log {path} cannot be written (" in messages[0]


def test_a_stderr_that_is_closed_is_told_once_and_fails_nobody(tmp_path, stage, monkeypatch):
    messages = []
    with (tmp_path / "closed").open("w") as closed:
        monkeypatch.setattr(sys, "stderr", closed)
    log_stage(NightLog("stderr", messages.append), stage, tmp_path)
    assert messages == ["  the log stderr cannot be written (ValueError); the night goes on without it"]
