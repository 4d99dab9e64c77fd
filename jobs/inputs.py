"""The inputs of a date, pinned by its first attempt and read again by every later one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from conf.settings import Settings
from conf.sources import SourceName
from jobs.context import RunContext
from jobs.durable_files import sha256_of
from jobs.errors import PublishedFromOtherInputs, SourceError
from jobs.fingerprint import FileFacts, code_sha256
from jobs.lake import Lake, NotInLake
from jobs.publication import Commit, acknowledged, committed
from jobs.source_files import data_files, folder_of
from jobs.sources import SOURCE_NAMES

INPUTS = "inputs"
FILE = "inputs.json"
CONSENTS: SourceName = "consents"
FIRST, LAST = "consents_planned_with", "consents_sent_with"
"""Lake tables with the list of consents, byte for byte: when the date's sources were gated, and when it was decided."""


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
    """What a date's decisions are made from, beside models and earlier sets."""

    settings_sha256: str
    code_sha256: str
    files: tuple[InputFile, ...]

    def changed(self, settings: Settings) -> list[str]:
        """What is not as it was pinned: `settings`, `code`, or a table; files that came later change nothing."""
        facts = {"settings": self.settings_sha256 == settings.fingerprint(), "code": self.code_sha256 == code_sha256()}
        tables = sorted({one.table for one in self.files if one.table != CONSENTS and not one.is_as_it_was()})
        return [*(name for name, is_same in facts.items() if not is_same), *tables]


def pin_inputs(context: RunContext) -> None:
    """Pin the inputs of the date, or take those that an earlier attempt has pinned.

    Where they have changed since and nothing is published, they are pinned anew; models are chosen anew then, too.

    Raises:
        PublishedFromOtherInputs: the date is published, and its inputs are not what they were; or it was acknowledged
            and is to be superseded.
    """
    lake, as_of = context.lake, context.as_of
    earlier = committed(context.settings.deployment.output, as_of)
    if earlier and context.is_superseding:
        _refuse_what_was_taken(earlier)
    known = None if context.is_superseding else pinned(lake, as_of)
    changed = known.changed(context.settings) if known else []
    if known and not changed:
        return
    if changed and earlier:
        raise PublishedFromOtherInputs(
            f"{as_of} is published already ({earlier.folder.name}) from other inputs; changed: {', '.join(changed)}. "
            "Nothing was replaced; --supersede publishes a corrected set, as long as no channel has acknowledged"
        )
    if changed:
        context.say(f"  changed since the first attempt of this date, and pinned anew: {', '.join(changed)}")
    for table in ("scored_with", LAST):
        lake.remove(table, as_of)
    _pin(context)


def forget_inputs(context: RunContext) -> None:
    """Unpin what a gate did not let pass, so that the next attempt takes it as it was mended."""
    if committed(context.settings.deployment.output, context.as_of) is None:
        context.lake.remove(INPUTS, context.as_of)


def pin_consents_again(context: RunContext) -> list[Path]:
    """The list of consents as it is now, for opt-outs that came while the night ran; of a published date, as it was."""
    lake, as_of = context.lake, context.as_of
    is_over = committed(context.settings.deployment.output, as_of) is not None and not context.is_superseding
    if not (is_over and lake.has(LAST, as_of)):
        copy_consents(context, LAST)
    return snapshot(lake, LAST, as_of)


def copy_consents(context: RunContext, table: str) -> None:
    """Keep the list of consents as it is now, byte for byte, as a table of the lake; without a list it is empty."""
    path = context.settings.sources.consents.path if context.settings.sources.consents else ""
    context.lake.copy_files(data_files(path), folder_of(path), table, context.as_of)


def pinned(lake: Lake, as_of: date) -> Inputs | None:
    """What an earlier attempt of this date has pinned."""
    if not lake.has(INPUTS, as_of):
        return None
    said = json.loads(lake.read_file(INPUTS, as_of, FILE))
    files = tuple(InputFile(**one) for one in said["files"])
    return Inputs(said["settings_sha256"], said["code_sha256"], files)


def pinned_files(lake: Lake, as_of: date) -> dict[SourceName, list[Path]]:
    """Table -> its pinned files, of tables that have any."""
    known = pinned(lake, as_of)
    found: dict[SourceName, list[Path]] = {}
    for one in known.files if known else ():
        found.setdefault(one.table, []).append(Path(one.path))
    return found


def pinned_facts(lake: Lake, as_of: date) -> list[FileFacts]:
    """The pinned files as a manifest tells them.

    Raises:
        NotInLake: nothing is pinned, as the first stage has not run.
    """
    known = pinned(lake, as_of)
    if known is None:
        raise NotInLake(f"no {INPUTS} for {as_of} in {lake.root}; run gate_sources first")
    return [_facts(one) for one in known.files]


def consents_facts(lake: Lake, as_of: date, table: str = LAST) -> list[FileFacts]:
    """A copied list of consents, as a manifest tells it."""
    return [_facts(InputFile.of(CONSENTS, path)) for path in snapshot(lake, table, as_of)]


def snapshot(lake: Lake, table: str, as_of: date) -> list[Path]:
    """The files of a copied list of consents, in order."""
    return sorted(path for path in lake.folder(table, as_of).rglob("*") if path.is_file())


def _refuse_what_was_taken(earlier: Commit) -> None:
    """Before anything is computed; whoever acknowledges later is seen when the set is published."""
    said = acknowledged(earlier.folder.parent)
    if said:
        raise PublishedFromOtherInputs(
            f"{earlier.as_of} cannot be superseded: {', '.join(said)} says that {earlier.folder.name} was taken"
        )


def _facts(one: InputFile) -> FileFacts:
    return FileFacts(table=one.table, file=Path(one.path).name, bytes=one.bytes, sha256=one.sha256)


def _pin(context: RunContext) -> None:
    lake, as_of, settings = context.lake, context.as_of, context.settings
    paths = {name: data_files(source.path) for name in SOURCE_NAMES if (source := settings.sources.get(name))}
    if CONSENTS in paths:
        copy_consents(context, FIRST)
        paths[CONSENTS] = snapshot(lake, FIRST, as_of)
    files = _files(paths)
    said = {"settings_sha256": settings.fingerprint(), "code_sha256": code_sha256()}
    content = json.dumps(said | {"files": [asdict(one) for one in files]}, indent=1)
    lake.write_file(content.encode(), INPUTS, as_of, FILE)


def _files(paths: Mapping[SourceName, Sequence[Path]]) -> list[InputFile]:
    found = []
    for name, files in paths.items():
        try:
            found += [InputFile.of(name, path) for path in files]
        except OSError as error:
            raise SourceError(f"{name}: {error.filename} cannot be read: {error.strerror}") from error
    return found
