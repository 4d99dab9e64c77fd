"""Which version of each model a night uses: each alias is resolved once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from conf.settings import Settings
from jobs.context import RunContext
from jobs.kept_champions import keep, recall, utc_now
from jobs.patience import answered_within
from jobs.registry import registry_of, test_figures
from jobs.scored_with import Pinned, pins
from models.errors import RegistryAway
from models.tracking import champion, version_files


def champions_tonight(context: RunContext) -> list[Pinned]:
    """One version per model of models.yaml: the one that an earlier try of this night used, else the champion.

    What is pinned is not resolved again, whatever was promoted in the meantime; it is forgotten with the date's pinned
    inputs. Where MLflow does not answer, the champions kept from an earlier night take their place.

    Raises:
        ModelUnusable: a model has no champion, or its files are damaged or do not fit.
        RegistryAway: MLflow does not answer, and what is kept will not do.
    """
    settings = context.settings
    known = pins(context.lake, context.as_of)
    versions = {name: version for name, (version, _) in known.items()}
    mlflow = settings.deployment.mlflow
    whom = f"MLflow at {mlflow.tracking_uri}"
    try:
        found = answered_within(mlflow.wait_seconds, whom, lambda: _from_registry(settings, versions))
    except RegistryAway as error:
        found = [_from_lake(settings, name, versions.get(name), error) for name in settings.models.models]
        context.say(f"  {error}; the champions kept from an earlier night are used")
    return [_as_pinned(one, known) for one in found]


def keep_champions(context: RunContext, found: Sequence[Pinned]) -> None:
    """Keep what MLflow confirmed tonight for a night on which it does not answer."""
    for one in found:
        if one.is_confirmed:
            keep(context.lake.root, one, utc_now())


def _from_registry(settings: Settings, versions: Mapping[str, int]) -> list[Pinned]:
    registry = registry_of(settings)
    found = []
    for name in settings.models.models:
        is_pinned = name in versions
        one = version_files(registry, name, versions[name]) if is_pinned else champion(registry, name)
        found.append(Pinned(one, test_figures(registry, name, one.version), is_confirmed=not is_pinned))
    return found


def _from_lake(settings: Settings, name: str, version: int | None, away: RegistryAway) -> Pinned:
    deployment = settings.deployment
    try:
        found = recall(deployment.lake, name, deployment.mlflow.kept_days, utc_now())
    except RegistryAway as error:
        raise RegistryAway(f"{away}; and {error}") from None
    if version not in (None, found.champion.version):
        raise RegistryAway(
            f"{away}; and this night began with version {version} of model {name!r}, while version "
            f"{found.champion.version} is kept"
        )
    return found


def _as_pinned(one: Pinned, known: Mapping[str, tuple[int, bool]]) -> Pinned:
    """The same version as in an earlier try is told as it was then: the same inputs make the same bytes."""
    version, from_cache = known.get(one.champion.contract.model, (None, False))
    return replace(one, from_cache=from_cache) if version == one.champion.version else one
