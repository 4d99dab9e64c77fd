"""Writes that survive a power cut, with permissions that do not depend on the umask."""

import errno
import hashlib
import os
from fnmatch import fnmatchcase
from pathlib import Path

FILE_MODE, FOLDER_MODE = 0o640, 0o750


def make_folder(folder: Path) -> None:
    """Make a folder and its parents; those made here get mode 0750 and are on the disk before anything is in them."""
    missing = [missing_folder for missing_folder in (folder, *folder.parents) if not missing_folder.exists()]
    for missing_folder in reversed(missing):
        missing_folder.mkdir(exist_ok=True)
        missing_folder.chmod(FOLDER_MODE)
        sync_folder(missing_folder.parent)


def write_file(path: Path, content: bytes) -> None:
    """Write a new file, mode 0640, and wait until it is on the disk."""
    with path.open("xb") as file:
        os.fchmod(file.fileno(), FILE_MODE)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the folder's entries (names made, moved, removed) are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def listed(folder: Path, pattern: str) -> list[Path]:
    """What lies in a folder under such names, in their order; nothing where there is no such folder.

    Raises:
        OSError: the folder cannot be read.
    """
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [folder / name for name in sorted(names) if fnmatchcase(name, pattern)]


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
