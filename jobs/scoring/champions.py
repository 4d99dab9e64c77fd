"""Which version of each model a night uses: each alias is resolved once."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from conf.settings import Settings
from jobs.core.files import make_folder, sync_folder, write_file
from jobs.core.retry import retry_until
from jobs.run_context import RunContext
from jobs.scoring.registry import registry_of, server_in_words, test_figures
from jobs.scoring.scored_with import Pinned, pins
from models.champion import champion_of
from models.errors import RegistryAway
from models.tracking import champion, version_files

FOLDER = "champions"


def keep(lake: Path, pinned: Pinned, now: datetime) -> None:
    """Keep a champion that MLflow has just confirmed; a reader sees the one before or this one, also after a crash."""
    contract = pinned.champion.contract
    kept = {
        "version": pinned.champion.version,
        "confirmed_at": now.isoformat(timespec="seconds"),
        "figures": list(pinned.figures),
        "contract": contract.model_dump_json(),
        "text": pinned.champion.text,
    }
    path = _path(lake, contract.model)
    make_folder(path.parent)
    draft = path.with_suffix(f".draft-{os.getpid()}")
    draft.unlink(missing_ok=True)
    write_file(draft, json.dumps(kept).encode())
    draft.replace(path)
    sync_folder(path.parent)


def recall(lake: Path, model: str, max_days: int, now: datetime) -> Pinned:
    """The champion that was kept.

    Raises:
        RegistryAway: none was, or it was confirmed too long ago, or its file is no longer whole.
        ModelUnusable: its file is whole and what it holds is damaged.
    """
    try:
        kept = json.loads(_path(lake, model).read_text("utf-8"))
        confirmed = datetime.fromisoformat(kept["confirmed_at"])
        parts = kept["version"], kept["text"], kept["contract"]
        figures = kept["figures"]
    except FileNotFoundError:
        raise RegistryAway(f"no champion of model {model!r} is kept in {lake / FOLDER}") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise RegistryAway(f"{_path(lake, model)} cannot be read") from None
    if now - confirmed > timedelta(days=max_days):
        raise RegistryAway(
            f"the champion of model {model!r} that is kept was last confirmed at {confirmed:%Y-%m-%d %H:%M} UTC, and "
            f"deployment.yaml allows {max_days} days (mlflow.kept_days)"
        )
    return Pinned(champion_of(model, *parts), figures, from_cache=True)


def utc_now() -> datetime:
    """The time by which the age of what is kept is measured."""
    return datetime.now(UTC)


def _path(lake: Path, model: str) -> Path:
    return lake / FOLDER / f"{model}.json"


def champions_for(context: RunContext) -> list[Pinned]:
    """One version per model of models.yaml: the one that an earlier try of this night used, else the champion.

    What is pinned is not resolved again, whatever was promoted in the meantime; it is forgotten with the date's pinned
    inputs. Where MLflow does not answer, the champions kept from an earlier night take their place.

    Raises:
        ModelUnusable: a model has no champion, or its files are damaged or do not fit.
        RegistryAway: MLflow does not answer, and what is kept will not do.
    """
    settings = context.settings
    earlier = pins(context.lake, context.as_of)
    versions = {name: version for name, (version, _) in earlier.items()}
    mlflow = settings.deployment.mlflow
    whom = server_in_words(settings)
    try:
        champions = retry_until(mlflow.wait_seconds, whom, lambda: _from_registry(settings, versions))
    except RegistryAway as error:
        champions = [_from_lake(settings, name, versions.get(name), error) for name in settings.models.models]
        context.say(f"  {error}; the champions kept from an earlier night are used")
    return [_as_pinned(champion, earlier) for champion in champions]


def keep_champions(context: RunContext, champions: Sequence[Pinned]) -> None:
    """Keep what MLflow confirmed in this night for a night on which it does not answer."""
    for pinned in champions:
        if pinned.is_confirmed:
            keep(context.lake.root, pinned, utc_now())


def _from_registry(settings: Settings, versions: Mapping[str, int]) -> list[Pinned]:
    registry = registry_of(settings)
    champions = []
    for name in settings.models.models:
        is_pinned = name in versions
        files = version_files(registry, name, versions[name]) if is_pinned else champion(registry, name)
        champions.append(Pinned(files, test_figures(registry, name, files.version), is_confirmed=not is_pinned))
    return champions


def _from_lake(settings: Settings, name: str, version: int | None, away: RegistryAway) -> Pinned:
    deployment = settings.deployment
    try:
        kept = recall(deployment.lake, name, deployment.mlflow.kept_days, utc_now())
    except RegistryAway as error:
        raise RegistryAway(f"{away}; and {error}") from None
    if version not in (None, kept.champion.version):
        raise RegistryAway(
            f"{away}; and this night began with version {version} of model {name!r}, while version "
            f"{kept.champion.version} is kept"
        )
    return kept


def _as_pinned(pinned: Pinned, earlier: Mapping[str, tuple[int, bool]]) -> Pinned:
    """The same version as in an earlier try is described as it was then: the same inputs make the same bytes."""
    version, from_cache = earlier.get(pinned.champion.contract.model, (None, False))
    return replace(pinned, from_cache=from_cache) if version == pinned.champion.version else pinned
