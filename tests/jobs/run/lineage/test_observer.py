"""A run tells a receiver of its stages, and goes on without one."""

from time import monotonic

import pytest

from conf.observability import OpenLineage
from jobs.core.errors import AuditFailed
from jobs.core.lake import Lake
from jobs.run.lineage.observer import LineageObserver


@pytest.fixture
def tells(context, score):
    """Tells of one stage, and how it ended; what a receiver was told is what it says itself."""

    def tell(settings, error=None, *, is_whole_night=True):
        observer = LineageObserver(context, settings, is_whole_night=is_whole_night)
        observer.began(score)
        score.end(Lake(context.settings.deployment.lake), error)
        observer.ended(score)
        began = monotonic()
        observer.close(error)
        return monotonic() - began

    return tell


def kinds(receiver):
    return [(event["job"]["name"], event["eventType"]) for event in receiver.posted]


def test_a_night_is_told_around_its_stages(receiver, tells, context):
    tells(OpenLineage(url=receiver.url))
    assert kinds(receiver) == [
        ("night", "START"), ("night.score", "START"), ("night.score", "COMPLETE"), ("night", "COMPLETE"),
    ]  # fmt: skip
    assert context.messages == []


def test_a_stage_that_says_no_fails_its_night(receiver, tells):
    tells(OpenLineage(url=receiver.url), AuditFailed("no"))
    assert kinds(receiver)[2:] == [("night.score", "FAIL"), ("night", "FAIL")]


def test_a_stage_by_itself_is_no_night(receiver, tells):
    tells(OpenLineage(url=receiver.url), is_whole_night=False)
    assert kinds(receiver) == [("night.score", "START"), ("night.score", "COMPLETE")]


def test_a_receiver_that_hangs_delays_the_end_by_no_more_than_was_said_and_is_told_once(receiver, tells, context):
    receiver.answers = None
    assert tells(OpenLineage(url=receiver.url, wait_seconds=0.4)) < 2
    (message,) = context.messages
    assert f"4 of 4 lineage events did not reach {receiver.url}" in message


def test_a_receiver_that_is_not_there_is_told_once(tells, context):
    assert tells(OpenLineage(url="http://127.0.0.1:1")) < 2
    assert context.messages == ["  4 of 4 lineage events did not reach http://127.0.0.1:1 (ConnectionError)"]


def test_a_file_that_cannot_be_written_is_told_once(tells, context, tmp_path):
    tells(OpenLineage(file=tmp_path))
    assert context.messages == [f"  4 of 4 lineage events did not reach {tmp_path} (IsADirectoryError)"]


def test_a_run_that_never_began_a_stage_tells_nothing(receiver, context):
    LineageObserver(context, OpenLineage(url=receiver.url), is_whole_night=True).close(AuditFailed("no"))
    assert receiver.posted == []
