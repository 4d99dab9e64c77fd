"""Figures within parts of the population are those of their rows alone."""

import numpy as np
import pytest

from models.champion import Champion
from models.estimators.declaration import all_estimators
from models.evaluation import auc
from models.segments import segments
from models.version_check import forecasts_of


@pytest.fixture
def at_the_test(trained, learnt):
    """Forecasts at the newest cut-off and the days since each customer's last purchase."""

    def make(kind):
        item = Champion(1, trained[kind].text, trained[kind].contract)
        day = item.contract.trained.test
        rows = learnt.rows.filter(np.array(learnt.rows["as_of"].to_pylist()) == day)
        return forecasts_of(item, learnt.rows, kind, day), rows["days_since_last_purchase"].to_numpy(), day

    return make


def test_recency_parts_the_customers_of_the_test_by_their_last_purchase(at_the_test, learnt):
    test, days, day = at_the_test("attrition")
    result = {
        segment.segment: segment
        for segment in segments(test, learnt.rows, day, kind=all_estimators()["classifier"], seed=11)
    }
    active = days <= 30
    assert list(result) == ["recency: active", "recency: slowing"]  # nobody is 91 days away
    assert result["recency: active"].rows == int(active.sum())
    ours = auc(test.forecast[active], test.outcome[active])
    assert result["recency: active"].figures[0].value == ours
    assert result["recency: active"].figures[0].low < ours < result["recency: active"].figures[0].high


def test_each_category_with_enough_buyers_is_a_segment(at_the_test, learnt):
    test, _, day = at_the_test("cross_sell")
    result = {
        segment.segment: segment
        for segment in segments(test, learnt.rows, day, kind=all_estimators()["classifier"], seed=11)
    }
    wine = test.category == "wine"
    assert result["category: wine"].rows == int(wine.sum())
    assert result["category: wine"].figures[0].value == auc(test.forecast[wine], test.outcome[wine])
    assert {figure.metric for figure in result["recency: active"].figures} >= {"auc", "expected_calibration_error"}


def test_without_purchases_customers_have_no_recency(at_the_test, learnt):
    test, _, day = at_the_test("value")
    assert len(segments(test, learnt.rows, day, kind=all_estimators()["value"], seed=11)) == 2
    without = learnt.rows.drop_columns(["days_since_last_purchase"])
    assert segments(test, without, day, kind=all_estimators()["value"], seed=11) == ()
