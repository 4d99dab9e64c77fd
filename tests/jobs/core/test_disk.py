"""A disk that is full or broken is named, wherever it is noticed."""

import errno
import os
from datetime import date

import pytest

from conf.exit_codes import exit_code
from jobs.core.disk import CAUSES, disk_failures
from jobs.core.errors import DiskFailed

DAY = date(2024, 7, 1)


@pytest.mark.parametrize("cause", CAUSES)
def test_a_failing_disk_has_its_own_code(cause):
    with pytest.raises(DiskFailed, match="nothing was published for it") as raised, disk_failures(DAY):
        raise OSError(cause, os.strerror(cause), "/secret/path")
    assert exit_code(raised.value) == 17
    assert os.strerror(cause) in str(raised.value)


def test_it_is_found_behind_what_others_raise_of_it():
    with pytest.raises(DiskFailed, match="No space left on device"), disk_failures(DAY):
        raise RuntimeError("Job aborted: java.io.IOException: No space left on device at ann@example.org")
    with pytest.raises(DiskFailed) as raised, disk_failures(DAY):
        raise ValueError("ann") from OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert "ann" not in str(raised.value)


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOENT, "No such file or directory"), KeyError("x"), KeyboardInterrupt()]
)
def test_everything_else_is_left_as_it_is(error):
    with pytest.raises(type(error)) as raised, disk_failures(DAY):
        raise error
    assert raised.value is error


def test_a_disk_failure_that_says_more_is_left_as_it_is():
    with pytest.raises(DiskFailed, match="the published folder"), disk_failures(DAY):
        raise DiskFailed("the published folder: No space left on device")
