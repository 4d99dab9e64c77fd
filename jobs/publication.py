"""The protocol by which a set of decisions comes to exist: attempt, seal, audit, commit.

A set without a COMMIT does not exist for readers. An attempt is a private folder; sealing gives it the name of its
content; the commit is a hard link that only the first of several can make.
"""

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from jobs.durable_files import make_folder, sha256_of, sync_folder, write_file

CHECKSUMS = "SHA256SUMS"
AUDIT = "audit.json"
COMMIT_NAME = re.compile(r"COMMIT\.([1-9][0-9]*)")


@dataclass(frozen=True)
class Commit:
    """One committed set."""

    number: int
    folder: Path

    @property
    def as_of(self) -> date:
        """The decision date of the set."""
        return date.fromisoformat(self.folder.parent.name)


def seal(output: Path, as_of: date, files: Mapping[str, bytes]) -> Path:
    """Write the files, make them durable and give the folder the name of its content; returns the folder.

    A committed folder of that name is returned as it is.
    """
    day = output / as_of.isoformat()
    remove_orphans(day)
    attempt = day / f".attempt-{os.getpid()}"
    make_folder(attempt)
    for name in sorted(files):
        write_file(attempt / name, files[name])
    sums = "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
    write_file(attempt / CHECKSUMS, sums)
    sync_folder(attempt)
    folder = day / f"set-{sha256(sums).hexdigest()[:16]}"
    if folder.exists():
        shutil.rmtree(attempt)
    else:
        attempt.rename(folder)
    sync_folder(day)
    return folder


def commit(folder: Path, audit: bytes) -> Commit:
    """Make a sealed and audited set visible to readers."""
    if not (folder / AUDIT).exists():
        write_file(folder / AUDIT, audit)
        sync_folder(folder)
    previous = committed(folder.parent.parent, date.fromisoformat(folder.parent.name))
    number = previous.number + 1 if previous else 1
    entry = {
        "set": folder.name,
        "sha256": sha256_of(folder / CHECKSUMS),
        "audit_sha256": sha256_of(folder / AUDIT),
        "previous": f"COMMIT.{previous.number}" if previous else None,
    }
    draft = folder.parent / f".commit-{os.getpid()}"
    draft.unlink(missing_ok=True)
    write_file(draft, (json.dumps(entry, indent=2, sort_keys=True) + "\n").encode())
    os.link(draft, folder.parent / f"COMMIT.{number}")
    draft.unlink()
    sync_folder(folder.parent)
    return Commit(number, folder)


def committed(output: Path, as_of: date) -> Commit | None:
    """The newest commit of a date, None where there is none."""
    day = output / as_of.isoformat()
    return max(_commits(day), key=lambda one: one.number, default=None)


def committed_before(output: Path, as_of: date) -> list[Commit]:
    """The newest commit of every date before `as_of`, oldest first: what customers were really sent."""
    days = sorted(path.name for path in output.glob("????-??-??") if path.is_dir() and path.name < as_of.isoformat())
    found = (committed(output, date.fromisoformat(day)) for day in days)
    return [one for one in found if one]


def remove_orphans(day: Path) -> None:
    """Remove what a run left that was killed or whose audit failed; the date's lock says that nobody works on it."""
    kept = {one.folder for one in _commits(day)}
    uncommitted = [folder for folder in day.glob("set-*") if folder not in kept]
    for orphan in [*day.glob(".attempt-*"), *day.glob(".commit-*"), *uncommitted]:
        shutil.rmtree(orphan) if orphan.is_dir() else orphan.unlink()


def _commits(day: Path) -> list[Commit]:
    named = [(path, COMMIT_NAME.fullmatch(path.name)) for path in day.glob("COMMIT.*")]
    return [
        Commit(int(number[1]), day / json.loads(path.read_text(encoding="utf-8"))["set"])
        for path, number in named
        if number
    ]
