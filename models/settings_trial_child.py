"""The program that tries settings for another process, which outlives it: `python -m models.settings_trial_child`.

In: a JSON list of trials. Out: a line of JSON for each, what is wrong with it, written before the next one begins, so
that the reader knows which one ended the process.
"""

from collections.abc import Mapping
from typing import Any

from models.child_program import answer_each  # isort: skip  before LightGBM

import numpy as np

from models.booster_check import Damaged, check_structure, without_ranges
from models.errors import ModelError
from models.estimators.declaration import all_estimators
from models.estimators.training_data import Split, TrainingData
from models.lightgbm_settings import MOST_TREES, canonical, main_name

ROWS, KINDS, TREES, SEED = 400, 6, 3, 1


def fault_of(trial: Mapping[str, Any]) -> str:
    """What is wrong with a trial's settings; empty where nothing is."""
    settings = canonical(trial["settings"])
    trees = settings.get(main_name(MOST_TREES))
    if type(trees) is int:
        settings[main_name(MOST_TREES)] = min(trees, TREES)
    try:
        fitted = all_estimators()[trial["estimator"]].fit(_invented(trial["names"], trial["text"]), settings, SEED)
        check_structure(without_ranges(fitted.text), trial["names"])
    except Damaged as error:
        return f"they make models that oneoffer does not read: {error}"
    except (ModelError, ValueError, TypeError) as error:
        return str(error).partition("\n")[0] or type(error).__name__
    return ""


def _invented(names: list[str], text: list[str]) -> TrainingData:
    random = np.random.default_rng(SEED)
    values = random.normal(size=(ROWS, len(names)))
    is_text = np.isin(names, text)
    values[:, is_text] = random.integers(0, KINDS, (ROWS, int(is_text.sum())))
    outcome, arm = (random.integers(0, 2, ROWS).astype(np.float64) for _ in range(2))
    later = np.arange(ROWS) >= ROWS * 3 // 4
    rows = Split(values, outcome, arm)
    return TrainingData(rows.where(~later), rows.where(later), tuple(names), tuple(text))


if __name__ == "__main__":
    answer_each(fault_of)
