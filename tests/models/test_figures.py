"""A figure stands between its bounds and beside the naive ones."""

import numpy as np

from models.evaluation import Forecasts
from models.figures import figures


def drawn(n=600, categories=None, seed=1):
    random = np.random.default_rng(seed)
    forecast = random.random(n)
    outcome = (random.random(n) < forecast).astype(float)
    return Forecasts(forecast, outcome, {"coin": random.random(n)}, np.arange(n) // 2, categories)


def by_name(found):
    return {one.metric: one for one in found}


def test_the_interval_holds_the_figure_and_the_same_seed_gives_the_same_bounds():
    found = figures(drawn(), is_money=False, seed=4)
    assert [one.metric for one in found] == ["auc", "log_loss", "expected_calibration_error"]
    assert found[0].low < found[0].value < found[0].high < found[0].low + 0.15
    assert found == figures(drawn(), is_money=False, seed=4)


def test_naive_forecasts_are_measured_on_the_same_rows_and_for_ranking_only():
    found = by_name(figures(drawn(), is_money=False, seed=4))
    assert 0.45 < found["auc"].naive["coin"] < 0.55 < found["auc"].value
    assert found["log_loss"].naive == {}


def test_money_is_measured_by_rank_and_by_its_total():
    assert [one.metric for one in figures(drawn(), is_money=True, seed=4)] == ["spearman", "bias_of_total"]


def test_a_category_with_buyers_enough_has_its_own_figure():
    categories = np.where(np.arange(600) < 590, "wine", "saffron").astype(object)  # ten rows of saffron
    found = by_name(figures(drawn(categories=categories), is_money=False, seed=4))
    assert "auc:wine" in found
    assert "auc:saffron" not in found
    assert set(found["auc:wine"].naive) == {"coin"}


def test_customers_are_drawn_whole_so_repeated_rows_widen_the_interval():
    single = drawn(300)
    repeated = single.subset(np.repeat(np.arange(300), 4))
    narrow, wide = (figures(one, is_money=False, seed=4)[0] for one in (drawn(1200), repeated))
    assert wide.high - wide.low > narrow.high - narrow.low
