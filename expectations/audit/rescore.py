"""Scores customers once more, in a process of its own: one JSON document in, one out.

In: `models`, each with `text` and `contract`; `customers`, their rows of the feature table. Out: per model its scores,
one for each customer, not rounded: a number, or one for each category, or null where the model is not about the
customer.

It is run as `python -m expectations.audit.rescore`, or by its own text; so it imports nothing of ours.
"""

import json
import math
import os
import resource
import sys
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Score = float | dict[str, float] | None
SINCE_PURCHASE, SINCE_CATEGORY = "days_since_last_purchase", "category_days_since_last_purchase"
MOST = 1e12
NAN = float("nan")


def scores_of(text: str, contract: Mapping[str, Any], customers: Sequence[Row]) -> list[Score]:
    """What one model says about each customer.

    Args:
        text: of model.txt.
        contract: contract.json as plain data.
        customers: feature -> value; `categories` a list of such rows with their `category`.
    """
    import lightgbm  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    asked = [(place, *row) for place, customer in enumerate(customers) for row in matrix_rows(contract, customer)]
    scores: list[Score] = [None] * len(customers)
    if not asked:
        return scores
    booster = lightgbm.Booster(model_str=text)
    raw = booster.predict(np.array([values for *_, values in asked], dtype=np.float64), num_threads=1)
    for (place, category, _), raw_score in zip(asked, raw.tolist(), strict=True):
        score = min(max(calibrated(raw_score, contract["calibration"]), -MOST), MOST)
        if category is None:
            scores[place] = score
        else:
            scores[place] = {**(scores[place] or {}), category: score}  # type: ignore[dict-item]
    return scores


def matrix_rows(contract: Mapping[str, Any], customer: Row) -> list[tuple[str | None, list[float]]]:
    """The rows of the model's matrix that are about the customer, each with its category where the model has any."""
    within = contract["population"]["purchased_within_days"]
    if within is not None and not _is_at_most(customer[SINCE_PURCHASE], within):
        return []
    of_customer = [
        _encoded(feature, customer[feature["name"]])
        for feature in contract["features"]
        if not feature["is_per_category"]
    ]
    if not contract["categories"]:
        return [(None, of_customer)]
    of_category = [feature for feature in contract["features"] if feature["is_per_category"]]
    bought = {row["category"]: row for row in customer["categories"] or ()}
    rows = []
    for code, category in enumerate(contract["categories"]):
        row = bought.get(category)
        if row and _is_at_most(row[SINCE_CATEGORY], contract["label"]["not_bought_days"] or 0):
            continue
        values = [_number(row[feature["name"]] if row else feature["if_none"]) for feature in of_category]
        rows.append((category, [*of_customer, *values, float(code)]))
    return rows


def calibrated(raw: float, calibration: Mapping[str, Any]) -> float:
    """The score that a raw one stands for.

    Raises:
        KeyError: a kind of calibration that is not known here.
    """
    return _CALIBRATIONS[calibration["kind"]](raw, calibration)


def _isotonic(raw: float, knots: Mapping[str, Any]) -> float:
    """Straight lines between knots, flat beyond them."""
    xs, ys = knots["raw"], knots["calibrated"]
    if raw >= xs[-1]:
        return float(ys[-1])
    right = bisect_right(xs, raw)
    if right == 0:
        return float(ys[0])
    slope = (ys[right] - ys[right - 1]) / (xs[right] - xs[right - 1])
    return float(ys[right - 1] + slope * (raw - xs[right - 1]))


def _platt(raw: float, two: Mapping[str, Any]) -> float:
    inside = min(max(raw, 1e-9), 1 - 1e-9)
    exponent = -(two["slope"] * math.log(inside / (1 - inside)) + two["intercept"])
    return 1 / (1 + math.exp(exponent)) if exponent < 700 else 0.0  # noqa: PLR2004  beyond it exp has no double


def _scale(raw: float, factor: Mapping[str, Any]) -> float:
    return float(raw * factor["factor"])


def _line(raw: float, two: Mapping[str, Any]) -> float:
    return float(min(max(two["slope"] * raw + two["intercept"], -1.0), 1.0))


_CALIBRATIONS: dict[str, Callable[[float, Mapping[str, Any]], float]] = {
    "isotonic": _isotonic,
    "platt": _platt,
    "scale": _scale,
    "line": _line,
}


def _encoded(column: Mapping[str, Any], value: object) -> float:
    """A number as it is, a text as its position among those of training; missing where it is none of them."""
    if column["type"] != "text":
        return _number(value)
    return float(column["values"].index(value)) if value in column["values"] else NAN


def _number(value: Any) -> float:  # noqa: ANN401  as JSON has it
    return NAN if value is None else float(value)


def _is_at_most(value: float | None, most: float) -> bool:
    return value is not None and value <= most


def main() -> None:
    """Answer what stands on the input."""
    for absent in ("pandas", "sklearn", "matplotlib", "graphviz", "dask"):
        sys.modules[absent] = None  # type: ignore[assignment]  # LightGBM does without: they are most of its two seconds
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold customers
    with os.fdopen(os.dup(sys.stdout.fileno()), "w") as answer:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # LightGBM writes its warnings where our answer belongs
        asked = json.load(sys.stdin)
        answers = [scores_of(model["text"], model["contract"], asked["customers"]) for model in asked["models"]]
        json.dump(answers, answer)


if __name__ == "__main__":
    main()
