"""Everything about a ledger and its sets that is not as it was committed."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from jobs.commit.commits import content_of, day_of, set_of
from jobs.commit.ledger import LEDGER, REPAIR, Ledger
from jobs.commit.protocol import AUDIT, CHECKSUMS
from jobs.core.errors import LedgerBroken
from jobs.core.files import sha256_of

SHOWN = 3
READ = "decisions.parquet"
"""The file of a set that later nights read."""


def faults(ledger: Ledger, copy: bytes, is_near: Callable[[date], bool], *, whole: bool = False) -> Iterator[str]:
    """A sentence for each fault.

    Args:
        copy: an earlier state of the ledger, kept elsewhere.
        is_near: whether the sets of a date matter; of dates declared lost none does.
        whole: look at every file of every set, not only at what later nights read of the newest.
    """
    if not ledger.text.startswith(copy):
        yield f"{LEDGER} does not go on from its copy in the lake: lines were taken away or changed"
    newest = {day_of(entry["commit"]): entry for entry in ledger.commits}
    for entry, before in zip(ledger.commits, [None, *ledger.commits], strict=False):
        day = day_of(entry["commit"])
        if is_near(day) and day not in ledger.lost:
            is_newest = newest[day] is entry
            yield from _of_commit(ledger.output / entry["commit"], entry, before, whole=whole, is_newest=is_newest)


def _of_commit(
    mark: Path, entry: dict[str, str], before: dict[str, str] | None, *, whole: bool, is_newest: bool
) -> Iterator[str]:
    name = entry["commit"]
    if not mark.is_file():
        yield f"{name} is gone"
    elif sha256_of(mark) != entry["sha256"]:
        yield f"{name} is not as it was committed"
    elif content_of(mark).get("follows", before) != before:
        yield f"{name} does not follow the commit before it"
    elif whole or is_newest:
        yield from (f"{name}: {what}" for what in _of_set(set_of(mark), content_of(mark), whole=whole))


def _of_set(folder: Path, content: dict[str, str], *, whole: bool) -> Iterator[str]:
    stated = {CHECKSUMS: content["sha256"], AUDIT: content["audit_sha256"]}
    different = [file for file, digest in stated.items() if _sha256(folder / file) != digest]
    if CHECKSUMS not in different:
        lines = (folder / CHECKSUMS).read_text("utf-8").splitlines()
        sums = {file: digest for digest, file in (line.split("  ", 1) for line in lines)}
        looked_at = sums if whole else {READ} & sums.keys()
        different += [file for file in looked_at if _sha256(folder / file) != sums[file]]
    yield from (f"{folder.name}/{file} is gone or not as it was committed" for file in sorted(different))


def _sha256(path: Path) -> str:
    return sha256_of(path) if path.is_file() else ""


def raise_if_broken(found: list[str], output: Path) -> None:
    """Raise what was found, if anything.

    Raises:
        LedgerBroken: with the first faults, and how many there are.
    """
    if found:
        more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        raise LedgerBroken(
            f"{output}: {'; '.join(found[:SHOWN])}{more}. Whom our own sets contacted is not certain, so nobody is "
            f"contacted; {REPAIR}"
        )
