"""The protocol by which a set of decisions comes to exist: attempt, seal, audit, commit.

A set without a COMMIT does not exist for readers. An attempt lies in the run folder; sealing gives it the name of
its content; the commit is a hard link that only the first of several can make. A recall goes the same way.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from jobs.commit.run_folder import RUN_FOLDERS, RunFolder
from jobs.core.errors import DiskFailed
from jobs.core.files import listed, sha256_of, sync_folder, write_file

CHECKSUMS = "SHA256SUMS"
AUDIT = "audit.json"
SUPERSEDING = "SUPERSEDING"
"""A file that is there while a set is superseded: receivers look for it after they have written their ACK."""


@dataclass(frozen=True)
class Kind:
    """A kind of folder that can be published.

    Attributes:
        folders: their names begin so, and go on with the hash of their content.
        mark: the name of the links that make one exist, without its number.
    """

    folders: str
    mark: str


SET, RECALL = Kind("set", "COMMIT"), Kind("recall", "RECALL")


@dataclass(frozen=True)
class Commit:
    """One committed set, or recall."""

    number: int
    folder: Path

    @property
    def as_of(self) -> date:
        """The decision date of the set."""
        return date.fromisoformat(self.folder.parent.name)


def seal(run_folder: RunFolder, files: Mapping[str, bytes], kind: Kind = SET) -> Path:
    """Write the files, make them durable and give the folder the name of its content; returns the folder.

    A committed folder of that name is returned as it is.
    """
    sums = "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
    folder = run_folder.day / f"{kind.folders}-{sha256(sums).hexdigest()[:16]}"
    if folder in {commit.folder for commit in _commits(run_folder.day, kind)}:
        return folder
    if folder.exists():
        run_folder.withdraw(folder)
    attempt = run_folder.make("attempt")
    for name in sorted(files):
        write_file(attempt / name, files[name])
    write_file(attempt / CHECKSUMS, sums)
    sync_folder(attempt)
    run_folder.publish("attempt", folder)
    return folder


def commit(run_folder: RunFolder, folder: Path, audit: bytes, after: Commit | None, kind: Kind = SET) -> Commit:
    """Make a sealed and audited set visible to readers.

    Args:
        after: the newest commit when this run looked; the number of this one follows from it, so that a run which
            looked too early finds the number taken.

    Raises:
        FileExistsError: another run has committed since.
        DiskFailed: the commit is there, and the disk has not confirmed that it would outlast a power cut.
    """
    if not (folder / AUDIT).exists():
        write_file(run_folder.path / AUDIT, audit)
        run_folder.publish(AUDIT, folder / AUDIT)
    number = after.number + 1 if after else 1
    entry = {
        kind.folders: folder.name,
        "sha256": sha256_of(folder / CHECKSUMS),
        "audit_sha256": sha256_of(folder / AUDIT),
        "previous": f"{kind.mark}.{after.number}" if after else None,
    }
    write_file(run_folder.path / kind.mark, (json.dumps(entry, indent=2, sort_keys=True) + "\n").encode())
    mark = run_folder.day / f"{kind.mark}.{number}"
    run_folder.publish_link(kind.mark, mark)
    try:
        sync_folder(run_folder.day)
    except OSError as error:
        raise DiskFailed(
            f"{mark} is there, and the disk has not confirmed it ({error.strerror}): {folder.name} is published. Mend "
            "the disk, then run the date again: it verifies every byte"
        ) from error
    return Commit(number, folder)


def committed(output: Path, as_of: date, kind: Kind = SET) -> Commit | None:
    """The newest commit of a date, None where there is none."""
    return max(_commits(output / as_of.isoformat(), kind), key=lambda commit: commit.number, default=None)


def committed_before(output: Path, as_of: date) -> list[Commit]:
    """The newest commit of every date before `as_of`, oldest first: what customers were really sent."""
    days = [path.name for path in listed(output, "????-??-??") if path.is_dir() and path.name < as_of.isoformat()]
    newest = (committed(output, date.fromisoformat(day)) for day in days)
    return [commit for commit in newest if commit]


def acknowledged(day: Path) -> list[str]:
    """The names of the files by which channels acknowledge the date's set: `ACK`, or `ACK.<channel>`."""
    return [path.name for path in listed(day, "ACK*") if re.fullmatch(r"ACK(\..+)?", path.name)]


@contextmanager
def superseding(run_folder: RunFolder) -> Iterator[None]:
    """Tell receivers that the date's set is being replaced: whoever writes an ACK now has to take it back."""
    write_file(run_folder.path / SUPERSEDING, b"")
    run_folder.publish_link(SUPERSEDING, run_folder.day / SUPERSEDING)
    try:
        yield
    finally:
        run_folder.withdraw(run_folder.day / SUPERSEDING)


def remove_strays(run_folder: RunFolder) -> None:
    """Remove what runs before left that were killed, fenced off or whose audit failed."""
    for stray in _strays(run_folder):
        run_folder.withdraw(stray)


def _strays(run_folder: RunFolder) -> Iterator[Path]:
    yield from (other for other in listed(run_folder.day, RUN_FOLDERS) if other != run_folder.path)
    yield from listed(run_folder.day, SUPERSEDING)
    for kind in (SET, RECALL):
        kept = {kept_commit.folder for kept_commit in _commits(run_folder.day, kind)}
        yield from (stray for stray in listed(run_folder.day, f"{kind.folders}-*") if stray not in kept)


def _commits(day: Path, kind: Kind) -> list[Commit]:
    numbered = re.compile(rf"{kind.mark}\.([1-9][0-9]*)", re.ASCII)
    named = [(path, numbered.fullmatch(path.name)) for path in listed(day, f"{kind.mark}.*")]
    return [
        Commit(int(number[1]), day / Path(json.loads(path.read_text(encoding="utf-8"))[kind.folders]).name)
        for path, number in named
        if number
    ]
