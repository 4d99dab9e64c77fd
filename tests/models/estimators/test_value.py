"""Money with many zeros: two families, and the better of them."""

import lightgbm
import numpy as np
import pytest

from models.calibration import calibrated, fit_total
from models.estimators import tweedie, two_part
from models.estimators.declaration import all_estimators
from models.estimators.training_data import Split, TrainingData
from models.estimators.value import FAMILIES, deviance

SETTINGS = {"min_data_in_leaf": 20}


def rare_but_much(n, seed):
    """The likelier anything is spent, the less is: forecasting the total alone has to find both in one number."""
    random = np.random.default_rng(seed)
    values = random.random((n, 2))
    return Split(values, np.where(random.random(n) < 0.9 * values[:, 0], np.exp(3 - 3 * values[:, 0]), 0.0))


def lesson_of(draw):
    return TrainingData(draw(1500, 1), draw(700, 2), ["likely", "noise"], [])


def forecast(fitted, data, rows):
    booster = lightgbm.Booster(model_str=fitted.text)
    total = fit_total(booster.predict(data.validation.values), data.validation.outcome)
    return calibrated(np.asarray(booster.predict(rows.values)), total)


def test_where_zeros_have_causes_of_their_own_two_parts_are_chosen_and_better_on_new_rows():
    data = lesson_of(rare_but_much)
    chosen = all_estimators()["value"].fit(data, SETTINGS, 3)
    assert chosen.facts["family"] == "two_part"
    assert chosen.text == two_part.fit(data, SETTINGS, 3).text
    new = rare_but_much(3000, 9)
    by_family = {
        name: deviance(forecast(fit(data, SETTINGS, 3), data, new), new.outcome) for name, fit in FAMILIES.items()
    }
    assert min(by_family, key=by_family.get) == "two_part"
    assert forecast(chosen, data, new).sum() == pytest.approx(new.outcome.sum(), rel=0.1)


def test_what_is_chosen_has_the_least_deviance_of_all_that_were_tried():
    chosen = all_estimators()["value"].fit(lesson_of(poisson_like), SETTINGS, 3)
    tried = {name: chosen.facts[f"deviance.{name}"] for name in FAMILIES}
    assert chosen.facts["family"] == min(tried, key=tried.get)
    assert len(set(tried.values())) == 3


def poisson_like(n, seed):
    """Counts: the likelier anything is spent, the more is."""
    random = np.random.default_rng(seed)
    values = random.random((n, 2))
    return Split(values, random.poisson(3 * values[:, 0]).astype(float))


def test_two_parts_are_the_chance_of_any_times_the_amount_if_any():
    data = lesson_of(rare_but_much)
    rows = rare_but_much(3000, 9)
    result = forecast(two_part.fit(data, SETTINGS, 3), data, rows)
    truth = 0.9 * rows.values[:, 0] * np.exp(3 - 3 * rows.values[:, 0])
    for third in (0, 1, 2):
        rows_of = np.floor(rows.values[:, 0] * 3) == third
        assert result[rows_of].mean() == pytest.approx(truth[rows_of].mean(), rel=0.2)


def test_more_returned_than_bought_counts_as_nothing_bought():
    rows = Split(np.zeros((3, 1)), np.array([-5.0, 0.0, 4.0]))
    assert tweedie.bought(rows).outcome.tolist() == [0, 0, 4]


def test_the_deviance_is_least_for_the_true_mean_whatever_the_spread():
    #  half spend nothing, half 8: nobody does better than forecasting 4 for all
    outcome = np.array([0.0, 8.0])
    result = [deviance(np.full(2, mean), outcome) for mean in (2.0, 4.0, 6.0)]
    assert np.argmin(result) == 1
    assert deviance(np.array([3.0, 5.0]), np.array([3.0, 5.0])) == pytest.approx(0)
