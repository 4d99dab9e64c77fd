"""The inputs of a date, pinned by its first attempt and read again by every later one."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from conf.settings import Settings
from conf.sources import SourceName
from jobs.core.files import sha256_of
from jobs.core.lake import Lake, NotInLake
from jobs.sources.fingerprint import FileFacts, code_sha256

INPUTS = "inputs"
FILE = "inputs.json"
CONSENTS: SourceName = "consents"
FIRST, LAST = "consents_planned_with", "consents_sent_with"
"""Lake tables with the list of consents, byte for byte: when the date's sources were gated, and when it was decided."""
RECALLED = "consents_recalled_with"
"""Lake table with the list of consents that the newest recall was made from, byte for byte."""
REPLACED = "consents_replaced"
"""Lake table with the list of consents that an earlier attempt of the date was decided by."""
ASKED = "consents_asked"
"""Lake table with a list of consents that has not passed the gate yet; it is gone when it has."""
COPIES = (FIRST, LAST, RECALLED, REPLACED)

READ_AT = "_read_at"
"""The file beside a copied list that says when it was copied: a yes of later is one of the future."""


@dataclass(frozen=True)
class InputFile:
    """One file of a source table.

    Attributes:
        modified_ns: when it was last written, in nanoseconds: an unchanged file need not be read again to know it.
    """

    table: SourceName
    path: str
    bytes: int
    modified_ns: int
    sha256: str

    @classmethod
    def of(cls, table: SourceName, path: Path) -> "InputFile":
        """The file as it lies there now."""
        stat = path.stat()
        return cls(table, str(path), stat.st_size, stat.st_mtime_ns, sha256_of(path))

    def is_as_it_was(self) -> bool:
        """Whether the file is there with the same content."""
        path = Path(self.path)
        if not path.is_file() or path.stat().st_size != self.bytes:
            return False
        return path.stat().st_mtime_ns == self.modified_ns or sha256_of(path) == self.sha256


@dataclass(frozen=True)
class Inputs:
    """What a date's decisions are made from, beside models and earlier sets.

    Attributes:
        oneoffer: the release; empty: it was pinned by one that did not say so.
    """

    settings_sha256: str
    code_sha256: str
    files: tuple[InputFile, ...]
    oneoffer: str = ""

    def changed(self, settings: Settings) -> list[str]:
        """What is not as it was pinned: `settings`, `code`, or a table; files that came later change nothing."""
        facts = {"settings": self.settings_sha256 == settings.fingerprint(), "code": self.code_sha256 == code_sha256()}
        tables = sorted({file.table for file in self.files if file.table != CONSENTS and not file.is_as_it_was()})
        return [*(name for name, is_same in facts.items() if not is_same), *tables]


def pinned(lake: Lake, as_of: date) -> Inputs | None:
    """What an earlier attempt of this date has pinned."""
    if not lake.has(INPUTS, as_of):
        return None
    content = json.loads(lake.read_file(INPUTS, as_of, FILE))
    files = tuple(InputFile(**file) for file in content["files"])
    return Inputs(content["settings_sha256"], content["code_sha256"], files, content.get("oneoffer", ""))


def pinned_files(lake: Lake, as_of: date) -> dict[SourceName, list[Path]]:
    """Table -> its pinned files, of tables that have any."""
    inputs = pinned(lake, as_of)
    by_table: dict[SourceName, list[Path]] = {}
    for file in inputs.files if inputs else ():
        by_table.setdefault(file.table, []).append(Path(file.path))
    return by_table


def pinned_facts(lake: Lake, as_of: date) -> list[FileFacts]:
    """The pinned files as a manifest lists them.

    Raises:
        NotInLake: nothing is pinned, as the first stage has not run.
    """
    inputs = pinned(lake, as_of)
    if inputs is None:
        raise NotInLake(f"no {INPUTS} for {as_of} in {lake.root}; run gate_sources first")
    return [_facts(file) for file in inputs.files]


def consents_facts(lake: Lake, as_of: date, table: str = LAST) -> list[FileFacts]:
    """A copied list of consents, as a manifest lists it."""
    return [_facts(InputFile.of(CONSENTS, path)) for path in snapshot(lake, table, as_of)]


def snapshot(lake: Lake, table: str, as_of: date) -> list[Path]:
    """The files of a copied list of consents, in order."""
    return sorted(path for path in lake.folder(table, as_of).rglob("*") if path.is_file() and path.name != READ_AT)


def read_at(lake: Lake, table: str, as_of: date) -> datetime:
    """When a list of consents was copied; of a copy without that moment, now."""
    if not has_read_at(lake, table, as_of):
        return datetime.now(UTC)
    return datetime.fromisoformat((lake.folder(table, as_of) / READ_AT).read_text("utf-8"))


def has_read_at(lake: Lake, table: str, as_of: date) -> bool:
    """Whether a copied list says when it was copied."""
    return (lake.folder(table, as_of) / READ_AT).is_file()


def _facts(file: InputFile) -> FileFacts:
    return FileFacts(table=file.table, file=Path(file.path).name, bytes=file.bytes, sha256=file.sha256)
