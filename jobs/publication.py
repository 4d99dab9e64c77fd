"""The protocol by which a set of decisions comes to exist: attempt, seal, audit, commit.

A set without a COMMIT does not exist for readers. An attempt is a private folder; sealing gives it the name of its
content; the commit is a hard link that only the first of several can make.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from jobs.durable_files import make_folder, sha256_of, sync_folder, write_file

CHECKSUMS = "SHA256SUMS"
AUDIT = "audit.json"


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

    A folder of that name holds the same bytes already, and is returned as it is.
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
    numbers = sorted(int(path.suffix[1:]) for path in day.glob("COMMIT.*") if path.suffix[1:].isdigit())
    if not numbers:
        return None
    entry = json.loads((day / f"COMMIT.{numbers[-1]}").read_text(encoding="utf-8"))
    return Commit(numbers[-1], day / entry["set"])


def committed_before(output: Path, as_of: date) -> list[Commit]:
    """The newest commit of every date before `as_of`, oldest first: what customers were really sent."""
    days = sorted(path.name for path in output.glob("????-??-??") if path.is_dir() and path.name < as_of.isoformat())
    found = (committed(output, date.fromisoformat(day)) for day in days)
    return [one for one in found if one]


def remove_orphans(day: Path) -> None:
    """Remove attempts that a run left when it was killed; the date's lock says that none of them is alive."""
    for orphan in [*day.glob(".attempt-*"), *day.glob(".commit-*")]:
        shutil.rmtree(orphan) if orphan.is_dir() else orphan.unlink()
