"""Cut-offs whose label windows never meet."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conf.models import CutOffs, Label, Model
from models.errors import CannotTrain
from models.training_table import plan_cut_offs


def model(window_days=30, every_days=30, training=4):
    label = Label(kind="no_purchase", window_days=window_days)
    cut_offs = CutOffs(training=training, every_days=every_days)
    return Model(score="attrition", estimator="classifier", label=label, cut_offs=cut_offs)


def test_the_newest_complete_cut_off_tests_the_one_before_calibrates_the_rest_train():
    plan = plan_cut_offs("attrition", model(training=2), date(2024, 7, 1), date(2024, 1, 1))
    assert plan.test == date(2024, 6, 1)  # its 30 days end on 30 June, the last day known
    assert plan.calibration == date(2024, 5, 2)
    assert plan.training == (date(2024, 4, 2), date(2024, 3, 3))


def test_as_many_train_as_the_history_allows():
    plan = plan_cut_offs("attrition", model(training=4), date(2024, 7, 1), date(2024, 2, 20))
    assert plan.training == (date(2024, 4, 2),)  # 3 March has only 12 days before it


def test_too_short_a_history_says_how_many_days_are_needed():
    with pytest.raises(CannotTrain, match="'value': training as of 2024-07-01 needs 210 days of history"):
        plan_cut_offs("value", model(window_days=60), date(2024, 7, 1), date(2024, 6, 1))


@given(st.integers(1, 120), st.integers(1, 120), st.integers(1, 6))
def test_no_label_window_overlaps_a_later_part(window_days, every_days, training):
    as_of, window = date(2024, 7, 1), timedelta(days=window_days)
    plan = plan_cut_offs("m", model(window_days, every_days, training), as_of, date(2000, 1, 1))
    assert plan.test + window <= as_of
    assert plan.calibration + window <= plan.test
    assert max(plan.training) + window <= plan.calibration
    assert len(plan.training) == training
