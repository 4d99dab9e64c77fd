"""A version becomes the champion, or the one before it does again; nothing that its gates did not let."""

from models.errors import NotPromoted
from models.gates import Validation
from models.tracking.files import version_files
from models.tracking.history import Event, Stamp, champions_before, event, write_event
from models.tracking.registry import Registry, answering
from models.tracking.versions import (
    CHALLENGER,
    CHAMPION,
    Version,
    aliased,
    champion_version,
    version_numbered,
    versions,
)

_VALIDATION = "validation"


def record_validation(registry: Registry, model: str, number: int, validation: Validation) -> None:
    """Write on the version what its gates said, in the place of what they said before."""
    with answering(registry.uri):
        registry.client.set_model_version_tag(
            registry.name(model), str(number), _VALIDATION, validation.model_dump_json()
        )


def validation_of(version: Version) -> Validation | None:
    """What the gates said last; None where the version was never validated."""
    text = version.tags.get(_VALIDATION)
    return None if text is None else Validation.model_validate_json(text)


def objection(version: Version, asked: str, champion: int | None) -> str:
    """What speaks against promoting the version; empty if nothing does.

    Args:
        version: as registered.
        asked: by models.yaml now, see `asked_by`: a validation by other gates does not count.
        champion: in use now: a validation beside another one does not count.
    """
    validation = validation_of(version)
    if validation is None:
        return "was never validated; run `oneoffer models validate`"
    if not validation.has_passed:
        return "failed its gates: " + "; ".join(
            str(verdict) for verdict in validation.verdicts if not verdict.has_passed
        )
    if is_current(validation, asked, champion):
        return ""
    if validation.asked != asked:
        return "was validated when models.yaml asked something else; run `oneoffer models validate`"
    return (
        f"was validated beside champion {validation.champion or 'none'}, and the champion is {champion or 'none'} now; "
        "run `oneoffer models validate`"
    )


def is_current(validation: Validation, asked: str, champion: int | None) -> bool:
    """Whether a validation was of what is asked and beside this champion."""
    return validation.asked == asked and validation.champion == champion


def promote(registry: Registry, model: str, number: int, asked: str, stamp: Stamp, *, is_forced: bool = False) -> bool:
    """Make a version the champion; whether it was not already.

    Args:
        asked: by models.yaml now, see `asked_by`.
        stamp: who, when and why.
        is_forced: whether it may go in although its gates did not let it; what they said is kept with the reason.

    Raises:
        NotPromoted: it failed a gate, or was not validated as things are now.
        ModelUnusable: there is no such version, or its files cannot be used: that cannot be forced.
    """
    version, now = version_numbered(registry, model, number), champion_version(registry, model)
    if number == now:
        return False
    against = objection(version, asked, now)
    if against and not is_forced:
        raise NotPromoted(f"model {model!r} version {number} {against}")
    version_files(registry, model, number)
    _crown(registry, model, event("promoted", number, stamp, instead_of=now, overruled=against))
    if CHALLENGER in version.aliases:
        with answering(registry.uri):
            registry.client.delete_registered_model_alias(registry.name(model), CHALLENGER)
    return True


def rollback(registry: Registry, model: str, stamp: Stamp) -> tuple[int, int]:
    """Make the champion before this one the champion again.

    Returns:
        The version that was left and the one that is in use now.

    Raises:
        NotPromoted: there is no earlier champion.
        ModelUnusable: the earlier champion's files cannot be used any more; nothing was changed.
    """
    all_versions = versions(registry, model)
    now, earlier = aliased(all_versions, CHAMPION), champions_before(all_versions)
    if now is None or not earlier:
        which = "no champion" if now is None else f"no champion before version {now}"
        raise NotPromoted(f"model {model!r} has {which}; `oneoffer models promote` takes any version by its number")
    version_files(registry, model, earlier[-1])
    _crown(registry, model, event("returned to", earlier[-1], stamp, instead_of=now))
    return now, earlier[-1]


def _crown(registry: Registry, model: str, made: Event) -> None:
    """Note first, then act: a champion without its reason cannot be; a note without its act counts for nothing."""
    write_event(registry, model, made)
    with answering(registry.uri):
        registry.client.set_registered_model_alias(registry.name(model), CHAMPION, str(made.version))
