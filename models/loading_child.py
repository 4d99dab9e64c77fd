"""The program that loads models for another process, which outlives it: `python -m models.loading_child`.

In: a JSON list of Booster texts. Out: a line of JSON for each, written before the next one is touched, so that the
reader knows which one ended the process.
"""

import json
import os
import resource
import sys

# LightGBM looks for these when it is imported, and does without: they are most of its two seconds.
for _absent in ("pandas", "sklearn", "matplotlib", "graphviz", "dask"):
    sys.modules[_absent] = None  # type: ignore[assignment]

import lightgbm  # noqa: E402
import numpy as np  # noqa: E402

from models.probe import ROWS, fingerprint_of, raw_answers  # noqa: E402


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


def main() -> None:
    """Load what stands on the input."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the model and help nobody
    with os.fdopen(os.dup(sys.stdout.fileno()), "w") as lines:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # LightGBM writes its warnings where our lines belong
        for text in json.load(sys.stdin):
            print(json.dumps(answer(text)), file=lines, flush=True)


if __name__ == "__main__":
    main()
