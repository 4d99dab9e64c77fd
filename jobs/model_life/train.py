"""Data before a date -> registered challengers, measured and validated; promoted to champions on request."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from conf.models import Model
from jobs.core.user import stamp
from jobs.model_life.attachments import attachments
from jobs.run_context import RunContext
from jobs.scoring.model_sources import model_sources
from jobs.scoring.registry import ModelFigure, registry_of, test_figures
from jobs.sources.fingerprint import code_sha256, source_facts
from jobs.spark.session import release_memory
from models.errors import NotPromoted
from models.figures import Figure
from models.gates import Validation, asked_by
from models.settings_trial import check_settings
from models.tracking import (
    Registry,
    champion_version,
    is_current,
    log_training,
    parameters_of,
    promote,
    validation_of,
    version_from,
    version_numbered,
)
from models.training import train
from models.training_table import TrainingTable, training_table
from models.validation import validate


def model_table(context: RunContext, models: Mapping[str, Model]) -> TrainingTable:
    """Features and outcomes of these models at all their cut-offs, knowing what was known before the context's date."""
    sources, settings = model_sources(context, context.as_of), context.settings
    most, seed = settings.models.max_training_customers, settings.deployment.seed
    return training_table(sources, models, context.as_of, max_customers=most, seed=seed)


TRAINED, PROMOTED = "trained", "train --promote"


@dataclass(frozen=True)
class TrainedModel:
    """One model of one training.

    Attributes:
        validation: what the gates said last.
        is_champion: whether it is the version in use now.
        refusal: why it was not promoted; empty where it was, or nobody asked.
        was_there: the same inputs had been trained from before; nothing was trained now.
    """

    model: str
    version: int
    tested_at: str
    figures: list[ModelFigure]
    validation: Validation | None
    is_champion: bool
    refusal: str
    was_there: bool


def train_all(context: RunContext, *, with_promotion: bool) -> list[TrainedModel]:
    """Train every model of models.yaml, register each as challenger and validate it.

    A model whose code, settings and sources are those of a registered version is not trained again: a training that is
    killed goes on, when it is run again, with the model that it was at.

    Args:
        with_promotion: make those champions that pass their gates.

    Raises:
        SettingsError: LightGBM does not know or take settings of a model.
    """
    check_settings(context.settings)
    registry, inputs = registry_of(context.settings), training_inputs(context)
    models = context.settings.models.models
    current = {name: version_from(registry, name, inputs) for name in models}
    todo = {name: model for name, model in models.items() if _has_work(registry, name, current[name], model)}
    table = model_table(context, todo) if todo else None
    if table:
        release_memory(context.spark)
    trained = []
    for name, model in models.items():
        version = current[name]
        if table and name in todo:
            version = _made(context, registry, name, table, version=version, inputs=inputs)
        if version is None:
            raise RuntimeError(f"model {name!r} was neither known nor trained")
        refusal = _promoted(registry, name, version, model) if with_promotion else ""
        trained.append(_described(registry, name, version, refusal=refusal, was_there=version == current[name]))
    return trained


def training_inputs(context: RunContext) -> str:
    """SHA-256 over all that a training reads: code, settings of models and sources, files, the date."""
    settings = context.settings
    parts = {
        "as_of": context.as_of.isoformat(),
        "code": code_sha256(),
        "models": settings.models.model_dump(mode="json"),
        "sources": source_facts(settings),
        "mapping": settings.sources.model_dump(mode="json"),
        "seed": settings.deployment.seed,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _has_work(registry: Registry, name: str, version: int | None, model: Model) -> bool:
    """Whether it is to be trained, or validated as things are now."""
    champion = champion_version(registry, name)
    if version is None or version == champion:
        return version is None
    validation = validation_of(version_numbered(registry, name, version))
    return validation is None or not is_current(validation, asked_by(model), champion)


def _made(
    context: RunContext, registry: Registry, name: str, table: TrainingTable, *, version: int | None, inputs: str
) -> int:
    """Train the model unless it is known, validate it; its version."""
    settings, mark = context.settings, stamp(TRAINED)
    model, seed = settings.models.models[name], settings.deployment.seed
    figures: tuple[Figure, ...] = ()
    if version is None:
        context.say(f"  training {name}")
        trained = train(name, model, table, seed=seed)
        beside = attachments(settings, trained, table)
        version = log_training(registry, trained, inputs=inputs, stamp=mark, attachments=beside)
        figures = trained.figures
    validate(
        registry,
        name,
        version,
        settings=model,
        table=lambda _: table.rows,
        seed=seed,
        stamp=mark,
        already_measured=figures,
    )
    return version


def _promoted(registry: Registry, name: str, version: int, model: Model) -> str:
    """Promote it, or say why not."""
    try:
        promote(registry, name, version, asked_by(model), stamp(PROMOTED))
    except NotPromoted as error:
        return str(error)
    return ""


def _described(registry: Registry, name: str, version: int, *, refusal: str, was_there: bool) -> TrainedModel:
    return TrainedModel(
        model=name,
        version=version,
        tested_at=parameters_of(registry, name, version)["test"],
        figures=test_figures(registry, name, version),
        validation=validation_of(version_numbered(registry, name, version)),
        is_champion=version == champion_version(registry, name),
        refusal=refusal,
        was_there=was_there,
    )
