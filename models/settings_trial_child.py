"""The program that tries settings for another process, which outlives it: `python -m models.settings_trial_child`.

In: a JSON list of trials. Out: a line of JSON for each, what is wrong with it, written before the next one begins, so
that the reader knows which one ended the process.
"""

import json
import os
import resource
import sys
from collections.abc import Mapping
from typing import Any

for _absent in ("pandas", "sklearn", "matplotlib", "graphviz", "dask"):
    sys.modules[_absent] = None  # type: ignore[assignment]  # most of the time that LightGBM's import takes

import numpy as np  # noqa: E402

from models.booster_check import Damaged, check_structure, without_ranges  # noqa: E402
from models.errors import ModelError  # noqa: E402
from models.estimators.declaration import all_estimators  # noqa: E402
from models.estimators.training_data import Split, TrainingData  # noqa: E402
from models.lightgbm_settings import MOST_TREES, canonical, main_name  # noqa: E402

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


def main() -> None:
    """Try what stands on the input."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would help nobody
    with os.fdopen(os.dup(sys.stdout.fileno()), "w") as lines:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # LightGBM writes its warnings where our lines belong
        for trial in json.load(sys.stdin):
            print(json.dumps(fault_of(trial)), file=lines, flush=True)


if __name__ == "__main__":
    main()
