"""A model that was trained elsewhere: checked, measured as ours are, registered as challenger, validated."""

import hashlib
from pathlib import Path

from jobs.core.user import stamp
from jobs.model_life.attachments import attachments
from jobs.model_life.train import model_table
from jobs.model_life.validate import Validated
from jobs.run_context import RunContext
from jobs.scoring.registry import registry_of
from models.errors import ModelUnusable
from models.external_model import adopt
from models.features_file import own_model
from models.tracking import log_training, model_files
from models.validation import validate


def register_model(context: RunContext, name: str, text: str, features: str, *, reason: str) -> Validated:
    """Register a Booster for a model of models.yaml.

    Args:
        context: its date is the newest that labels may reach to, as in a training.
        name: of the model.
        text: the Booster's native text.
        features: the text of its features.json.
        reason: kept on the version.

    Raises:
        ModelUnusable: it does not fit the deployment, or its files are damaged; nothing was registered.
        CannotTrain: the history is too short to test anything.
    """
    settings = context.settings
    model, seed = settings.models.models[name], settings.deployment.seed
    trained = own_model(name, text, features)
    table = model_table(context, {name: model})
    adopted = adopt(name, model, table, trained, seed=seed)
    registry, mark = registry_of(settings), stamp(reason)
    beside = {**attachments(settings, adopted, table), "features.json": features}
    inputs = hashlib.sha256((text + features).encode()).hexdigest()
    version = log_training(registry, adopted, inputs=inputs, stamp=mark, attachments=beside)
    validation = validate(
        registry,
        name,
        version,
        settings=model,
        table=lambda _: table.rows,
        seed=seed,
        stamp=mark,
        already_measured=adopted.figures,
    )
    return Validated(name, version, validation)


def read_model(context: RunContext, booster: Path | None, features: Path | None, run: str | None) -> tuple[str, str]:
    """The texts of the Booster and of its features.json, from files or from MLflow; files say more than MLflow does.

    Raises:
        ModelUnusable: a file is not text, or neither place has a features.json.
    """
    logged_text, beside = ("", None) if run is None else model_files(registry_of(context.settings), run)
    text = logged_text if booster is None else _text(booster)
    contract_text = beside if features is None else _text(features)
    if contract_text is None:
        raise ModelUnusable(f"{run} has no features.json beside its model; say --features")
    return text, contract_text


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise ModelUnusable(f"{path} is not text; a Booster is registered as `Booster.save_model` writes it") from None
