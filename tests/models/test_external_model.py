"""A model trained elsewhere is worth what it shows on our test rows, or is refused with the reason."""

import json
from datetime import date

import lightgbm
import numpy as np
import pytest

from models.calibration import Platt
from models.errors import ModelUnusable
from models.external_model import adopt
from models.features_file import own_model


def own_contract(contract, **changes):
    """The features.json of a model of ours, as its data scientist would have written it."""
    message = {
        "trained_before": str(contract.trained.calibration),
        "features": [
            {"name": feature.name, "type": feature.type, **({"values": feature.values} if feature.values else {})}
            for feature in contract.features
        ],
        "categories": contract.categories,
    }
    return json.dumps(message | changes)


@pytest.fixture
def adopted(models, learnt, trained):
    def make(kind, text=None, **changes):
        item = trained[kind]
        brought = own_model(kind, text or item.text, own_contract(item.contract, **changes))
        return adopt(kind, models[kind], learnt, brought, seed=11)

    return make


@pytest.mark.parametrize("kind", ["attrition", "value", "cross_sell"])
def test_our_own_model_adopted_is_the_model_that_we_trained(adopted, trained, kind):
    result, ours = adopted(kind), trained[kind]
    assert result.figures == ours.figures
    assert result.deciles == ours.deciles
    assert result.text == ours.text
    days = result.contract.trained
    of_training = {"trained": ours.contract.trained, "reference": ours.contract.reference}
    assert [item.column for item in result.contract.reference] == [item.column for item in ours.contract.reference]
    assert result.contract.model_copy(update=of_training) == ours.contract
    assert (days.test, days.calibration, days.training) == (date(2024, 6, 1), date(2024, 5, 2), ())


def test_a_calibration_that_the_file_states_is_taken_as_it_is(adopted):
    stated = {"kind": "platt", "slope": 0.5, "intercept": -1.0}
    result = adopted("attrition", calibration=stated)
    assert result.contract.calibration == Platt(slope=0.5, intercept=-1.0)
    assert result.figures[2].value > adopted("attrition").figures[2].value  # it says less than what happens


@pytest.mark.parametrize(("kind", "stated"), [("attrition", {"kind": "scale", "factor": 2}),
                                              ("value", {"kind": "platt", "slope": 1, "intercept": 0})])  # fmt: skip
def test_a_calibration_of_another_kind_of_score_is_refused(adopted, kind, stated):
    with pytest.raises(ModelUnusable, match="the calibration of its estimator is"):
        adopted(kind, calibration=stated)


def test_swapped_columns_are_refused(adopted, trained):
    names = [{"name": feature.name} for feature in trained["attrition"].contract.features if feature.type == "number"]
    region = {"name": "region", "type": "text", "values": ["north", "south"]}
    swapped = [names[1], names[0], names[2], region]
    with pytest.raises(ModelUnusable, match="column 1 is 'baskets_90d' in the Booster and '.*' by features.json"):
        adopted("attrition", features=swapped)


def test_a_model_that_has_seen_what_it_is_to_be_tested_on_is_refused(adopted):
    with pytest.raises(ModelUnusable, match="trained on what was known before 2024-05-03; it is calibrated on"):
        adopted("attrition", trained_before="2024-05-03")


def test_categories_go_with_a_label_of_categories(adopted, trained):
    def heading(kind, *more):
        return (
            f"tree\nfeature_names={' '.join([*(feature.name for feature in trained[kind].contract.features), *more])}\n"
        )

    with pytest.raises(ModelUnusable, match="must name the categories that it scores: the label is buys_category"):
        adopted("cross_sell", text=heading("cross_sell"), categories=[])
    with pytest.raises(ModelUnusable, match="has no categories to name: the label is no_purchase"):
        adopted("attrition", text=heading("attrition", "category"), categories=["wine"])


@pytest.fixture
def booster(learnt):
    """Any Booster on the four columns of the customers."""

    def make(objective, **settings):
        values = np.random.default_rng(1).random((200, 4))
        names = ["baskets_90d", "days_since_last_purchase", "spend_30d", "region"]
        data = lightgbm.Dataset(values, np.arange(200) % 3, feature_name=names, params={"verbosity": -1})
        return lightgbm.train({"objective": objective, "verbosity": -1, **settings}, data, 3).model_to_string()

    return make


def test_a_classifier_that_answers_no_probability_is_refused(adopted, booster):
    with pytest.raises(ModelUnusable, match="should answer a probability; train it with `objective: binary`"):
        adopted("attrition", text=booster("regression"))


def test_a_model_of_several_classes_is_refused(adopted, booster):
    with pytest.raises(ModelUnusable, match="models of one answer are supported"):
        adopted("attrition", text=booster("multiclass", num_class=3))
