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
        models = registry.client.search_registered_models(f"name = '{name}'")
        model_versions = registry.client.search_model_versions(f"name = '{name}'") if models else []
    holders = {alias: int(number) for model in models for alias, number in model.aliases.items()}
    rows = [
        Version(
            number,
            model.run_id,
            model.source,
            tuple(sorted(a for a, at in holders.items() if at == number)),
            model.tags,
        )
        for model, number in ((model, int(model.version)) for model in model_versions)
    ]
    return sorted(rows, key=lambda model: -model.number)


def version_numbered(registry: Registry, model: str, number: int) -> Version:
    """The version of this number.

    Raises:
        ModelUnusable: there is none.
    """
    all_versions = versions(registry, model)
    for version in all_versions:
        if version.number == number:
            return version
    numbers = ", ".join(str(version.number) for version in all_versions) or "none"
    raise ModelUnusable(f"model {model!r} has no version {number} in {registry.name(model)!r}; versions: {numbers}")


def version_from(registry: Registry, model: str, inputs: str) -> int | None:
    """The newest version that was trained from the same inputs, None where there is none."""
    numbers = [version.number for version in versions(registry, model) if version.tags.get("inputs") == inputs]
    return max(numbers, default=None)


def champion_version(registry: Registry, model: str) -> int | None:
    """The version in use, None where no version was ever promoted."""
    return aliased(versions(registry, model), CHAMPION)


def challenger_version(registry: Registry, model: str) -> int:
    """The version that is being tried.

    Raises:
        ModelUnusable: there is none.
    """
    number = aliased(versions(registry, model), CHALLENGER)
    if number is None:
        raise ModelUnusable(f"model {model!r} has no challenger in {registry.name(model)!r}; name a version, or train")
    return number


def aliased(all_versions: Sequence[Version], alias: str) -> int | None:
    """The number of the version that has the alias."""
    return next((version.number for version in all_versions if alias in version.aliases), None)
