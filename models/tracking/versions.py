"""The registered versions of a model, and which of them has which alias."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.errors import ModelUnusable
from models.tracking.registry import Registry, answering

CHAMPION, CHALLENGER = "champion", "challenger"


@dataclass(frozen=True)
class Version:
    """One registered version.

    Attributes:
        source: the address of its files.
        aliases: `champion`, `challenger`, both or neither.
        tags: what is known of it: see docs/models.md.
    """

    number: int
    run_id: str
    source: str
    aliases: tuple[str, ...]
    tags: Mapping[str, str]


def versions(registry: Registry, model: str) -> list[Version]:
    """All versions of the model, newest first."""
    name = registry.name(model)
    with answering(registry.uri):
        known = registry.client.search_registered_models(f"name = '{name}'")
        found = registry.client.search_model_versions(f"name = '{name}'") if known else []
    holders = {alias: int(number) for one in known for alias, number in one.aliases.items()}
    rows = [
        Version(number, one.run_id, one.source, tuple(sorted(a for a, at in holders.items() if at == number)), one.tags)
        for one, number in ((one, int(one.version)) for one in found)
    ]
    return sorted(rows, key=lambda one: -one.number)


def version_numbered(registry: Registry, model: str, number: int) -> Version:
    """The version of this number.

    Raises:
        ModelUnusable: there is none.
    """
    found = versions(registry, model)
    for one in found:
        if one.number == number:
            return one
    known = ", ".join(str(one.number) for one in found) or "none"
    raise ModelUnusable(f"model {model!r} has no version {number} in {registry.name(model)!r}; versions: {known}")


def version_from(registry: Registry, model: str, inputs: str) -> int | None:
    """The newest version that was trained from the same inputs, None where there is none."""
    found = [one.number for one in versions(registry, model) if one.tags.get("inputs") == inputs]
    return max(found, default=None)


def champion_version(registry: Registry, model: str) -> int | None:
    """The version in use, None where no version was ever promoted."""
    return aliased(versions(registry, model), CHAMPION)


def challenger_version(registry: Registry, model: str) -> int:
    """The version that is being tried.

    Raises:
        ModelUnusable: there is none.
    """
    found = aliased(versions(registry, model), CHALLENGER)
    if found is None:
        raise ModelUnusable(f"model {model!r} has no challenger in {registry.name(model)!r}; name a version, or train")
    return found


def aliased(found: Sequence[Version], alias: str) -> int | None:
    """The number of the version that has the alias."""
    return next((one.number for one in found if alias in one.aliases), None)
