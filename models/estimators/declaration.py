"""How a kind of estimator is declared, and the list of all that are."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm

import models.estimators
from models.calibration import FloatArray, Isotonic, Platt, Scale

Settings = Mapping[str, int | float | str | bool]

DETERMINISTIC: Settings = {
    "deterministic": True,  # the same model whatever the threads do
    "force_row_wise": True,  # LightGBM chooses by timing otherwise
    "verbosity": -1,
    "feature_pre_filter": False,
}
"""Why the same data give the same bytes; `settings` of a model cannot change these."""

ROWS_PER_THREAD = 200_000
"""Below it a second thread waits longer than it works where other processes share the cores."""


@dataclass(frozen=True)
class Lesson:
    """Rows to learn from.

    Attributes:
        values: (n, p) float64, NaN where missing.
        outcome: (n,) the label: 0 or 1, or money.
        names: (p,) names of the columns.
        text: names of the columns that hold positions in a list of texts.
    """

    values: FloatArray
    outcome: FloatArray
    names: Sequence[str]
    text: Sequence[str]


@dataclass(frozen=True)
class Estimator:
    """One kind.

    Attributes:
        fit: lesson, settings, seed -> the Booster's native text.
        calibrate: raw scores and outcomes of the calibration cut-off -> plain numbers.
        is_money: whether it answers money; else a probability.
    """

    name: str
    fit: Callable[[Lesson, Settings, int], str]
    calibrate: Callable[[FloatArray, FloatArray], Isotonic | Platt | Scale]
    is_money: bool


def all_estimators() -> dict[str, Estimator]:
    """Every kind by name: each file of this folder that has an ESTIMATOR."""
    found = {}
    for module in pkgutil.iter_modules(models.estimators.__path__):
        estimator = getattr(importlib.import_module(f"{models.estimators.__name__}.{module.name}"), "ESTIMATOR", None)
        if estimator is not None:
            found[estimator.name] = estimator
    return dict(sorted(found.items()))


def booster_text(lesson: Lesson, parameters: Mapping[str, Any], settings: Settings, seed: int) -> str:
    """Train a Booster and give its native text.

    Args:
        lesson: rows in canonical order: the order of rows decides ties.
        parameters: the estimator's own; `num_trees` among them.
        settings: what the deployment's model says differently.
        seed: of every random choice.
    """
    threads = 1 + min(3, len(lesson.outcome) // ROWS_PER_THREAD)
    wanted = {**parameters, **settings, **DETERMINISTIC, "seed": seed, "num_threads": threads}
    data = lightgbm.Dataset(
        lesson.values,
        lesson.outcome,
        feature_name=list(lesson.names),
        categorical_feature=list(lesson.text),
        params={"verbosity": -1, "feature_pre_filter": False},
    )
    trees = int(wanted.pop("num_trees"))
    return str(lightgbm.train(wanted, data, num_boost_round=trees).model_to_string())
