"""features.json says what a model expects; whatever this deployment cannot give is named."""

import json

import pytest

from models.contract import FeatureColumn
from models.errors import ModelUnusable
from models.features_file import OwnFeature, check_order, own_columns, read_features_file

THERE = [
    FeatureColumn(name="baskets_90d", type="number"),
    FeatureColumn(name="region", type="text", values=("north", "south")),
    FeatureColumn(name="category_spend_90d", type="number", is_per_category=True, if_none=0.0),
]
BASKETS, REGION, SPEND = (
    OwnFeature(name="baskets_90d"),
    OwnFeature(name="region", type="text", values=("south", "west")),
    OwnFeature(name="category_spend_90d"),
)


def file(**changes):
    message = {"trained_before": "2026-05-01", "features": [{"name": "baskets_90d"}]} | changes
    return json.dumps({name: value for name, value in message.items() if value is not None})


def test_columns_take_their_part_and_default_from_the_dictionary_and_their_texts_from_the_file():
    assert own_columns("mine", [REGION, BASKETS, SPEND], THERE) == (
        FeatureColumn(name="region", type="text", values=("south", "west")),
        FeatureColumn(name="baskets_90d", type="number"),
        FeatureColumn(name="category_spend_90d", type="number", is_per_category=True, if_none=0.0),
    )


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ([OwnFeature(name="basket_90d")], "no feature 'basket_90d'; did you mean 'baskets_90d'"),
        ([BASKETS, BASKETS], "names 'baskets_90d' twice"),
        ([OwnFeature(name="region")], "feature 'region' is a text here and a number there"),
        ([OwnFeature(name="region", type="text")], "feature 'region': `values` go with texts, and only with them"),
        ([BASKETS.model_copy(update={"values": ("a",)})], "feature 'baskets_90d': `values` go with texts"),
        ([SPEND, BASKETS], "'baskets_90d' is of the customer and stands behind a feature of the customer in the"),
    ],
)
def test_a_column_that_cannot_be_built_is_named(wanted, message):
    with pytest.raises(ModelUnusable, match=message):
        own_columns("mine", wanted, THERE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "features.json: the file: Invalid JSON"),
        (file(features=[]), "features.json: features: Tuple should have at least 1 item"),
        (file(feature=1), "features.json: feature: Extra inputs are not permitted"),
        (file(trained_before=None), "features.json: trained_before: Field required"),
        (file(format=2), "features.json: format: Input should be 1"),
        (file(calibration={"kind": "isotonic", "raw": [0.2, 0.1], "calibrated": [0, 1]}), "both rising"),
        (file(calibration={"kind": "isotonic", "raw": [0.1, 0.2], "calibrated": [0, 1.5]}), "within 0..1"),
        (file(calibration={"kind": "isotonic", "raw": [], "calibrated": []}), "as many `raw` as `calibrated`"),
    ],
)
def test_a_file_that_says_what_it_may_not_is_answered_with_the_place(text, message):
    with pytest.raises(ModelUnusable, match=message):
        read_features_file("mine", text)


def test_the_smallest_file_is_a_date_and_a_feature():
    result = read_features_file("mine", file())
    assert (str(result.trained_before), result.features, result.categories, result.calibration) == (
        "2026-05-01",
        (BASKETS,),
        (),
        None,
    )


def test_a_boosters_columns_must_be_those_of_the_file_in_their_order():
    text = "tree\nversion=v4\nfeature_names=a b\n"
    check_order("mine", text, ["a", "b"])
    with pytest.raises(ModelUnusable, match="column 1 is 'a' in the Booster and 'b' by features.json"):
        check_order("mine", text, ["b", "a"])
    with pytest.raises(ModelUnusable, match=r"the Booster has 2 columns and features\.json gives 3"):
        check_order("mine", text, ["a", "b", "c"])
    for other in ("", "feature_names=a b\n", "tree\nversion=v4\n"):
        with pytest.raises(ModelUnusable, match="is not the native text of a LightGBM Booster"):
            check_order("mine", other, ["a", "b"])
