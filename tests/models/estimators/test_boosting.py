"""How many trees there are, and that nothing but the data decides them."""

import lightgbm
import numpy as np
import pytest

from models.estimators import boosting
from models.estimators.boosting import boosted, sum_of
from models.estimators.training_data import Split, TrainingData

CLASSIFIER = {"objective": "binary"}


def split(n, seed):
    """A yes is likely where the first number is high; the second says nothing."""
    random = np.random.default_rng(seed)
    values = random.random((n, 2))
    return Split(values, (random.random(n) < values[:, 0]).astype(float))


@pytest.fixture(scope="module")
def data():
    return TrainingData(split(600, 1), split(300, 2), ["says", "noise"], [])


def log_loss(booster, trees, rows):
    result = np.clip(booster.predict(rows.values, num_iteration=trees, num_threads=1), 1e-9, 1 - 1e-9)
    return -np.mean(np.where(rows.outcome == 1, np.log(result), np.log(1 - result)))


def test_trees_end_where_one_more_would_not_help_on_the_validation_rows(data):
    short = boosted(data, CLASSIFIER, {}, 3)
    endless = boosted(data, CLASSIFIER, {"early_stopping_round": 0, "num_trees": 200}, 3)
    losses = [log_loss(endless, trees, data.validation) for trees in range(1, 201)]
    assert short.num_trees() == 1 + int(np.argmin(losses)) < 100
    assert endless.num_trees() == 200


def test_num_trees_is_the_most_there_may_be(data):
    assert boosted(data, CLASSIFIER, {"num_trees": 2}, 3).num_trees() == 2


def test_without_validation_rows_there_is_nothing_to_stop_at(data):
    alone = TrainingData(data.training, split(0, 1), data.names, [])
    assert boosted(alone, CLASSIFIER, {"num_trees": 50}, 3).num_trees() == 50


def test_threads_change_nothing_but_their_own_number(data, monkeypatch):
    item = boosted(data, CLASSIFIER, {}, 3).model_to_string()
    monkeypatch.setattr(boosting, "ROWS_PER_THREAD", 200)
    four = boosted(data, CLASSIFIER, {}, 3).model_to_string()
    assert "[num_threads: 4]" in four
    assert four.replace("[num_threads: 4]", "[num_threads: 1]") == item


def test_the_sum_of_two_boosters_is_the_product_of_what_they_forecast(data):
    amounts = data.each(lambda split: split.about(split.outcome + 1))
    first, second = (boosted(amounts, {"objective": kind}, {"num_trees": 7}, 3) for kind in ("gamma", "poisson"))
    both = sum_of(first, second)
    values = data.validation.values
    np.testing.assert_allclose(both.predict(values), first.predict(values) * second.predict(values), rtol=1e-12)
    assert both.num_trees() == first.num_trees() + second.num_trees() > 2
    gain = [item.feature_importance("gain") for item in (both, first, second)]
    np.testing.assert_allclose(gain[0], gain[1] + gain[2], rtol=1e-5)
    text = both.model_to_string()
    assert lightgbm.Booster(model_str=text).model_to_string() == text  # as LightGBM itself would have written it
