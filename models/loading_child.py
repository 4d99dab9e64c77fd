"""The program that loads models for another process, which outlives it: `python -m models.loading_child`.

In: a JSON list of Booster texts. Out: a line of JSON for each, written before the next one is touched, so that the
reader knows which one ended the process.
"""

from models.child_program import answer_each  # isort: skip  before LightGBM

import lightgbm
import numpy as np

from models.probe import ROWS, fingerprint_of, raw_answers


def answer(text: str) -> dict[str, object]:
    """What a text turns out to be once it is loaded; `error` says why it cannot be."""
    try:
        booster = lightgbm.Booster(model_str=text)
        answers = raw_answers(booster)
    except (lightgbm.basic.LightGBMError, ValueError, TypeError) as error:
        return {"error": str(error).partition("\n")[0][:200] or type(error).__name__}
    if answers.shape != (ROWS,) or not np.all(np.isfinite(answers)):
        return {"error": "it does not answer each row with a finite number"}
    return {"columns": booster.feature_name(), "trees": booster.num_trees(), "answers": fingerprint_of(answers)}


if __name__ == "__main__":
    answer_each(answer)
