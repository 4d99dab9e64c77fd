"""The charts of a model hold what they say, and are the same bytes each time."""

import numpy as np
import pytest

from jobs.model_life.attachments import calibration_chart, gain_chart, gain_curve
from models.evaluation import Decile, Forecasts

OUTCOME = np.array([1.0, 1.0, 0.0, 0.0])
TEST = Forecasts(np.array([0.9, 0.1, 0.5, 0.2]), OUTCOME, {"recency": np.array([4.0, 3.0, 2.0, 1.0])}, np.arange(4))


def test_the_gain_is_the_share_found_among_the_highest_forecasts():
    points = {(point["rows"], point["found"]) for point in gain_curve("model", TEST.forecast, OUTCOME)}
    assert points == {(0.0, 0.0), (0.25, 0.5), (0.5, 0.5), (0.75, 0.5), (1.0, 1.0)}
    best = {(point["rows"], point["found"]) for point in gain_curve("recency", TEST.naive["recency"], OUTCOME)}
    assert best == {(0.0, 0.0), (0.25, 0.5), (0.5, 1.0), (0.75, 1.0), (1.0, 1.0)}


@pytest.mark.parametrize("draw", [lambda: gain_chart(TEST), lambda: calibration_chart([Decile(1, 2, 0.9, 0.8)])])
def test_a_chart_is_an_svg_that_loads_nothing_and_never_changes(draw):
    first = draw()
    assert first == draw()
    assert first.startswith("<svg")
    assert "http" not in first.replace("http://www.w3.org", "")
    assert "<script" not in first


def test_the_naive_forecasts_are_named_beside_the_model():
    chart = gain_chart(TEST)
    assert all(word in chart for word in ("model", "recency", "at random"))
