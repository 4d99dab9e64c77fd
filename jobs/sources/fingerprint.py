"""Hashes of what a decision set is made from: code, settings, source files and earlier sets."""

import hashlib
from datetime import date
from typing import TypedDict

from conf.settings import Settings
from jobs.commit.ledger import Ledger
from jobs.core.files import sha256_of
from jobs.sources.paths import data_files
from jobs.sources.reader import SOURCE_NAMES
from jobs.spark.shipped_code import package_files


class HistoryFacts(TypedDict):
    """Our own sets of other dates, which are part of the contact history."""

    sets: int
    sha256: str


class FileFacts(TypedDict):
    """One source file."""

    table: str
    file: str
    bytes: int
    sha256: str


def history_facts(ledger: Ledger, as_of: date) -> HistoryFacts:
    """How many sets of other dates the night of a date knows, and a hash over their dates and names."""
    others = [commit for commit in ledger.newest() if commit.as_of != as_of]
    names = "".join(f"{commit.as_of.isoformat()}/{commit.folder.name}\n" for commit in others)
    return HistoryFacts(sets=len(others), sha256=hashlib.sha256(names.encode()).hexdigest())


def code_sha256() -> str:
    """SHA-256 over every Python and template file of the five packages."""
    digest = hashlib.sha256()
    for name, path in package_files({".py", ".html", ".css"}):
        digest.update(f"{name}\0{sha256_of(path)}\0".encode())
    return digest.hexdigest()


def source_facts(settings: Settings) -> list[FileFacts]:
    """Every file behind every source table: its name, size and SHA-256, in a fixed order."""
    named = [(name, source) for name in SOURCE_NAMES if (source := settings.sources.get(name))]
    return [
        FileFacts(table=name, file=path.name, bytes=path.stat().st_size, sha256=sha256_of(path))
        for name, source in named
        for path in data_files(source.path)
    ]
