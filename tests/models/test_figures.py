"""A figure stands between its bounds and beside the naive ones."""

import dataclasses

import numpy as np
import pytest

from models.evaluation import Forecasts, auc, auc_of_places, expected_calibration_error
from models.figures import figures


def drawn(n=600, categories=None, seed=1):
    random = np.random.default_rng(seed)
    forecast = random.random(n)
    outcome = (random.random(n) < forecast).astype(float)
    return Forecasts(forecast, outcome, {"coin": random.random(n)}, np.arange(n) // 2, categories)


def by_name(result):
    return {item.metric: item for item in result}


def test_the_interval_holds_the_figure_and_the_same_seed_gives_the_same_bounds():
    result = figures(drawn(), is_money=False, seed=4)
    assert [item.metric for item in result] == ["auc", "skill", "log_loss", "expected_calibration_error"]
    assert result[0].low < result[0].value < result[0].high < result[0].low + 0.15
    assert result == figures(drawn(), is_money=False, seed=4)


def test_naive_forecasts_are_measured_on_the_same_rows_and_for_ranking_only():
    result = by_name(figures(drawn(), is_money=False, seed=4))
    assert 0.45 < result["auc"].naive["coin"] < 0.55 < result["auc"].value
    assert result["log_loss"].naive == {}
    assert result["skill"].naive == {"response_rate": 0} != result["skill"].value > 0.1


def test_money_is_measured_by_rank_and_by_its_total():
    assert [figure.metric for figure in figures(drawn(), is_money=True, seed=4)] == ["spearman", "bias_of_total"]


def test_the_response_rate_of_each_category_is_a_forecast_to_beat():
    plain = drawn(categories=np.full(600, "wine", dtype=object))
    rates = dataclasses.replace(plain, naive=plain.naive | {"category_rate": plain.forecast})
    skill = by_name(figures(rates, is_money=False, seed=4))["skill"]
    assert skill.naive == {"response_rate": 0, "category_rate": skill.value}


def test_what_a_contact_changes_is_measured_by_whom_it_ranks_first_and_by_its_mean():
    random = np.random.default_rng(2)
    effect = random.choice([-2.0, 0, 2], 600, p=[0.2, 0.5, 0.3])  # of a fifth and three tenths, each seen in one arm
    forecast = 0.2 + 0.05 * np.sign(effect)
    result = by_name(
        figures(
            Forecasts(forecast, effect, {"same": np.zeros(600)}, np.arange(600)), is_money=False, is_uplift=True, seed=4
        )
    )
    assert list(result) == ["qini", "observed_uplift", "bias_of_uplift"]
    assert result["qini"].low > 0 == result["qini"].naive["same"]
    assert result["observed_uplift"].low < 0.2 < result["observed_uplift"].high
    assert result["bias_of_uplift"].value == forecast.mean() - effect.mean()


def test_a_category_with_buyers_enough_has_its_own_figure():
    categories = np.where(np.arange(600) < 590, "wine", "saffron").astype(object)  # ten rows of saffron
    result = by_name(figures(drawn(categories=categories), is_money=False, seed=4))
    assert "auc:wine" in result
    assert "auc:saffron" not in result
    assert set(result["auc:wine"].naive) == {"coin"}


def test_customers_are_drawn_whole_so_repeated_rows_widen_the_interval():
    single = drawn(300)
    repeated = single.subset(np.repeat(np.arange(300), 4))
    narrow, wide = (figures(item, is_money=False, seed=4)[0] for item in (drawn(1200), repeated))
    assert wide.high - wide.low > narrow.high - narrow.low


@pytest.mark.parametrize("digits", [1, 2, 12])
def test_from_the_order_alone_ranking_and_calibration_come_to_the_same_bits(digits):
    random = np.random.default_rng(digits)
    forecast = random.random(500).round(digits)  # one digit: many are equal
    outcome = (random.random(500) < forecast).astype(float)
    place = np.unique(forecast, return_inverse=True)[1]
    assert auc_of_places(place, outcome) == auc(forecast, outcome)
    by_place = expected_calibration_error(forecast, outcome, place=place)
    assert by_place == expected_calibration_error(forecast, outcome)
    assert np.isnan(auc_of_places(place, np.ones(500)))
