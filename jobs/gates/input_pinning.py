"""Pins the inputs of a date: what its first attempt read is what every later one reads."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from conf.sources import SourceName
from jobs.commit.commits import Commit, committed
from jobs.commit.protocol import acknowledged
from jobs.core.errors import PublishedFromOtherInputs, SourceError
from jobs.gates.consent_copies import copy_consents, keep_copy
from jobs.run_context import RunContext
from jobs.sources.fingerprint import code_sha256
from jobs.sources.paths import data_files
from jobs.sources.pinned_inputs import CONSENTS, FILE, FIRST, INPUTS, LAST, REPLACED, InputFile, pinned, snapshot
from jobs.sources.reader import SOURCE_NAMES


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
    earlier_inputs = None if context.is_superseding else pinned(lake, as_of)
    changed = earlier_inputs.changed(context.settings) if earlier_inputs else []
    if earlier_inputs and not changed:
        return
    if changed and earlier:
        raise PublishedFromOtherInputs(
            f"{as_of} is published already ({earlier.folder.name}) from other inputs; changed: {', '.join(changed)}. "
            "Nothing was replaced; --supersede publishes a corrected set, as long as no channel has acknowledged"
        )
    if changed:
        context.say(f"  changed since the first attempt of this date, and pinned anew: {', '.join(changed)}")
    if lake.has(LAST, as_of):
        keep_copy(context, LAST, REPLACED)
    for table in ("scored_with", LAST):
        lake.remove(table, as_of)
    _pin(context)


def forget_inputs(context: RunContext) -> None:
    """Unpin what a gate did not let pass, so that the next attempt takes it as it was mended."""
    if context.is_superseding or committed(context.settings.deployment.output, context.as_of) is None:
        for table in (INPUTS, FIRST):  # the next list is not compared with one that did not pass
            context.lake.remove(table, context.as_of)


def _refuse_what_was_taken(earlier: Commit) -> None:
    """Before anything is computed; whoever acknowledges later is seen when the set is published."""
    acks = acknowledged(earlier.folder.parent)
    if acks:
        raise PublishedFromOtherInputs(
            f"{earlier.as_of} cannot be superseded: {', '.join(acks)} says that {earlier.folder.name} was taken"
        )


def _pin(context: RunContext) -> None:
    lake, as_of, settings = context.lake, context.as_of, context.settings
    paths = {name: data_files(source.path) for name in SOURCE_NAMES if (source := settings.sources.get(name))}
    if CONSENTS in paths:
        copy_consents(context, FIRST)
        paths[CONSENTS] = snapshot(lake, FIRST, as_of)
    files = _files(paths)
    facts = {"settings_sha256": settings.fingerprint(), "code_sha256": code_sha256(), "oneoffer": version("oneoffer")}
    content = json.dumps(facts | {"files": [asdict(file) for file in files]}, indent=1)
    lake.write_file(content.encode(), INPUTS, as_of, FILE)


def _files(paths: Mapping[SourceName, Sequence[Path]]) -> list[InputFile]:
    inputs = []
    for name, files in paths.items():
        try:
            inputs += [InputFile.of(name, path) for path in files]
        except OSError as error:
            raise SourceError(f"{name}: {error.filename} cannot be read: {error.strerror}") from error
    return inputs
