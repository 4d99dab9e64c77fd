"""Which version of a model the night uses: promoted with its reason, or taken back."""

import typer

from conf.settings import Settings
from jobs.core.user import stamp
from jobs.scoring.registry import registry_of
from models.gates import asked_by
from models.tracking import challenger_version, champion_version, promote, rollback


def promote_version(settings: Settings, model: str, version: int | None, *, reason: str, is_forced: bool) -> str:
    """Make a version, the challenger where none is named, the champion; a sentence that says what changed.

    Raises:
        BadParameter: it is to be forced without a reason.
        NotPromoted: it failed a gate or was not validated as things are now, and is not forced.
        ModelUnusable: there is no such version, or its files cannot be used.
    """
    if is_forced and not reason.strip():
        raise typer.BadParameter("--force needs --reason: it is kept on the model")
    registry = registry_of(settings)
    before = champion_version(registry, model)
    number = challenger_version(registry, model) if version is None else version
    asked = asked_by(settings.models.models[model])
    is_new = promote(registry, model, number, asked, stamp(reason.strip()), is_forced=is_forced)
    if not is_new:
        return f"{model}: version {number} is the champion already"
    return f"{model}: version {number} is the champion now, before it {_named(before)}"


def roll_back(settings: Settings, model: str, *, reason: str) -> str:
    """Make the champion before this one the champion again; a sentence that says what changed.

    Raises:
        BadParameter: the reason is empty.
        NotPromoted: there is no champion before.
    """
    if not reason.strip():
        raise typer.BadParameter("--reason must say why")
    previous, now = rollback(registry_of(settings), model, stamp(reason.strip()))
    return f"{model}: version {now} is the champion again, in place of version {previous}"


def _named(version: int | None) -> str:
    return "there was none" if version is None else f"version {version}"
