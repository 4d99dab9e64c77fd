"""Recognizes errors of a full or broken disk, in Python and behind Spark."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from jobs.core.errors import DiskFailed

CAUSES = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
SENTENCES = (*(os.strerror(cause) for cause in CAUSES), "database or disk is full", "disk I/O error")
"""Their texts in the words of the system and of SQLite; Spark and other libraries repeat them in their own errors."""


@contextmanager
def disk_failures(as_of: date) -> Iterator[None]:
    """Name the disk where it is the cause.

    Raises:
        DiskFailed: whatever was raised, if a disk was behind it.
    """
    try:
        yield
    except DiskFailed:
        raise
    except Exception as error:
        sentence = disk_error(error)
        if sentence is None:
            raise
        raise DiskFailed(
            f"a disk failed ({sentence}) while the night of {as_of} was made; nothing was published for it. Make room "
            "or mend the disk, then run the date again"
        ) from error


def disk_error(error: BaseException) -> str | None:
    """The system's text of a disk error in the error itself or any that caused it; None without one."""
    if isinstance(error, OSError) and error.errno in CAUSES:
        return os.strerror(error.errno)
    by_message = next((sentence for sentence in SENTENCES if sentence in str(error)), None)
    cause = error.__cause__ or error.__context__
    return by_message or (disk_error(cause) if cause else None)
