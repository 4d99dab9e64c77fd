"""The auditor's own way from a row of features to a score, beside the one that the night takes."""

import lightgbm
import numpy as np
import pyarrow as pa
import pytest

from conf.models import Label, Population
from expectations.audit.rescore import calibrated, matrix_rows, scores_of
from models.calibration import Isotonic, Line, Platt, Scale
from models.calibration import calibrated as calibrated_by_the_night
from models.contract import FeatureColumn
from models.matrix import matrix

COLUMNS = [
    FeatureColumn(name="days_since_last_purchase", type="number"),
    FeatureColumn(name="age", type="text", values=("old", "young")),
    FeatureColumn(name="category_spend_90d", type="number", is_per_category=True, if_none=0.0),
    FeatureColumn(name="category_days_since_last_purchase", type="number", is_per_category=True),
]
CATEGORIES = ("bread", "fish", "wine")


def customers(seed=3, size=60):
    draw = np.random.default_rng(seed)
    for number in range(size):
        bought = [name for name in (*CATEGORIES, "tea") if draw.random() < 0.6]
        ours = [
            {
                "category": name,
                "category_spend_90d": float(draw.integers(-5, 90)),
                "category_days_since_last_purchase": draw.choice([None, 1.0, 30.0, 31.0, 400.0]),
            }
            for name in bought
        ]
        since = draw.choice([None, 0.0, 90.0, 91.0])
        age = draw.choice([None, "old", "young", "neither"])
        yield {"customer_id": f"c{number}", "days_since_last_purchase": since, "age": age, "categories": ours or None}


def contract(categories=CATEGORIES, within=90):
    columns = [column for column in COLUMNS if categories or not column.is_per_category]
    return {
        "features": [column.model_dump(mode="json") for column in columns],
        "categories": list(categories),
        "population": {"purchased_within_days": within},
        "label": {"not_bought_days": 30 if categories else None},
        "calibration": {"kind": "scale", "factor": 2.0},
    }


@pytest.mark.parametrize("within", [None, 90])
@pytest.mark.parametrize("categories", [(), CATEGORIES])
def test_the_rows_of_the_matrix_are_those_of_the_night(categories, within):
    people = list(customers())
    label = (
        Label(kind="buys_category", window_days=30, not_bought_days=30)
        if categories
        else Label(kind="spend", window_days=30)
    )
    message = contract(categories, within)
    columns = [FeatureColumn.model_validate(feature) for feature in message["features"]]
    theirs = matrix(
        pa.RecordBatch.from_pylist(people), columns, categories, label, Population(purchased_within_days=within)
    )
    ours = [(place, *row) for place, person in enumerate(people) for row in matrix_rows(message, person)]
    assert [place for place, *_ in ours] == theirs.customer.tolist()
    np.testing.assert_array_equal(np.array([values for *_, values in ours]), theirs.values)
    if categories:
        assert [categories.index(name) for _, name, _ in ours] == theirs.category.tolist()


@pytest.mark.parametrize(
    "calibration",
    [
        Isotonic(raw=(0.1, 0.2, 0.7), calibrated=(0.0, 0.3, 0.31)),
        Isotonic(raw=(0.5,), calibrated=(0.2,)),
        Platt(slope=1.3, intercept=-0.4),
        Platt(slope=0.0, intercept=-800.0),
        Scale(factor=1.7),
        Line(slope=0.5, intercept=0.9),
    ],
    ids=lambda item: item.kind,
)
def test_every_calibration_is_that_of_the_night(calibration):
    raw = np.concatenate([np.linspace(-0.5, 1.5, 201), [0.1, 0.2, 0.7]])
    ours = [calibrated(value, calibration.model_dump(mode="json")) for value in raw.tolist()]
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(ours, calibrated_by_the_night(raw, calibration), rtol=1e-12, atol=1e-15)


def test_a_calibration_that_nobody_knows_is_an_error():
    with pytest.raises(KeyError):
        calibrated(0.5, {"kind": "spline"})


@pytest.fixture(scope="module")
def text():
    draw = np.random.default_rng(1)
    values = draw.standard_normal((300, 5))
    data = lightgbm.Dataset(values, values[:, 2] + values[:, 4], params={"verbosity": -1})
    return lightgbm.train(
        {"objective": "regression", "verbosity": -1, "num_threads": 1, "seed": 1}, data, 5
    ).model_to_string()


def test_scores_are_by_customer_and_category_and_null_for_those_whom_the_model_is_not_about(text):
    people = list(customers())
    result = scores_of(text, contract(), people)
    for person, scores in zip(people, result, strict=True):
        if person["days_since_last_purchase"] not in (0.0, 90.0):
            assert scores is None
            continue
        bought = {item["category"]: item["category_days_since_last_purchase"] for item in person["categories"] or ()}
        recent = {name for name, since in bought.items() if since is not None and since <= 30}
        assert (scores or {}).keys() == set(CATEGORIES) - recent


def test_nobody_to_score_needs_no_model():
    assert scores_of("no model at all", contract(), [{"days_since_last_purchase": None, "age": None}]) == [None]
