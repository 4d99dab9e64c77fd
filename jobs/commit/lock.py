"""One run at a time per decision date."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from jobs.commit.protocol import clean_up
from jobs.commit.run_folder import RUN_FOLDERS, RunFolder
from jobs.core.errors import DiskFailed, Locked
from jobs.core.files import FILE_MODE, make_folder

LOCK = ".lock"


@contextmanager
def date_lock(output: Path, as_of: date, *, take_over: bool = False) -> Iterator[RunFolder]:
    """Hold the date's lock and a run folder; the system frees the lock when the process ends, however it ends.

    Args:
        take_over: from a run that still holds the lock because it is frozen, or its machine does not answer. It can
            publish nothing from then on.

    Raises:
        Locked: another process holds the date, or takes it over at this moment.
        DiskFailed: the output cannot be written.
    """
    day = output / as_of.isoformat()
    try:
        make_folder(day)
        handle = _hold(day / LOCK, take_over=take_over)
    except OSError as error:
        raise DiskFailed(f"{output}: {error.strerror}; nothing was begun for {as_of}") from error
    try:
        run_folder = _enter(day, handle)
        try:
            yield run_folder
        finally:
            run_folder.leave()
    finally:
        os.close(handle)


def is_held(output: Path, as_of: date) -> bool:
    """Whether a run works on the date now. The lock is tried only where a run folder says that a run has begun."""
    day = output / as_of.isoformat()
    if not any(day.glob(RUN_FOLDERS)):
        return False
    handle = os.open(day / LOCK, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def lost(day: Path) -> Locked:
    """The error of a run whose run folder has been removed."""
    return Locked(f"another run has taken {day.name} over in {day.parent}; this one has published nothing")


@contextmanager
def fenced(run_folder: RunFolder) -> Iterator[None]:
    """Let only work begin, and only its own errors come out, while nobody has taken the date over.

    Raises:
        Locked: somebody has, before or meanwhile.
    """
    if not run_folder.is_there():
        raise lost(run_folder.day)
    try:
        yield
    except Exception as error:
        if run_folder.is_there():
            raise
        raise lost(run_folder.day) from error  # its files went from under it


def _hold(lock: Path, *, take_over: bool) -> int:
    if take_over:
        lock.unlink(missing_ok=True)  # whoever holds it, holds a lock that nobody asks for any more
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, FILE_MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(handle, 200, 0).decode(errors="replace").strip()
        os.close(handle)
        raise Locked(
            f"another run works on {lock.parent.name} in {lock.parent.parent} ({holder}); wait for it, then run the "
            "date again. If it is frozen or its machine is lost, --take-over takes the date from it"
        ) from error
    os.fchmod(handle, FILE_MODE)
    os.ftruncate(handle, 0)
    began = datetime.now(UTC).isoformat(timespec="seconds")
    os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()} since {began}\n".encode(), 0)
    return handle


def _enter(day: Path, handle: int) -> RunFolder:
    """A run folder for whoever holds the lock; what runs before left is removed.

    The lock is checked after the run folder is made: who takes over replaces the lock first and removes run folders
    then, so that either this run sees the new lock, or the other run sees this run folder.
    """
    run_folder = None
    try:
        run_folder = RunFolder.on(day)
        if _is_asked_for(day, handle):
            clean_up(run_folder)
            return run_folder
    except OSError as error:
        if _is_asked_for(day, handle):
            raise DiskFailed(f"{day}: {error.strerror}; nothing was begun") from error
    if run_folder:
        run_folder.leave()
    raise lost(day)


def _is_asked_for(day: Path, handle: int) -> bool:
    """Whether the lock that this run holds is still the one that others ask for."""
    try:
        return os.stat(day / LOCK).st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False
