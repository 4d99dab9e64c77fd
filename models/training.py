"""A training table and the settings of one model -> a model, its contract and its figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from conf.errors import nearest
from conf.models import Model
from models.booster_check import without_ranges
from models.calibration import Platt
from models.columns import Columns, feature_columns
from models.contract import Contract, TrainedAt, sha256_of
from models.errors import CannotTrain, SettingsRefused
from models.estimators.declaration import Estimator, Fitted, all_estimators
from models.estimators.training_data import Split, TrainingData
from models.evaluation import Decile, Forecasts, deciles, forecasts
from models.examples import Examples, examples
from models.features.declaration import fingerprint
from models.figures import Figure, figures
from models.labels.declaration import all_label_kinds
from models.matrix import SINCE_PURCHASE
from models.settings_trial import prove_on_columns
from models.training_reference import remembered
from models.training_table import TrainingTable

AS_IT_IS = Platt(slope=1.0, intercept=0.0)


@dataclass(frozen=True)
class Trained:
    """A model, not yet registered.

    Attributes:
        text: the Booster's native text: model.txt.
        contract: what it expects and answers: contract.json.
        figures, deciles: measured on the test cut-off.
        importance: matrix column -> share of the gain of all splits.
        rows: part (training, calibration, test) -> rows in it.
        facts: what validation chose: the number of trees, and what the estimator reports.
    """

    text: str
    contract: Contract
    figures: tuple[Figure, ...]
    deciles: tuple[Decile, ...]
    importance: Mapping[str, float]
    rows: Mapping[str, int]
    facts: Mapping[str, str | float] = field(default_factory=dict)


def train(name: str, model: Model, table: TrainingTable, *, seed: int) -> Trained:
    """Fit on the training cut-offs, stop and calibrate on the next, measure on the newest.

    Raises:
        CannotTrain: a part has no rows, or its label one value only, or one arm only.
        CannotTrain: the settings name an estimator or a feature that cannot be had.
        SettingsRefused: LightGBM does not take its settings.
    """
    estimator = _estimator(name, model)
    columns = _columns(name, model, table)
    plan = table.plans[name]
    training = with_outcomes(name, examples(table.rows, name, model, columns, plan.training))
    calibration = with_outcomes(name, examples(table.rows, name, model, columns, [plan.calibration]))
    test = with_outcomes(name, examples(table.rows, name, model, columns, [plan.test]))
    if training.arm is not None and not estimator.is_uplift:
        raise CannotTrain(f"model {name!r}: its label compares two arms; only the estimator uplift learns from them")
    fitted = _fitted(name, model, estimator, _training_data(training, calibration, columns), seed)
    fitted = replace(fitted, text=without_ranges(fitted.text))
    booster = lightgbm.Booster(model_str=fitted.text)
    calibrated = estimator.calibrate(np.asarray(booster.predict(calibration.values)), calibration.target)
    draft = draft_contract(
        name, model, table, columns, rates=category_rates(training, columns), text=fitted.text, seed=seed
    )
    contract = draft.model_copy(update={"calibration": calibrated})
    measured = _beside_rivals(forecasts(booster, contract, test), fitted, test)
    contract = remembered(contract, booster, training.values, measured.forecast)
    rows = {"training": len(training.outcome), "calibration": len(calibration.outcome), "test": len(test.outcome)}
    evaluated = figures(measured, is_money=estimator.is_money, is_uplift=estimator.is_uplift, seed=seed)
    facts = {"trees": booster.num_trees(), **fitted.facts}
    return Trained(fitted.text, contract, evaluated, deciles(measured), importance(booster), rows, facts)


def _fitted(name: str, model: Model, estimator: Estimator, data: TrainingData, seed: int) -> Fitted:
    prove_on_columns(name, model, data.names, data.text)
    try:
        return estimator.fit(data, model.settings, seed)
    except SettingsRefused as error:
        raise SettingsRefused(f"models.yaml: models.{name}.settings: {error}") from None


def draft_contract(
    name: str,
    model: Model,
    table: TrainingTable,
    columns: Columns,
    *,
    rates: tuple[float, ...],
    text: str,
    seed: int,
) -> Contract:
    """The contract of a model that is not calibrated yet: its raw answers stand as they are.

    Args:
        rates: per category, as `category_rates` gives them.
        text: the Booster's native text.
    """
    plan = table.plans[name]
    return Contract(
        model=name,
        score=model.score,
        estimator=model.estimator,
        label=model.label,
        population=model.population,
        features=columns.features,
        categories=columns.categories,
        category_rates=rates,
        calibration=AS_IT_IS,
        trained=TrainedAt(as_of=table.as_of, test=plan.test, calibration=plan.calibration, training=plan.training),
        seed=seed,
        feature_code=fingerprint([feature.name for feature in columns.features]),
        model_sha256=sha256_of(text),
    )


def _estimator(name: str, model: Model) -> Estimator:
    estimators = all_estimators()
    if model.estimator not in estimators:
        hint = nearest(model.estimator, estimators)
        raise CannotTrain(f"model {name!r}: no estimator {model.estimator!r}{hint} Estimators: {', '.join(estimators)}")
    return estimators[model.estimator]


def _columns(name: str, model: Model, table: TrainingTable) -> Columns:
    """The columns and, for a customer x category model, the categories with buyers enough in training."""
    rows = table.rows.filter(pc.is_in(table.rows["as_of"], pa.array(table.plans[name].training)))
    if model.population.purchased_within_days and SINCE_PURCHASE not in rows.column_names:
        raise CannotTrain(
            f"model {name!r}: population.purchased_within_days needs transactions; the deployment has none"
        )
    has_categories = all_label_kinds()[model.label.kind].answer == "categories"
    features = feature_columns(
        name, model, rows, table.attributes, has_categories=has_categories, further_features=table.further_features
    )
    if not has_categories:
        return Columns(features)
    bought = pc.unique(pc.list_flatten(rows[f"label_{name}"].combine_chunks()))
    every = Columns(features, tuple(sorted(bought.drop_null().to_pylist())))
    _, buyers = _counts(examples(rows, name, model, every, table.plans[name].training), every)
    enough = [
        category for category, count in zip(every.categories, buyers, strict=True) if count >= model.min_category_buyers
    ]
    return Columns(features, tuple(enough))


def _training_data(training: Examples, validation: Examples, columns: Columns) -> TrainingData:
    text = [feature.name for feature in columns.features if feature.type == "text"]
    names, texts = columns.names, text + (["category"] if columns.categories else [])
    learnt, held = (Split(rows.values, rows.outcome, rows.arm) for rows in (training, validation))
    return TrainingData(learnt, held, names, texts)


def _beside_rivals(measured: Forecasts, fitted: Fitted, test: Examples) -> Forecasts:
    rivals = {name: lightgbm.Booster(model_str=text) for name, text in fitted.rivals.items()}
    ranked = {name: np.asarray(rival.predict(test.values)) for name, rival in rivals.items()}
    return replace(measured, naive={**measured.naive, **ranked})


def category_rates(training: Examples, columns: Columns) -> tuple[float, ...]:
    """Per category the share of yes: the naive forecast; empty for a model of customers."""
    rows, yes = _counts(training, columns)
    return tuple((yes / np.maximum(rows, 1)).tolist())


def _counts(training: Examples, columns: Columns) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows and yes per category; both are empty for a model of customers."""
    code = np.zeros(0, np.int64) if training.category is None else training.category
    size = len(columns.categories)
    yes = np.bincount(code, training.outcome[: len(code)], minlength=size).astype(np.float64)
    return np.bincount(code, minlength=size).astype(np.int64), yes


def with_outcomes(name: str, examples: Examples) -> Examples:
    """The same rows; raises CannotTrain where they are none, or all have one outcome, or all are of one arm."""
    if len(examples.outcome) == 0 or np.ptp(examples.outcome) == 0:
        raise CannotTrain(
            f"model {name!r}: {len(examples.outcome)} rows with a label, all with the same outcome; "
            "widen population or label.window_days, or lower min_category_buyers"
        )
    if examples.arm is not None and np.ptp(examples.arm) == 0:
        arm = "treatment" if examples.arm[0] else "control"
        raise CannotTrain(
            f"model {name!r}: all {len(examples.outcome)} rows are of the arm {arm}; uplift needs both arms"
        )
    return examples


def importance(booster: lightgbm.Booster) -> dict[str, float]:
    """Matrix column -> share of the gain of all splits."""
    gain = booster.feature_importance("gain")
    return dict(zip(booster.feature_name(), (gain / max(gain.sum(), 1e-12)).tolist(), strict=True))
