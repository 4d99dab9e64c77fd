"""What LightGBM writes is accepted; whatever was done to a text is refused before it is loaded, or does no harm.

A few of the damaged texts are also given to a child process as they are, unchecked; by `make test-full` each one.
"""

from contextlib import suppress
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import lightgbm
import numpy as np
import pytest

from models.booster_check import Damaged, check_structure
from models.errors import ModelUnusable
from models.loading import prove_loading

NAMES = ("age", "days", "spend", "visits", "region")


def damaged(text):
    """As tests/models/damage.py does."""
    spec = spec_from_file_location("damage", Path(__file__).with_name("damage.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.damaged(text)


def learnt(trees=12, rows=1500, **settings):
    """A Booster on five columns, the last of them a text of forty values."""
    draw = np.random.default_rng(3)
    values = draw.standard_normal((rows, 5))
    values[:, 4] = draw.integers(0, 40, rows)
    values[:, 2][draw.random(rows) < 0.3] = np.nan
    outcome = ((values[:, 0] + (values[:, 4] % 3 == 0) + np.isnan(values[:, 2])) > 1).astype(float)
    wanted = {"objective": "binary", "num_leaves": 6, "verbosity": -1, "num_threads": 1, "min_data_per_group": 10}
    names = {"feature_name": list(NAMES), "categorical_feature": ["region"]}
    return lightgbm.train(wanted | settings, lightgbm.Dataset(values, outcome, **names), trees).model_to_string()


@pytest.fixture(scope="module")
def text():
    return learnt()


@pytest.fixture(scope="module")
def texts(text):
    return damaged(text)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"rows": 5},  # one leaf
        {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5},
        {"monotone_constraints": [1, 0, 0, 0, 0]},
        {"objective": "tweedie"},
        {"objective": "regression", "num_leaves": 40, "min_data_in_leaf": 2},
        {"boosting": "dart"},
        {"zero_as_missing": True},
    ],
)
def test_what_lightgbm_writes_is_accepted(settings):
    check_structure(learnt(**settings), NAMES)


def forged(text, key, value):
    """A text of one tree whose line of a key holds one value again and again; its size is put right."""
    (line,) = (line for line in text.splitlines() if line.startswith(f"{key}="))
    (sizes,) = (line for line in text.splitlines() if line.startswith("tree_sizes="))
    other = f"{key}={' '.join([value] * len(line.split()))}"
    size = int(sizes.partition("=")[2]) + len(other) - len(line)
    return text.replace(line, other).replace(sizes, f"tree_sizes={size}")


def test_a_split_of_the_missing_from_the_rest_is_accepted():
    values = np.array([[1.0], [2.0], [np.nan], [np.nan]] * 20)
    wanted = {"objective": "binary", "verbosity": -1, "num_threads": 1, "num_leaves": 2}
    data = lightgbm.Dataset(values, np.isnan(values[:, 0]), feature_name=["spend"])
    text = lightgbm.train(wanted, data, 1).model_to_string()
    check_structure(forged(text, "threshold", "inf"), ["spend"])
    with pytest.raises(Damaged, match="tree 0: threshold is not a list of numbers"):
        check_structure(forged(text, "threshold", "nan"), ["spend"])


def test_columns_in_another_order_are_refused(text):
    with pytest.raises(Damaged, match=r"columns are not those of contract\.json, or in another order"):
        check_structure(text, NAMES[::-1])


def test_more_than_one_answer_is_refused(text):
    with pytest.raises(Damaged, match="num_class is '3'"):
        check_structure(text.replace("num_class=1\n", "num_class=3\n", 1), NAMES)


def test_leaves_whose_exponential_is_beyond_all_bounds_are_refused():
    check_structure(forged(learnt(trees=1), "leaf_value", "800"), NAMES)
    with pytest.raises(Damaged, match="beyond all bounds"):
        check_structure(forged(learnt(trees=1, objective="tweedie"), "leaf_value", "800"), NAMES)


def test_three_hundred_damaged_texts_are_refused_or_harmless(texts, champion_with):
    assert len(texts) == 300
    passed = [name for name, value in texts.items() if not is_refused(value)]
    assert not [name for name in passed if not name.startswith("bit")]
    assert len(passed) < 50  # a digit of a number, a word of the parameters
    loaded = [texts[name] for name in passed if not refused_by_lightgbm(texts[name])]
    prove_loading([champion_with(item, NAMES) for item in loaded], limit_seconds=60)


def is_refused(text):
    try:
        check_structure(text, NAMES)
    except Damaged:
        return True
    return False


def refused_by_lightgbm(text):
    """What passes the check is loaded by this very process, which has to survive it, as a worker of Spark has to."""
    rows = np.random.default_rng(0).standard_normal((50, 5)) * 10
    try:
        answers = lightgbm.Booster(model_str=text).predict(rows, num_threads=1)
    except (lightgbm.basic.LightGBMError, ValueError):
        return True
    assert answers.shape == (50,)
    assert np.isfinite(answers).all()
    return False


@pytest.mark.parametrize("step", [50, pytest.param(1, marks=pytest.mark.full)])
def test_no_damaged_text_ends_or_hangs_the_parent_of_the_process_that_loads_it(texts, champion_with, step):
    tried = list(texts.values())[::step]
    refused = 0
    for item in tried:
        with suppress(ModelUnusable):
            prove_loading([champion_with(item, NAMES)], limit_seconds=20)
            continue
        refused += 1
    assert refused >= len(tried) / 3
