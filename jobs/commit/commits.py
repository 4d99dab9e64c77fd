"""Commits as they lie in the folder of a date: which set, or recall, each one made exist."""

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jobs.core.errors import LedgerBroken
from jobs.core.files import listed

DAYS = "????-??-??"


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


def committed(output: Path, as_of: date, kind: Kind = SET) -> Commit | None:
    """The newest commit of a date, None where there is none."""
    day = output / as_of.isoformat()
    return max(commits_of(day, kind), key=lambda commit: commit.number, default=None)


def commits_of(day: Path, kind: Kind) -> list[Commit]:
    """Every commit of a date, in no order."""
    return [Commit(number, set_of(path, kind)) for number, path in marks_of(day, kind)]


def marks_of(day: Path, kind: Kind) -> list[tuple[int, Path]]:
    """Number and path of every file that makes a set, or recall, exist."""
    numbered = re.compile(rf"{kind.mark}\.([1-9][0-9]*)", re.ASCII)
    named = [(path, numbered.fullmatch(path.name)) for path in listed(day, f"{kind.mark}.*")]
    return [(int(number[1]), path) for path, number in named if number]


def all_marks(output: Path) -> list[Path]:
    """Every COMMIT of every date, by date and number."""
    return [mark for day in listed(output, DAYS) for _, mark in sorted(marks_of(day, SET))]


def mark_of(commit: Commit) -> Path:
    """The COMMIT that made a set exist."""
    return commit.folder.parent / f"{SET.mark}.{commit.number}"


def name_of(mark: Path) -> str:
    """What the ledger calls a COMMIT: `<date>/COMMIT.<number>`."""
    return f"{mark.parent.name}/{mark.name}"


def day_of(name: str) -> date:
    """The decision date in such a name."""
    return date.fromisoformat(name.partition("/")[0])


def set_of(mark: Path, kind: Kind = SET) -> Path:
    """The folder that a mark names, beside it."""
    return mark.parent / Path(str(content_of(mark, kind)[kind.folders])).name


def content_of(mark: Path, kind: Kind = SET) -> dict[str, Any]:
    """What a mark says, as plain data.

    Raises:
        LedgerBroken: it is damaged.
    """
    try:
        content = json.loads(mark.read_text(encoding="utf-8"))
        content[kind.folders], content["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerBroken(f"{mark} is damaged; restore it from a copy, or see `oneoffer ledger check`") from error
    return dict(content)
