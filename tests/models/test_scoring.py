"""All models over all customers: one row each."""

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conf.models import Population
from models.calibration import Scale, calibrated
from models.champion import champion_of
from models.errors import ModelUnusable
from models.predict import predict as answered
from models.scoring import score, score_and_count
from models.training_reference import counted


@pytest.fixture
def champions(trained):
    return [champion_of(name, 1, value.text, value.contract.model_dump_json()) for name, value in trained.items()]


@pytest.fixture
def batch(learnt):
    """The customers at the newest cut-off."""
    newest = learnt.rows.filter(pc.equal(learnt.rows["as_of"], pc.max(learnt.rows["as_of"])))
    return pa.RecordBatch.from_struct_array(newest.to_struct_array().combine_chunks())


def predictions(batch, champion):
    return answered(batch, lightgbm.Booster(model_str=champion.text), champion.contract).column


def test_probabilities_are_millionths_and_money_is_whole_millionths(batch, champions):
    attrition, value, _ = champions
    chance = predictions(batch, attrition).to_numpy()
    np.testing.assert_array_equal(chance, np.rint(chance * 1e6) / 1e6)
    assert 0 <= chance.min() < 0.2
    assert 0.7 < chance.max() <= 1
    money = predictions(batch, value)
    assert money.type == pa.int64()
    assert 5e6 < np.mean(money.to_numpy()) < 4e7  # baskets of about 5.5 times 4 money, for those who stay


def test_a_customer_has_a_chance_for_each_category_not_bought_of_late(batch, champions):
    result = predictions(batch, champions[2])
    since = [row[0]["category_days_since_last_purchase"] for row in batch.column("categories").to_pylist()]
    keys = [sorted(dict(row)) for row in result.to_pylist()]
    assert keys == [["bread", "wine"] if days > 90 else ["wine"] for days in since]


def test_customers_outside_the_population_are_null(batch, champions):
    for champion in champions:
        few = champion.contract.model_copy(update={"population": Population(purchased_within_days=10)})
        result = answered(batch, lightgbm.Booster(model_str=champion.text), few).column
        inside = batch.column("days_since_last_purchase").to_numpy() <= 10
        assert pc.is_valid(result).to_pylist() == inside.tolist()
        nobody = champion.contract.model_copy(update={"population": Population(purchased_within_days=1)})
        cut = batch.filter(pa.array(~inside))
        assert answered(cut, lightgbm.Booster(model_str=champion.text), nobody).column.null_count == cut.num_rows


@given(chosen=st.lists(st.integers(0, 399), min_size=1, max_size=40), shuffle=st.randoms(use_true_random=False))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_each_row_is_scored_as_lightgbm_alone_scores_it(batch, champions, chosen, shuffle):
    shuffle.shuffle(chosen)
    few = batch.take(pa.array(chosen))
    for champion in champions[:2]:
        booster, columns = lightgbm.Booster(model_str=champion.text), champion.contract.features
        for place, item in enumerate(predictions(few, champion).to_pylist()):
            cells = [few.column(column.name)[place].as_py() for column in columns]
            row = [
                column.values.index(cell) if column.type == "text" else cell
                for column, cell in zip(columns, cells, strict=True)
            ]
            alone = calibrated(booster.predict([row]), champion.contract.calibration)[0]
            assert item == (round(alone * 1e6) if champion.contract.score == "customer_value" else round(alone, 6))


def test_no_forecast_is_larger_than_what_whole_millionths_can_hold(batch, champions):
    beyond = champions[1].contract.model_copy(update={"calibration": Scale(factor=1e300)})
    result = answered(batch, lightgbm.Booster(model_str=champions[1].text), beyond).column
    assert set(result.to_pylist()) == {10**18}  # where the gate of the values' table stops


def test_spark_answers_as_the_worker_does_whatever_the_partitions(spark, batch, champions):
    features = spark.createDataFrame(pa.Table.from_batches([batch.slice(0, 60)])).repartition(3)
    both = score_and_count(features, champions)
    both.all_rows.cache()
    result = {row["customer_id"]: row for row in both.scores.collect()}
    for item, counts in zip(champions, both.counts(), strict=True):
        few = answered(batch.slice(0, 60), lightgbm.Booster(model_str=item.text), item.contract)
        assert counts.tolist() == counted(batch.slice(0, 60), few.rows, few.scores, item.contract).tolist()
    assert len(result) == 60
    alone = [predictions(batch.slice(0, 60), champion).to_pylist() for champion in champions]
    for position, customer in enumerate(batch.column("customer_id").to_pylist()[:60]):
        row = result[customer]
        assert (row["attrition"], row["customer_value"]) == (alone[0][position], alone[1][position])
        assert row["cross_sell"] == dict(alone[2][position])


def test_a_model_whose_features_the_deployment_lacks_is_named(spark, champions):
    with pytest.raises(ModelUnusable, match="model 'attrition' needs features the deployment does not have"):
        score(spark.createDataFrame([("ann", 1.0)], "customer_id string, spend_30d double"), champions)


def test_two_models_with_one_score_are_refused(spark, batch, champions):
    features = spark.createDataFrame(pa.Table.from_batches([batch.slice(0, 2)]))
    with pytest.raises(ModelUnusable, match="two models answer the score 'attrition'"):
        score(features, [champions[0], champions[0]])
