"""Lines that several processes add to one file, each whole."""

import errno
import os
from pathlib import Path

from jobs.durable_files import FILE_MODE, make_folder

APPENDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
"""Not blocking: a pipe that nobody reads is refused instead of waited for."""


def append_line(path: Path, line: str) -> None:
    """Add a line by a single write at the end of the file, whoever else writes to it; made with mode 0640.

    Args:
        path: the file; folders that are missing are made.
        line: without a line break.

    Raises:
        OSError: the file cannot be written, or the disk took a part of the line.
    """
    make_folder(path.parent)
    content = f"{line}\n".encode()
    handle = os.open(path, APPENDING, FILE_MODE)
    try:
        if os.write(handle, content) < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(handle)
