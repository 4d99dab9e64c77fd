"""One run at a time per decision date."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from jobs.commit.protocol import remove_strays
from jobs.commit.run_folder import ROOMS, Room
from jobs.core.errors import DiskFailed, Locked
from jobs.core.files import FILE_MODE, make_folder

LOCK = ".lock"


@contextmanager
def date_lock(output: Path, as_of: date, *, take_over: bool = False) -> Iterator[Room]:
    """Hold the date's lock and a room on its folder; the system frees the lock when the process ends, however it ends.

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
        room = _enter(day, handle)
        try:
            yield room
        finally:
            room.leave()
    finally:
        os.close(handle)


def is_held(output: Path, as_of: date) -> bool:
    """Whether a run works on the date now. The lock is tried only where a room says that a run has begun."""
    day = output / as_of.isoformat()
    if not any(day.glob(ROOMS)):
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
    """What a run says that finds its room on the folder of a date gone."""
    return Locked(f"another run has taken {day.name} over in {day.parent}; this one has published nothing")


@contextmanager
def fenced(room: Room) -> Iterator[None]:
    """Let only work begin, and only its own errors come out, while nobody has taken the date over.

    Raises:
        Locked: somebody has, before or meanwhile.
    """
    if not room.is_there():
        raise lost(room.day)
    try:
        yield
    except Exception as error:
        if room.is_there():
            raise
        raise lost(room.day) from error  # its files went from under it


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


def _enter(day: Path, handle: int) -> Room:
    """A room for whoever holds the lock; what runs before left is removed.

    Whether the lock is still the one that others ask for is looked at when the room is there already: who takes over
    replaces the lock first and removes rooms then, so that either this run sees the new lock, or its room is seen.
    """
    room = None
    try:
        room = Room.on(day)
        if _is_asked_for(day, handle):
            remove_strays(room)
            return room
    except OSError as error:
        if _is_asked_for(day, handle):
            raise DiskFailed(f"{day}: {error.strerror}; nothing was begun") from error
    if room:
        room.leave()
    raise lost(day)


def _is_asked_for(day: Path, handle: int) -> bool:
    """Whether the lock that this run holds is still the one that others ask for."""
    try:
        return os.stat(day / LOCK).st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False
