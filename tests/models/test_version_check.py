"""A version on rows whose outcome is known: the same forecasts as in its training."""

import pyarrow as pa
import pytest

from conf.models import Population
from models.champion import Champion
from models.evaluation import auc
from models.version_check import forecasts_of, missing_features, rows_of, rows_per_second


@pytest.fixture
def versions(trained):
    return {name: Champion(1, value.text, value.contract) for name, value in trained.items()}


def test_the_test_cut_off_gives_the_figures_of_the_training(versions, trained, learnt):
    item = versions["attrition"]
    test = forecasts_of(item, learnt.rows, "attrition", item.contract.trained.test)
    assert auc(test.forecast, test.outcome) == trained["attrition"].figures[0].value
    assert set(test.naive) == {"fewest_baskets_90d", "days_since_last_purchase"}


def test_a_deployment_with_all_features_lacks_none(versions, learnt):
    assert {name: missing_features(value, learnt.rows.schema) for name, value in versions.items()} == {
        "attrition": (),
        "value": (),
        "cross_sell": (),
    }


def test_a_feature_that_is_gone_or_has_another_type_is_missing(versions, learnt):
    schema = learnt.rows.schema
    without = pa.schema([item for item in schema if item.name not in ("spend_30d", "categories")])
    assert missing_features(versions["attrition"], without) == ("spend_30d",)
    assert missing_features(versions["cross_sell"], without) == (
        "category_days_since_last_purchase",
        "category_spend_90d",
        "spend_30d",
    )
    other = schema.set(schema.get_field_index("region"), pa.field("region", pa.float64()))
    assert missing_features(versions["value"], other) == ("region",)


def test_a_population_of_buyers_needs_to_know_when_they_bought(versions, learnt):
    item = versions["attrition"]
    features = tuple(each for each in item.contract.features if each.name != "days_since_last_purchase")
    contract = item.contract.model_copy(
        update={"population": Population(purchased_within_days=30), "features": features}
    )
    without = pa.schema([each for each in learnt.rows.schema if each.name != "days_since_last_purchase"])
    assert missing_features(Champion(1, item.text, contract), without) == ("days_since_last_purchase",)


def test_the_speed_is_that_of_one_core_and_never_nothing(versions, learnt):
    item = versions["attrition"]
    assert 1_000 < rows_per_second(item, rows_of(item, learnt.rows, "attrition", item.contract.trained.test)) < 1e9
