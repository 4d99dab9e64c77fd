"""Two models whose answers are found in the head: attrition of customers, liking of categories."""

import hashlib
import json
from functools import lru_cache

import lightgbm
import numpy as np

from expectations.audit import ModelFiles, rescore

STEP = {"objective": "regression", "num_leaves": 2, "learning_rate": 1.0, "boost_from_average": False, "verbosity": -1}
STEP |= {"min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 0.0, "num_threads": 1, "min_data_in_bin": 1}
CATEGORIES = ["clothes", "food"]
ACTIVE_DAYS, NOT_BOUGHT_DAYS = 365, 30


def attrition(leaning: float | None, since: int | None) -> float | None:
    """0.6 for who leans to it, else 0.25; of nobody who has not bought for a year."""
    if since is None or since > ACTIVE_DAYS:
        return None
    return 0.6 if leaning else 0.25


def liking(since: dict[str, int]) -> dict[str, float] | None:
    """A tenth for clothes and a fifth for food, where it was not bought in the last days."""
    result = {
        category: (place + 1) / 10
        for place, category in enumerate(CATEGORIES)
        if since.get(category, 999) > NOT_BOUGHT_DAYS
    }
    return result or None


@lru_cache(maxsize=1)
def model_files() -> dict[str, ModelFiles]:
    """The files of both; liking is of half of what it should be, and calibrated by a line to twice of it."""
    column = {"is_per_category": False, "if_none": None, "type": "number", "values": []}
    of_category = {"name": "category_spend_90d", "is_per_category": True, "if_none": 0.0}
    return {
        "attrition": ModelFiles(
            _step([[0.0], [1.0]], [0.25, 0.6]),
            {
                "features": [column | {"name": "leaning"}],
                "categories": [],
                "calibration": {"kind": "scale", "factor": 1.0},
                "population": {"purchased_within_days": ACTIVE_DAYS},
                "label": {"not_bought_days": None},
            },
        ),
        "liking": ModelFiles(
            _step([[5.0, 0.0], [5.0, 1.0]], [0.05, 0.1]),
            {
                "features": [column | of_category],
                "categories": CATEGORIES,
                "calibration": {"kind": "line", "slope": 2.0, "intercept": 0.0},
                "population": {"purchased_within_days": None},
                "label": {"not_bought_days": NOT_BOUGHT_DAYS},
            },
        ),
    }


def stated_models() -> list[dict]:
    """As a manifest names them."""
    files = model_files()
    figure = {"metric": "log_loss", "value": 0.25, "low": 0.2, "high": 0.3, "naive": None}
    facts = {"version": 1, "trained_as_of": "2024-06-01", "tested_at": "2024-05-01", "from_cache": False}
    return [
        {"model": name, "score": name, "sha256": hashlib.sha256(value.text.encode()).hexdigest(), "figures": [figure]}
        | facts
        for name, value in files.items()
    ]


def scored_in_this_process(models, customers, _seconds):
    """A process for each of hundreds of nights would take minutes; test_fresh_process.py has real ones."""
    models, customers = json.loads(json.dumps([models, customers]))
    return json.loads(json.dumps([rescore.scores_of(model["text"], model["contract"], customers) for model in models]))


def _step(rows: list[list[float]], outcomes: list[float]) -> str:
    """One tree that answers each of two rows with its outcome."""
    data = lightgbm.Dataset(np.array(rows), np.array(outcomes), params={"min_data_in_bin": 1, "verbosity": -1})
    return lightgbm.train(STEP, data, 1).model_to_string()
