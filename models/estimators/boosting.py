"""Training data -> one LightGBM Booster, with as many trees as help on the validation cut-off."""

import re
from collections.abc import Mapping
from typing import Any

import lightgbm

from models.errors import SettingsRefused
from models.estimators.declaration import Settings
from models.estimators.training_data import Split, TrainingData
from models.lightgbm_settings import MOST_TREES, canonical, main_name

DETERMINISTIC: Settings = {
    "deterministic": True,  # the same model whatever the threads do
    "force_row_wise": True,  # LightGBM chooses by timing otherwise
    "verbosity": -1,
    "feature_pre_filter": False,
}
"""Why the same data give the same bytes; `settings` of a model cannot change these."""

DEFAULTS: Settings = {
    "num_trees": 600,  # at most: validation stops earlier
    "early_stopping_round": 30,
    "learning_rate": 0.05,
    "num_leaves": 7,
    "min_data_in_leaf": 40,
    "lambda_l2": 5.0,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
}
"""What estimators begin with; each says what it does otherwise."""

SOURCE_OF_CHECK = re.compile(r" at \S+, line \d+ ?\.$")
"""Where in LightGBM's code a check stands."""

ROWS_PER_THREAD = 200_000
"""Below it a second thread waits longer than it works where other processes share the cores."""


def boosted(data: TrainingData, parameters: Mapping[str, Any], settings: Settings, seed: int) -> lightgbm.Booster:
    """Train a Booster; trees after the best one on the validation rows are dropped.

    Args:
        data: without validation rows, all `num_trees` are kept.
        parameters: what the estimator does otherwise than DEFAULTS; its objective.
        settings: what the deployment's model does otherwise than the estimator.
        seed: of every random choice.

    Raises:
        SettingsRefused: LightGBM's own sentence, or no number of trees.
    """
    threads = 1 + min(3, len(data.training.outcome) // ROWS_PER_THREAD)
    wanted = {**canonical(DEFAULTS), **parameters, **canonical(settings), **DETERMINISTIC}
    wanted |= {"seed": seed, "num_threads": threads}
    trees = wanted.pop(main_name(MOST_TREES))
    if type(trees) is not int or trees < 1:
        raise SettingsRefused(f"{MOST_TREES} is a whole number of at least 1, found {trees!r}")
    try:
        return _grown(data, wanted, trees=trees)
    except lightgbm.basic.LightGBMError as error:
        sentence = SOURCE_OF_CHECK.sub("", str(error).strip())
        raise SettingsRefused(f"LightGBM refuses them: {sentence}") from None


def _grown(data: TrainingData, wanted: Mapping[str, Any], *, trees: int) -> lightgbm.Booster:
    learnt = _dataset(data.training, data)
    if len(data.validation.outcome) == 0:
        return lightgbm.train({**wanted, "early_stopping_round": 0}, learnt, num_boost_round=trees)
    stops = [_dataset(data.validation, data, learnt)]
    grown = lightgbm.train(dict(wanted), learnt, num_boost_round=trees, valid_sets=stops)
    return lightgbm.Booster(model_str=grown.model_to_string(num_iteration=grown.best_iteration))


def sum_of(first: lightgbm.Booster, second: lightgbm.Booster) -> lightgbm.Booster:
    """A Booster whose raw score is the sum of both: the trees of the one, then those of the other.

    Under an exponential link that is the product of their forecasts. The objective stays the first one's. LightGBM's
    text format is read here, which is one reason why its version is pinned.

    Raises:
        SettingsRefused: they answer means of trees.
    """
    (head, trees_of_first, tail), (_, other, _) = (_cut(booster.model_to_string()) for booster in (first, second))
    if "\naverage_output\n" in head:
        raise SettingsRefused("a Booster that answers the mean of its trees (boosting rf) cannot be one of two parts")
    trees = [f"Tree={number}\n{tree}" for number, tree in enumerate([*trees_of_first, *other])]
    sizes = " ".join(str(len(tree.encode())) for tree in trees)
    header = re.sub(r"(?m)^tree_sizes=.*$", f"tree_sizes={sizes}", head)
    return lightgbm.Booster(model_str=header + "".join(trees) + tail)


def _cut(text: str) -> tuple[str, list[str], str]:
    """What stands before the trees, each tree without its number, and what stands after them."""
    body, mark, tail = text.partition("end of trees")
    head, *trees = re.split(r"(?m)^Tree=\d+\n", body)
    return head, trees, mark + tail


def _dataset(split: Split, data: TrainingData, reference: lightgbm.Dataset | None = None) -> lightgbm.Dataset:
    return lightgbm.Dataset(
        split.values,
        split.outcome,
        reference=reference,
        weight=split.weight,
        feature_name=list(data.names),
        categorical_feature=list(data.text),
        params={"verbosity": -1, "feature_pre_filter": False},
    )
