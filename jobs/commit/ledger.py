"""The ledger of an output: every commit in the order in which they were made.

`LEDGER` holds a JSON object a line: a commit (`commit`, and the SHA-256 of that file), or what an operator did about a
damage (`lost`, `note`). `after` is the SHA-256 of the line before. What our own sets sent is read by way of the ledger,
so that a set which was emptied, altered or deleted is missed, and not forgotten.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from jobs.commit.commits import Commit, all_marks, content_of, day_of, mark_of, name_of, set_of
from jobs.core.errors import LedgerBroken, Locked
from jobs.core.files import FILE_MODE, make_folder, sha256_of, sync_folder, write_file

LEDGER, LOCK = "LEDGER", ".ledger.lock"
PATIENCE_SECONDS = 60.0
"""How long a run waits while another one commits, which takes a moment."""
REPAIR = "`oneoffer ledger check` lists every damage, docs/publication.md says what to do about it"


@dataclass(frozen=True)
class Position:
    """How far a ledger went: its number of lines, and the SHA-256 of the last one."""

    lines: int
    sha256: str


@dataclass(frozen=True)
class Ledger:
    """The lines of a ledger; the newest commit may be one that a killed run made and did not enter any more."""

    output: Path
    lines: tuple[bytes, ...] = ()

    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        """The lines as plain data."""
        return [json.loads(line) for line in self.lines]

    @property
    def position(self) -> Position:
        """Where it ends."""
        return Position(len(self.lines), _digest(self.lines))

    @cached_property
    def commits(self) -> list[dict[str, str]]:
        """Name and SHA-256 of every commit, as the next one names it."""
        return [{key: entry[key] for key in ("commit", "sha256")} for entry in self.entries if "commit" in entry]

    @property
    def last(self) -> dict[str, str] | None:
        """The newest commit."""
        return self.commits[-1] if self.commits else None

    @property
    def text(self) -> bytes:
        """The content of the file."""
        return b"".join(line + b"\n" for line in self.lines)

    @cached_property
    def lost(self) -> list[date]:
        """The dates whose sets were declared lost."""
        return sorted({day_of(entry["lost"]) for entry in self.entries if "lost" in entry})

    def newest(self) -> list[Commit]:
        """The newest commit of every date but those declared lost, by date: what customers were really sent."""
        marks = {day_of(entry["commit"]): self.output / entry["commit"] for entry in self.commits}
        there = {day: mark for day, mark in marks.items() if day not in self.lost and mark.is_file()}
        return [Commit(int(mark.name.partition(".")[2]), set_of(mark)) for _, mark in sorted(there.items())]

    def at(self, position: Position) -> "Ledger":
        """The ledger as it was when it went so far.

        Raises:
            LedgerBroken: it never did.
        """
        then = replace(self, lines=self.lines[: position.lines])
        if then.position != position:
            raise LedgerBroken(f"{self.output / LEDGER} is not the one that this night began with; {REPAIR}")
        return then

    def before(self, commit: Commit) -> "Ledger":
        """The ledger as it was when a commit was made."""
        name = name_of(mark_of(commit))
        places = [number for number, entry in enumerate(self.entries) if entry.get("commit") == name]
        return replace(self, lines=self.lines[: places[0]]) if places else self

    def names(self, name: str) -> bool:
        """Whether it has the line of a commit, `<date>/COMMIT.<number>`."""
        return any(entry["commit"] == name for entry in self.commits)

    def with_entry(self, **facts: str) -> "Ledger":
        """With one more line."""
        line = json.dumps(facts | {"after": _digest(self.lines)}, sort_keys=True, ensure_ascii=False)
        return replace(self, lines=(*self.lines, line.encode()))

    def with_commit(self, mark: Path) -> "Ledger":
        """With the line of a commit."""
        return self.with_entry(commit=name_of(mark), sha256=sha256_of(mark))


def read_ledger(output: Path) -> Ledger:
    """The ledger, each of whose lines follows from the one before.

    Raises:
        LedgerBroken: it is gone or damaged, or there are commits that it does not name.
    """
    path, marks = output / LEDGER, all_marks(output)
    if not path.exists() and len(marks) > 1:
        raise LedgerBroken(f"{path} is gone, and {len(marks):,} commits are there; {REPAIR}")
    ledger = parsed(output, text_of(output))
    named = {entry["commit"] for entry in ledger.commits}
    unnamed = [mark for mark in marks if name_of(mark) not in named]
    if len(unnamed) == 1 and content_of(unnamed[0]).get("follows") == ledger.last:
        return ledger.with_commit(unnamed[0])  # the run was killed before it could enter it
    if unnamed:
        names = ", ".join(name_of(mark) for mark in unnamed[:3])
        raise LedgerBroken(f"{path} does not name every commit that is there ({len(unnamed):,}: {names}); {REPAIR}")
    return ledger


def text_of(output: Path) -> bytes:
    """The content of an output's ledger; nothing where there is none."""
    path = output / LEDGER
    return path.read_bytes() if path.exists() else b""


def parsed(output: Path, text: bytes) -> Ledger:
    """The ledger that a file's content is; raises as `read_ledger` does."""
    lines: list[bytes] = []
    if text and not text.endswith(b"\n"):
        raise LedgerBroken(f"{output / LEDGER} breaks off in its last line; {REPAIR}")
    for number, line in enumerate(text.splitlines(), 1):
        try:
            entry = json.loads(line)
            is_next = entry["after"] == _digest(lines) and _is_an_entry(entry)
        except (ValueError, KeyError, TypeError, AttributeError):
            is_next = False
        if not is_next:
            raise LedgerBroken(f"{output / LEDGER}: line {number} does not follow from the line before; {REPAIR}")
        lines.append(line)
    return Ledger(output, tuple(lines))


def _is_an_entry(entry: dict[str, Any]) -> bool:
    """Whether a line has what its kind needs; raises KeyError, ValueError or TypeError where it has not."""
    if "note" in entry:
        return True
    day_of(entry["lost"] if "lost" in entry else entry["commit"])
    return "lost" in entry or isinstance(entry["sha256"], str)


def write_ledger(ledger: Ledger, folder: Path) -> None:
    """Put a ledger in the place of the old one, in one step; it is written in `folder` first."""
    write_file(folder / LEDGER, ledger.text)
    (folder / LEDGER).rename(ledger.output / LEDGER)
    sync_folder(ledger.output)


def enter_unnamed(output: Path, folder: Path) -> None:
    """Enter the commit that a killed run made and did not enter; a damaged ledger stays as it is."""
    with suppress(LedgerBroken):
        if read_ledger(output).text == text_of(output):
            return
        with ledger_lock(output, folder.parent.name):
            write_ledger(read_ledger(output), folder)


@contextmanager
def ledger_lock(output: Path, holder: str) -> Iterator[None]:
    """Hold the ledger of an output, for the moment in which a set is committed.

    Raises:
        Locked: another process holds it for long.
    """
    make_folder(output)
    handle = os.open(output / LOCK, os.O_RDWR | os.O_CREAT, FILE_MODE)
    try:
        os.fchmod(handle, FILE_MODE)
        _wait(handle, output)
        os.ftruncate(handle, 0)
        os.pwrite(handle, holder.encode(), 0)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, output: Path) -> None:
    until = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if monotonic() > until:
                holder = os.pread(handle, 200, 0).decode(errors="replace")
                raise Locked(
                    f"the night of {holder} is being committed in {output} and does not end. If it is frozen, end its "
                    "process; then run the date again"
                ) from error
            sleep(0.05)
        else:
            return


def _digest(lines: Sequence[bytes]) -> str:
    return sha256(lines[-1]).hexdigest() if lines else ""
