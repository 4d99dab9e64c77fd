"""A model that was trained elsewhere -> the same thing that a training of ours gives, measured on the same rows."""

import lightgbm
import numpy as np

from conf.models import Model
from models.calibration import Calibration, FloatArray, Isotonic, Line, Platt, Scale
from models.champion import champion_of
from models.columns import Columns, feature_columns
from models.errors import ModelUnusable
from models.estimators.declaration import Estimator, all_estimators
from models.evaluation import deciles, forecasts
from models.examples import examples
from models.features_file import FeaturesFile, OwnModel, own_columns
from models.figures import figures
from models.labels.declaration import all_label_kinds
from models.loading import prove_loading
from models.training import Trained, category_rates, draft_contract, importance, with_outcomes
from models.training_reference import remembered
from models.training_table import TrainingTable

LOAD_SECONDS = 60
"""Ample for a model of thousands of trees; the night's own limit is the deployment's."""


def adopt(name: str, model: Model, table: TrainingTable, stated: OwnModel, *, seed: int) -> Trained:
    """Check a Booster against the feature contract, calibrate it where it is not, measure it.

    Args:
        name: of the model.
        model: its label, population and estimator kind, as models.yaml says.
        table: features and outcomes at the cut-offs that a training of ours would use.
        own: the Booster's native text and its features.json.
        seed: of the bootstrap.

    Raises:
        ModelUnusable: it cannot be used here, or has seen what it is to be tested on; the message says what and why.
    """
    plan, text, file = table.plans[name], stated.text, stated.file
    if file.trained_before > plan.calibration:
        raise ModelUnusable(
            f"model {name!r} was trained on what was known before {file.trained_before}; it is calibrated on "
            f"{plan.calibration} and tested on {plan.test}: take an --as-of {file.trained_before - plan.calibration} "
            "later, or train it on less"
        )
    columns = _columns(name, model, table, file)
    rates = category_rates(examples(table.rows, name, model, columns, plan.training), columns)
    ours = draft_contract(name, model, table, columns, rates=rates, text=text, seed=seed)
    draft = ours.model_copy(update={"trained": ours.trained.model_copy(update={"training": ()})})
    # Whatever the night would refuse is refused now, and what cannot be loaded is not loaded here.
    prove_loading([champion_of(name, 0, text, draft.model_dump_json())], limit_seconds=LOAD_SECONDS)
    booster = lightgbm.Booster(model_str=text)
    estimator = all_estimators()[model.estimator]
    calibration = with_outcomes(name, examples(table.rows, name, model, columns, [plan.calibration]))
    test = with_outcomes(name, examples(table.rows, name, model, columns, [plan.test]))
    raw = _answers(name, booster, calibration.values, estimator)
    fitted = _stated(name, file, estimator) or estimator.calibrate(raw, calibration.target)
    contract = draft.model_copy(update={"calibration": fitted})
    measured = forecasts(booster, contract, test)
    contract = remembered(contract, booster, calibration.values, measured.forecast)
    return Trained(
        text=text,
        contract=contract,
        figures=figures(measured, is_money=estimator.is_money, is_uplift=estimator.is_uplift, seed=seed),
        deciles=deciles(measured),
        importance=importance(booster),
        rows={"calibration": len(calibration.outcome), "test": len(test.outcome)},
    )


def _columns(name: str, model: Model, table: TrainingTable, file: FeaturesFile) -> Columns:
    has_categories = all_label_kinds()[model.label.kind].answer == "categories"
    if has_categories != bool(file.categories):
        are = "must name the categories that it scores" if has_categories else "has no categories to name"
        raise ModelUnusable(f"model {name!r}: features.json {are}: the label is {model.label.kind}")
    every = model.model_copy(update={"features": None})
    there = feature_columns(
        name,
        every,
        table.rows,
        table.attributes,
        has_categories=has_categories,
        further_features=table.further_features,
    )
    return Columns(own_columns(name, file.features, there), file.categories)


def _answers(name: str, booster: lightgbm.Booster, values: FloatArray, kind: Estimator) -> FloatArray:
    raw = np.asarray(booster.predict(values))
    if not np.isfinite(raw).all():
        raise ModelUnusable(f"model {name!r} must answer a number for every row")
    is_probability = not (kind.is_money or kind.is_uplift)
    if is_probability and (raw.min() < 0 or raw.max() > 1):
        raise ModelUnusable(
            f"model {name!r} answers {raw.min():.3g} to {raw.max():.3g} and should answer a probability; "
            "train it with `objective: binary`"
        )
    return raw


def _stated(name: str, file: FeaturesFile, kind: Estimator) -> Calibration | None:
    wanted = (Scale,) if kind.is_money else (Line,) if kind.is_uplift else (Isotonic, Platt)
    if file.calibration is not None and not isinstance(file.calibration, wanted):
        kinds = " or ".join(kind.__name__.lower() for kind in wanted)
        raise ModelUnusable(f"model {name!r}: features.json: the calibration of its estimator is {kinds}")
    return file.calibration
