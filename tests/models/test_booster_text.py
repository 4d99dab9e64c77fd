"""A model's text is the same model without the values that its training began and ended with."""

import lightgbm
import numpy as np

from models.booster_check import check_structure, without_ranges

VALUES = np.column_stack([np.r_[7654321.5, np.arange(99.0)], np.arange(100) % 3, np.zeros(100)])
NAMES = ["balance", "region", "nothing"]


def learnt():
    data = lightgbm.Dataset(VALUES, VALUES[:, 0] > 50, feature_name=NAMES, categorical_feature=["region"])
    wanted = {"objective": "binary", "verbosity": -1, "num_threads": 1, "min_data_in_leaf": 2, "min_data_per_group": 1}
    return lightgbm.train(wanted, data, 5).model_to_string()


def test_the_richest_customer_is_not_in_the_text():
    text = learnt()
    assert "7654321" in text
    assert "7654321" not in without_ranges(text)
    assert text.count("\n") == without_ranges(text).count("\n")


def test_forecasts_stay_and_the_text_is_one_that_the_night_accepts():
    text = without_ranges(learnt())
    check_structure(text, NAMES)
    before, after = (lightgbm.Booster(model_str=item).predict(VALUES) for item in (learnt(), text))
    assert before.tolist() == after.tolist()
    assert lightgbm.Booster(model_str=text).model_to_string() == text
