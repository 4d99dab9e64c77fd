"""A setting that LightGBM does not know, or that has no place in a deployment, is named before anything is trained."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conf.errors import SettingsError
from conf.load import load
from models.errors import SettingsRefused
from models.estimators.boosting import DEFAULTS, DETERMINISTIC
from models.lightgbm_settings import _NOT_HERE, _names, canonical, faults_of_names, main_name
from models.settings_trial import Trial, _outcomes, check_settings, prove_on_columns

NO_PLACE = {name for names in _NOT_HERE.values() for name in names}
POSSIBLE = sorted(alias for alias, name in _names().items() if name not in NO_PLACE)
DEPLOYMENT = Path(__file__).parents[1] / "deployments/no_transactions"


def test_every_setting_that_has_no_place_is_one_of_lightgbm():
    assert {main_name(name) for name in NO_PLACE} == NO_PLACE
    assert set(_names().values()) >= NO_PLACE
    assert {main_name(name) for name in DETERMINISTIC} <= NO_PLACE
    assert list(faults_of_names(DEFAULTS)) == []


@given(st.sampled_from(POSSIBLE), st.integers(0, 20), st.sampled_from("qxz"))
def test_a_misspelt_setting_is_told_with_a_name_that_is_one(name, place, letter):
    slip = name[:place] + letter + name[place:]
    ((setting, fault),) = faults_of_names([slip])
    assert setting == slip
    assert fault.startswith(f"LightGBM has no setting {slip!r}")
    meant = fault.partition("did you mean ")[2].rstrip("?").strip("'")
    assert meant == "" or main_name(meant) not in NO_PLACE
    assert len(name) < 6 or meant


@pytest.mark.parametrize("name", sorted(alias for alias, name in _names().items() if name in NO_PLACE))
def test_a_setting_that_has_no_place_is_refused_by_every_name(name):
    ((_, fault),) = faults_of_names([name])
    assert fault.startswith(f"{name!r} has no place here: ")


def test_one_setting_by_two_names_is_refused_and_by_another_name_it_is_the_same_setting():
    assert [setting for setting, _ in faults_of_names(["eta", "num_leaves", "learning_rate"])] == ["learning_rate"]
    assert canonical({"eta": 0.5, "max_leaf": 3}) == {"learning_rate": 0.5, "num_leaves": 3}


TRIED = [
    (Trial("classifier", {"num_leaves": 3, "num_trees": 100_000}), ""),
    (Trial("value", {"boosting": "dart", "num_trees": 3}), ""),
    (Trial("classifier", {"boosting": "rf"}), ""),
    (
        Trial("value", {"boosting": "rf"}),
        "a Booster that answers the mean of its trees (boosting rf) cannot be one of two parts",
    ),
    (Trial("uplift", {"num_leaves": 0}), "LightGBM refuses them: Check failed: (num_leaves) > (1)"),
    (Trial("classifier", {"num_trees": "many"}), "num_trees is a whole number of at least 1, found 'many'"),
    (
        Trial("classifier", {"metric": "nonsense"}),
        "For early stopping, at least one dataset and eval metric is required",
    ),
    (Trial("classifier", {"extra_trees": "yes"}), 'LightGBM refuses them: Parameter extra_trees should be "true"'),
    (Trial("classifier", {"linear_tree": True}), "they make models that oneoffer does not read: tree 0: "),
    (Trial("classifier", {"objective": "multiclass"}), "LightGBM refuses them: Number of classes should be specified"),
    (
        Trial("classifier", {"monotone_constraints": "0,0,1"}),
        "LightGBM ends its process (SIGABRT) with them: The output",
    ),
]


def test_settings_are_tried_in_another_process_and_lightgbm_says_what_is_wrong():
    for outcome, fault in zip(_outcomes([trial for trial, _ in TRIED]), [fault for _, fault in TRIED], strict=True):
        assert outcome.startswith(fault)
        assert fault or not outcome


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("{num_leafs: 31}", r"settings\.num_leafs: LightGBM has no setting 'num_leafs'; did you mean 'num_leaves'\?"),
        ("{linear_tree: true}", r"settings\.linear_tree: 'linear_tree' has no place here: it makes models that"),
        ("{max_bin: 1}", r"settings: LightGBM refuses them: Check failed: \(max_bin\) > \(1\)"),
    ],
)
def test_a_deployment_with_such_a_setting_is_told_file_and_model(settings, message):
    (name, *_) = load(DEPLOYMENT).models.models
    with pytest.raises(SettingsError, match=rf"models\.yaml:\d+: models\.{name}\.{message}"):
        check_settings(load(DEPLOYMENT, [f"models.models.{name}.settings={settings}"]))


def test_settings_of_columns_are_tried_on_the_columns_of_the_model():
    (name, model), *_ = load(DEPLOYMENT).models.models.items()
    constrained = model.model_copy(update={"estimator": "classifier", "settings": {"monotone_constraints": "1,0"}})
    prove_on_columns(name, constrained, ["age", "town"], ["town"])
    for columns, text in ((["age", "days", "town"], []), (["town", "age"], ["town"])):
        with pytest.raises(SettingsRefused, match=rf"{name}\.settings: LightGBM .*The {len(columns)} columns"):
            prove_on_columns(name, constrained, columns, text)
