"""The protocol by which a set of decisions comes to exist: attempt, seal, audit, commit.

A set without a COMMIT does not exist for readers. An attempt lies in the run folder; sealing gives it the name of
its content; the commit is a hard link that only the first of several can make. A recall goes the same way.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from jobs.commit.commits import RECALL, SET, Commit, Kind, commits_of, mark_of
from jobs.commit.ledger import Position, enter_unnamed, ledger_lock, read_ledger, write_ledger
from jobs.commit.run_folder import RUN_FOLDERS, RunFolder
from jobs.core.errors import DiskFailed, Locked
from jobs.core.files import listed, sha256_of, sync_folder, write_file

CHECKSUMS = "SHA256SUMS"
AUDIT = "audit.json"
SUPERSEDING = "SUPERSEDING"
"""A file that is there while a set is superseded: receivers look for it after they have written their ACK."""


def seal(run_folder: RunFolder, files: Mapping[str, bytes], kind: Kind = SET) -> Path:
    """Write the files, make them durable and give the folder the name of its content; returns the folder.

    A committed folder of that name is returned as it is.
    """
    sums = "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
    folder = run_folder.day / f"{kind.folders}-{sha256(sums).hexdigest()[:16]}"
    if folder in {commit.folder for commit in commits_of(run_folder.day, kind)}:
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


def commit(
    run_folder: RunFolder,
    folder: Path,
    audit: bytes,
    after: Commit | None,
    *,
    seen: Position | None = None,
    holdout: str | None = None,
) -> Commit:
    """Make a sealed and audited set visible to readers, and enter it in the ledger.

    Args:
        after: the newest commit of the date when this run looked; the number of this one follows from it, so that a run
            which looked too early finds the number taken.
        seen: how far the ledger went when this run read what was sent before; None: it did not read it.
        holdout: the fingerprint of the holdout's secret.

    Raises:
        FileExistsError: another run has committed since.
        Locked: a set of another date was committed since this run read the ledger.
        LedgerBroken: the ledger is damaged.
        DiskFailed: the commit is there, and the disk has not confirmed that it would outlast a power cut, or took no
            line of the ledger any more.
    """
    output = run_folder.day.parent
    with ledger_lock(output, run_folder.day.name):
        ledger = read_ledger(output)
        if seen is not None and ledger.position != seen:
            raise Locked(
                f"another set was committed in {output} since this run read whom the others contact; nothing was "
                "published. Run the date again"
            )
        entry = _entry(run_folder, folder, audit, after, SET)
        published = _show(run_folder, folder, entry | {"follows": ledger.last, "holdout": holdout}, SET)
        try:
            write_ledger(ledger.with_commit(mark_of(published)), run_folder.path)
        except OSError as error:
            if not run_folder.is_there():
                raise
            raise DiskFailed(
                f"{mark_of(published)} is there, and could not be entered in the ledger ({error.strerror}): "
                f"{folder.name} is published. Mend the disk, then run the date again: it enters it"
            ) from error
    return published


def commit_recall(run_folder: RunFolder, folder: Path, audit: bytes, after: Commit | None) -> Commit:
    """Make a sealed and audited recall visible to readers; raises as `commit` does."""
    return _show(run_folder, folder, _entry(run_folder, folder, audit, after, RECALL), RECALL)


def _entry(run_folder: RunFolder, folder: Path, audit: bytes, after: Commit | None, kind: Kind) -> dict[str, Any]:
    """What the mark says; the audit is put beside the files."""
    if not (folder / AUDIT).exists():
        write_file(run_folder.path / AUDIT, audit)
        run_folder.publish(AUDIT, folder / AUDIT)
    return {
        kind.folders: folder.name,
        "sha256": sha256_of(folder / CHECKSUMS),
        "audit_sha256": sha256_of(folder / AUDIT),
        "previous": f"{kind.mark}.{after.number}" if after else None,
    }


def _show(run_folder: RunFolder, folder: Path, entry: Mapping[str, Any], kind: Kind) -> Commit:
    """Link the mark into the folder of the date, under the number after the one that it names."""
    number = int(entry["previous"].rpartition(".")[2]) + 1 if entry["previous"] else 1
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


def clean_up(run_folder: RunFolder) -> None:
    """Remove, or finish, what runs before left that were killed, fenced off or whose audit failed."""
    enter_unnamed(run_folder.day.parent, run_folder.path)
    for stray in _strays(run_folder):
        run_folder.withdraw(stray)


def _strays(run_folder: RunFolder) -> Iterator[Path]:
    yield from (other for other in listed(run_folder.day, RUN_FOLDERS) if other != run_folder.path)
    yield from listed(run_folder.day, SUPERSEDING)
    for kind in (SET, RECALL):
        kept = {kept_commit.folder for kept_commit in commits_of(run_folder.day, kind)}
        yield from (stray for stray in listed(run_folder.day, f"{kind.folders}-*") if stray not in kept)
