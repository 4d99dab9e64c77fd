"""What a model expects and answers, stored beside it as JSON: nothing of it is guessed when scores are made."""

import hashlib
from datetime import date
from typing import Literal

from conf.models import Label, Population
from conf.strict import Name, Strict
from models.calibration import Calibration
from models.histogram import Histogram


class FeatureColumn(Strict):
    """One column of the model's matrix.

    Attributes:
        type: numbers enter as they are, text as its position in `values`; other text is missing.
        is_per_category: it describes the customer in the category, and takes `if_none` where it was never bought.
    """

    name: str
    type: Literal["number", "text"]
    is_per_category: bool = False
    if_none: float | None = None
    values: tuple[str, ...] = ()


class TrainedAt(Strict):
    """The dates of a training."""

    as_of: date
    test: date
    calibration: date
    training: tuple[date, ...]


class Contract(Strict):
    """The whole of contract.json.

    Attributes:
        features: the matrix, column by column; LightGBM does not check names or order, so we do.
        categories: the categories scored, for a customer x category model; the last column of its matrix is the
            position in this list.
        category_rates: per category the share of yes in training: the naive forecast to beat.
        model_sha256: of the bytes of model.txt.
        feature_code: fingerprint of the declarations of the features used; other declarations make scores mean
            something else.
        answers: fingerprint of what the Booster answered to the rows of `models.probe`; None: nobody asked it.
        reference: what features and scores looked like in training; empty where nobody counted, and nothing drifts.
    """

    format: Literal[1] = 1
    model: Name
    score: Name
    estimator: Name
    label: Label
    population: Population
    features: tuple[FeatureColumn, ...]
    categories: tuple[str, ...] = ()
    category_rates: tuple[float, ...] = ()
    calibration: Calibration
    trained: TrainedAt
    seed: int
    feature_code: str
    model_sha256: str
    answers: str | None = None
    reference: tuple[Histogram, ...] = ()


def sha256_of(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()
