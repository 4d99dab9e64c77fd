"""What holds of every estimator that registers itself."""

import lightgbm
import numpy as np
import pytest
from pydantic import TypeAdapter

from models.calibration import Calibration, calibrated
from models.estimators.declaration import all_estimators
from models.estimators.training_data import Split, TrainingData
from models.examples import Examples

NAMES = ["baskets", "spend", "region"]


def split(estimator, n, seed):
    """Customers of whom the first column says how likely, and how much, they buy; half of them were contacted."""
    random = np.random.default_rng(seed)
    values = np.column_stack([random.random(n), random.random(n), random.integers(0, 3, n)])
    values[::7, 1] = np.nan
    arm = (random.random(n) < 0.5).astype(float)
    contacted = arm if estimator.is_uplift else np.ones(n)
    is_bought = random.random(n) < values[:, 0] * (0.4 + 0.5 * contacted)
    outcome = is_bought * (10 + 30 * values[:, 0]) if estimator.is_money else is_bought.astype(float)
    return Split(values, outcome, arm if estimator.is_uplift else None)


@pytest.fixture(scope="module", params=all_estimators().values(), ids=lambda item: item.name)
def estimator(request):
    return request.param


@pytest.fixture(scope="module")
def data(estimator):
    return TrainingData(split(estimator, 900, 1), split(estimator, 500, 2), NAMES, ["region"])


@pytest.fixture(scope="module")
def fitted(estimator, data):
    return estimator.fit(data, {}, 4)


@pytest.fixture(scope="module")
def scores(estimator, data, fitted):
    """Calibrated scores of new rows, what they are held against, and the calibration."""
    booster = lightgbm.Booster(model_str=fitted.text)

    def answered(rows):
        expected = Examples(rows.values, rows.outcome, np.arange(len(rows.outcome)), None, {}, rows.arm)
        return np.asarray(booster.predict(rows.values)), expected.target

    fitting = estimator.calibrate(*answered(data.validation))
    raw, target = answered(split(estimator, 800, 3))
    return calibrated(raw, fitting), target, fitting


def test_the_same_data_gives_the_same_bytes(estimator, data, fitted):
    assert estimator.fit(data, {}, 4) == fitted


def test_its_one_booster_knows_the_columns_by_name(fitted):
    assert lightgbm.Booster(model_str=fitted.text).feature_name() == NAMES


def test_settings_of_models_yaml_reach_it(estimator, data, fitted):
    assert estimator.fit(data, {"num_leaves": 2}, 4).text != fitted.text


def test_scores_are_of_their_kind(estimator, scores):
    result, *_ = scores
    assert np.isfinite(result).all()
    if not estimator.is_money:
        assert (-1 if estimator.is_uplift else 0) <= result.min() <= result.max() <= 1


def test_scores_rise_with_what_happens_and_come_true_on_average(scores):
    result, target, _ = scores
    high = result >= np.median(result)
    assert target[high].mean() > target[~high].mean()
    assert result.mean() == pytest.approx(target.mean(), abs=0.15 * target.std())


def test_its_calibration_survives_the_contract(scores):
    contract = TypeAdapter(Calibration)
    assert contract.validate_json(contract.dump_json(scores[2])) == scores[2]


def test_what_it_tells_of_its_choices_can_be_logged(fitted):
    assert all(isinstance(fact, str | int | float) for fact in fitted.facts.values())


def test_what_it_has_to_beat_ranks_the_same_rows(fitted, data):
    for text in fitted.rivals.values():
        assert len(lightgbm.Booster(model_str=text).predict(data.validation.values)) == 500
