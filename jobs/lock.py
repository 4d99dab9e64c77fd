"""One run at a time per decision date."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from jobs.durable_files import FILE_MODE, make_folder
from jobs.errors import DiskFailed, Locked


@contextmanager
def date_lock(output: Path, as_of: date) -> Iterator[None]:
    """Hold the date's lock; the system frees it when the process ends, however it ends.

    Raises:
        Locked: another process holds it.
        DiskFailed: the output cannot be written.
    """
    handle = _open(output, as_of)
    try:
        _acquire(handle, output, as_of)
        yield
    finally:
        os.close(handle)


def _open(output: Path, as_of: date) -> int:
    try:
        make_folder(output / as_of.isoformat())
        return os.open(output / as_of.isoformat() / ".lock", os.O_RDWR | os.O_CREAT, FILE_MODE)
    except OSError as error:
        raise DiskFailed(f"{output}: {error.strerror}; nothing was begun for {as_of}") from error


def _acquire(handle: int, output: Path, as_of: date) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Locked(f"another run works on {as_of} in {output}; wait for it, then run the date again") from error
