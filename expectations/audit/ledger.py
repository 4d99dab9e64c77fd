"""The ledger of an output, read again: which sets of ours the audited one knew, and whether they are as committed.

A set knows the commits that the ledger names before its own; one that is not committed yet knows all.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from expectations.audit.evidence import Evidence

COMMIT = re.compile(r"COMMIT\.([1-9][0-9]*)", re.ASCII)
LONGEST = {"week": 7, "month": 31, "quarter": 92}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@lru_cache(maxsize=1)
def sets_known(evidence: Evidence) -> list[tuple[date, Path]]:
    """The newest set of every other date that the audited one knew, oldest first; none of a date declared lost."""
    return [(day, mark.parent / Path(str(_content(mark)["set"])).name) for day, mark in _marks_known(evidence)]


@lru_cache(maxsize=1)
def days_lost(evidence: Evidence) -> set[date]:
    """The dates of which nobody knows any more who was contacted."""
    return {_day(entry["lost"]) for entry in _before(evidence) if "lost" in entry}


def damage(evidence: Evidence) -> Iterator[str]:
    """A sentence for each thing that is not as it was committed: of the ledger, and of the sets that caps reach."""
    copy = evidence.ledger_copy
    others = {_name(mark) for mark in _all_marks(evidence) if _day(_name(mark)) != evidence.as_of}
    unnamed = others - {entry.get("commit") for entry in _entries(evidence)}
    if len(unnamed) > 1:
        yield f"{len(unnamed)} commits that the ledger does not name"
    if copy and copy.is_file() and not _text(evidence).startswith(copy.read_bytes()):
        yield "the ledger does not go on from its copy in the lake"
    digests = ["", *(hashlib.sha256(line).hexdigest() for line in _text(evidence).splitlines())]
    if any(entry.get("after") != digest for entry, digest in zip(_entries(evidence), digests, strict=False)):
        yield "a line of the ledger does not follow from the line before"
    stated = {entry["commit"]: entry["sha256"] for entry in _before(evidence) if "commit" in entry}
    for day, mark in _marks_known(evidence):
        if not _is_near(evidence, day):
            continue
        if _digest(mark) != stated.get(_name(mark), _digest(mark)):
            yield f"{_name(mark)} is not as it was committed"
        elif not _is_whole(mark):
            yield f"the set of {day} is not as it was committed"
    there = {_name(mark) for mark in _all_marks(evidence)}
    near = {name for name in stated if _is_near(evidence, _day(name)) and _day(name) not in days_lost(evidence)}
    gone = near - there
    if gone:
        yield f"{len(gone)} commits that the ledger names are gone"


def secrets_known(evidence: Evidence) -> list[tuple[date, str]]:
    """The fingerprint of the holdout's secret of every set that was known, where it has one."""
    pairs = [(day, _content(mark).get("holdout")) for day, mark in _marks_known(evidence)]
    return [(day, str(secret)) for day, secret in pairs if secret]


def _is_near(evidence: Evidence, day: date) -> bool:
    """Whether caps, combinations and limits look at a date; what is never together does at every one."""
    rules = [*(evidence.policy.get("contact_policy") or ()), *(evidence.policy.get("combinations") or ())]
    spans = [int(rule.get("days") or rule.get("not_within_days") or 0) for rule in rules]
    limits = evidence.policy.get("limits") or ()
    spans += [int(limit.get("days") or LONGEST.get(limit.get("per"), 0)) for limit in limits]
    is_endless = any(rule.get("never_together") for rule in rules)
    return is_endless or abs((day - evidence.as_of).days) <= max(spans, default=0)


def _is_whole(mark: Path) -> bool:
    """Whether a set's checksums, and its decisions where it has any, are the committed ones."""
    content = _content(mark)
    folder = mark.parent / Path(str(content["set"])).name
    sums, decisions = folder / "SHA256SUMS", folder / "decisions.parquet"
    if not sums.is_file() or _digest(sums) != content.get("sha256"):
        return False
    digests = {name: digest for digest, name in (line.split("  ", 1) for line in sums.read_text("utf-8").splitlines())}
    return decisions.is_file() and _digest(decisions) == digests.get(decisions.name)


@lru_cache(maxsize=1)
def _marks_known(evidence: Evidence) -> list[tuple[date, Path]]:
    marks: dict[date, Path] = {}
    for mark in sorted(_all_marks(evidence), key=lambda mark: int(mark.name.partition(".")[2])):
        if _name(mark) not in _later(evidence) and _day(_name(mark)) not in {evidence.as_of, *days_lost(evidence)}:
            marks[_day(_name(mark))] = mark
    return sorted(marks.items())


@lru_cache(maxsize=1)
def _all_marks(evidence: Evidence) -> list[Path]:
    days = [folder for folder in _output(evidence).iterdir() if DAY.fullmatch(folder.name)]
    return [file for folder in days for file in folder.iterdir() if COMMIT.fullmatch(file.name)]


@lru_cache(maxsize=1)
def _entries(evidence: Evidence) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _text(evidence).splitlines()]


@lru_cache(maxsize=1)
def _before(evidence: Evidence) -> list[dict[str, Any]]:
    """The lines before that of the audited set."""
    entries, own_day = _entries(evidence), evidence.folder.parent
    own = {
        _name(mark)
        for mark in _all_marks(evidence)
        if mark.parent == own_day and _content(mark)["set"] == evidence.folder.name
    }
    place = next((place for place, entry in enumerate(entries) if entry.get("commit") in own), len(entries))
    return entries[:place]


@lru_cache(maxsize=1)
def _later(evidence: Evidence) -> set[str]:
    """The commits that the audited set could not know."""
    entries, before = _entries(evidence), _before(evidence)
    if len(before) == len(entries):
        return set()
    unnamed = {_name(mark) for mark in _all_marks(evidence)} - {entry.get("commit") for entry in entries}
    return unnamed | {entry["commit"] for entry in entries[len(before) :] if "commit" in entry}


@lru_cache(maxsize=1)
def _text(evidence: Evidence) -> bytes:
    path = _output(evidence) / "LEDGER"
    return path.read_bytes() if path.is_file() else b""


def _output(evidence: Evidence) -> Path:
    return evidence.folder.parent.parent


def _name(mark: Path) -> str:
    return f"{mark.parent.name}/{mark.name}"


def _day(name: str) -> date:
    return date.fromisoformat(name.partition("/")[0])


def _content(mark: Path) -> dict[str, Any]:
    return dict(json.loads(mark.read_text(encoding="utf-8")))


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
