"""What was known before a date -> registered models, measured; champions where the gates let them."""

import hashlib
import json
from dataclasses import dataclass

from jobs.context import RunContext
from jobs.fingerprint import code_sha256, source_facts
from jobs.model_sources import model_sources
from jobs.registry import ModelFigure, registry_of, test_figures
from models.errors import NotPromoted
from models.gates import verdicts
from models.tracking import Registry, log_training, promote, version_from
from models.training import train
from models.training_table import training_table


@dataclass(frozen=True)
class TrainedModel:
    """One model of one training.

    Attributes:
        refusal: why the version was not promoted; empty when it is the champion.
        was_there: the same inputs had been trained from before; nothing was trained now.
    """

    model: str
    version: int
    tested_at: str
    figures: list[ModelFigure]
    refusal: str
    was_there: bool


def train_all(context: RunContext) -> list[TrainedModel]:
    """Train every model of models.yaml and promote those that pass their gates.

    A model whose code, settings and sources are those of a registered version is not trained again.
    """
    registry, inputs = registry_of(context.settings), training_inputs(context)
    models, seed = context.settings.models.models, context.settings.deployment.seed
    known = {name: version_from(registry, name, inputs) for name in models}
    missing = {name: model for name, model in models.items() if known[name] is None}
    made: dict[str, int] = {}
    if missing:
        most = context.settings.models.max_training_customers
        sources = model_sources(context, context.as_of)
        table = training_table(sources, missing, context.as_of, max_customers=most, seed=seed)
        for name, model in missing.items():
            context.say(f"  training {name}")
            trained = train(name, model, table, seed=seed)
            said = verdicts(name, model.gates, trained.figures)
            made[name] = log_training(registry, trained, said, inputs=inputs)
    versions = {name: made.get(name) or known[name] for name in models}
    return [_promoted(registry, name, version or 0, was_there=name not in made) for name, version in versions.items()]


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


def _promoted(registry: Registry, name: str, version: int, *, was_there: bool) -> TrainedModel:
    refusal = ""
    try:
        promote(registry, name, version)
    except NotPromoted as error:
        refusal = str(error)
    found = registry.client.get_run(registry.client.get_model_version(registry.name(name), str(version)).run_id)
    tested_at = found.data.params["test"]
    return TrainedModel(name, version, tested_at, test_figures(registry, name, version), refusal, was_there)
