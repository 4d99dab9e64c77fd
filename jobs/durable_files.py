"""Writes that survive a power cut, with permissions that do not depend on the umask."""

import hashlib
import os
from pathlib import Path

FILE_MODE, FOLDER_MODE = 0o640, 0o750


def make_folder(folder: Path) -> None:
    """Make a folder and its parents; those made here get mode 0750 and are on the disk before anything is in them."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        one.chmod(FOLDER_MODE)
        sync_folder(one.parent)


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
