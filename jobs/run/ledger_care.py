"""What an operator does about the ledger: look at every byte of what was published, and mend what can be mended."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

from conf.settings import Settings
from jobs.commit.commits import all_marks, content_of, day_of, name_of
from jobs.commit.ledger import LEDGER, Ledger, ledger_lock, parsed, read_ledger, text_of, write_ledger
from jobs.commit.ledger_faults import faults
from jobs.core.errors import LedgerBroken
from jobs.core.files import make_folder, sha256_of
from jobs.core.user import stamp
from jobs.sources.earlier_sets import copy_of, keep_ledger

OF_BEFORE = {"commit": ""}
"""In the place of what a commit follows, where it is of before there was a ledger."""


@dataclass(frozen=True)
class Care:
    """What was found, and done.

    Attributes:
        commits: how many the ledger names.
        done: a sentence for each thing that was mended.
        faults: a sentence for each thing that is still wrong.
    """

    commits: int
    done: list[str]
    faults: list[str]


def check_output(settings: Settings) -> Care:
    """Compare every file of every set with what was committed."""
    deployment = settings.deployment
    try:
        ledger = read_ledger(deployment.output)
    except LedgerBroken as broken:
        return Care(0, [], [str(broken)])
    copy = copy_of(deployment.lake, deployment.output)
    return Care(len(ledger.commits), [], list(faults(ledger, copy, lambda _: True, whole=True)))


def repair_output(settings: Settings, lost: date | None, reason: str) -> Care:
    """Put the ledger back from its copy and the commits, and declare a damaged date lost, if asked to.

    Every change is a line of the ledger, with who made it, when and why. Sets themselves are restored from a copy of
    the operator's: none is made here.

    Raises:
        LedgerBroken: nothing is wrong with the date that was to be declared lost.
    """
    deployment, done = settings.deployment, []
    make_folder(deployment.output)
    with ledger_lock(deployment.output, "repair"):
        ledger = mended(deployment.output, copy_of(deployment.lake, deployment.output))
        if ledger.text != text_of(deployment.output):
            done.append(f"{deployment.output / LEDGER} was put back with {len(ledger.commits):,} commits")
            ledger = ledger.with_entry(note=f"put back with {len(ledger.commits)} commits", **_signed(reason))
        if lost is not None:
            ledger = with_loss(ledger, lost, reason)
            done.append(f"{lost} is declared lost: caps that reach it let nobody through")
        if done:
            folder = deployment.output / f".repair-{uuid4().hex}"
            folder.mkdir()
            write_ledger(ledger, folder)
            folder.rmdir()
            keep_ledger(deployment.lake, ledger)
    after = check_output(settings)
    return Care(after.commits, done, after.faults)


def mended(output: Path, copy: bytes) -> Ledger:
    """The longest sound state of the ledger that is left, with the commits that follow from it.

    Commits of before there was a ledger name none that they follow; they are entered by date. One that is gone is
    entered as the commit after it names it.
    """
    sound = [Ledger(output)]
    for text in (copy, text_of(output)):
        with suppress(LedgerBroken):
            sound.append(parsed(output, text))
    ledger = max(sound, key=lambda ledger: len(ledger.lines))
    waiting = {name_of(mark): _follows(mark) for mark in all_marks(output) if not ledger.names(name_of(mark))}
    stated = {before["commit"]: before["sha256"] for before in waiting.values() if before and before != OF_BEFORE}
    while waiting:
        nexts = [name for name, before in waiting.items() if before in (ledger.last, OF_BEFORE)]
        nexts += [name for name in stated if not ledger.names(name) and _is_damaged(output / name, stated[name])]
        if not nexts:
            break  # what is left follows from nothing that is there
        ledger = ledger.with_entry(commit=nexts[0], sha256=stated.get(nexts[0]) or sha256_of(output / nexts[0]))
        waiting.pop(nexts[0], None)
    return ledger


def _follows(mark: Path) -> dict[str, str] | None:
    """The commit that a commit names as the one before it."""
    try:
        before: dict[str, str] | None = content_of(mark).get("follows", OF_BEFORE)
    except LedgerBroken:
        return {}
    return before


def _is_damaged(mark: Path, digest: str) -> bool:
    return not mark.is_file() or sha256_of(mark) != digest


def with_loss(ledger: Ledger, day: date, reason: str) -> Ledger:
    """The ledger with a line that declares the newest set of a date lost; raises as `repair_output` does."""
    commits = [entry["commit"] for entry in ledger.commits if day_of(entry["commit"]) == day]
    if not commits or day in ledger.lost:
        raise LedgerBroken(f"{day} has no set in the ledger of {ledger.output} that could be declared lost")
    if not list(faults(ledger, b"", lambda other: other == day, whole=True)):
        raise LedgerBroken(f"the set of {day} is as it was committed: it is not lost")
    return ledger.with_entry(lost=commits[-1], **_signed(reason))


def _signed(reason: str) -> dict[str, str]:
    signed = stamp(reason)
    return {"by": signed.by, "at": signed.at.isoformat(timespec="seconds"), "reason": reason}
