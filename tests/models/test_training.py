"""What is learnt, on which rows, and that it is learnt again to the byte."""

import dataclasses

import lightgbm
import numpy as np
import pyarrow as pa
import pytest

from conf.models import Label, Population
from models.contract import sha256_of
from models.errors import CannotTrain, SettingsRefused
from models.training import train


def figure(result, metric):
    return next(figure for figure in result.figures if figure.metric == metric)


def test_the_same_table_gives_the_same_bytes(models, learnt, trained):
    again = train("attrition", models["attrition"], learnt, seed=11)
    assert again.text == trained["attrition"].text
    assert again.contract == trained["attrition"].contract


def test_each_part_has_its_own_cut_offs(trained):
    result = trained["attrition"]
    assert result.rows == {"training": 1200, "calibration": 400, "test": 400}  # 2 February, 3 March, 2 April train
    assert max(result.contract.trained.training) < result.contract.trained.calibration < result.contract.trained.test


def test_the_booster_knows_the_columns_of_the_contract_by_name_and_order(trained):
    names = lightgbm.Booster(model_str=trained["cross_sell"].text).feature_name()
    contract = trained["cross_sell"].contract
    assert names == [*(feature.name for feature in contract.features), "category"]
    assert sha256_of(trained["cross_sell"].text) == contract.model_sha256


def test_what_drives_the_outcome_is_found_and_ranked_better_than_chance(trained):
    result = trained["attrition"]
    assert max(result.importance, key=result.importance.get) == "baskets_90d"
    assert 0.75 < figure(result, "auc").value < 0.95
    assert set(figure(result, "auc").naive) == {"fewest_baskets_90d", "days_since_last_purchase"}
    assert figure(result, "skill").value > 0.1


def test_trees_stop_at_the_calibration_cut_off_and_never_see_the_test(models, learnt, trained):
    is_test = np.array(learnt.rows["as_of"].to_pylist()) == learnt.plans["attrition"].test
    other = learnt.rows.set_column(
        learnt.rows.column_names.index("label_attrition"),
        "label_attrition",
        pa.array(np.where(is_test, 1 - learnt.rows["label_attrition"].to_numpy(), learnt.rows["label_attrition"])),
    )
    changed = train("attrition", models["attrition"], dataclasses.replace(learnt, rows=other), seed=11)
    assert (changed.text, changed.contract) == (trained["attrition"].text, trained["attrition"].contract)
    assert figure(changed, "auc").value < 0.5
    endless = models["attrition"].model_copy(update={"settings": {"num_trees": 400}})
    assert train("attrition", endless, learnt, seed=11).facts["trees"] < 200


def test_what_lightgbm_refuses_while_it_trains_is_told_with_the_model_and_its_sentence(models, learnt):
    refused = models["attrition"].model_copy(update={"settings": {"feature_fraction": 7}})
    with pytest.raises(
        SettingsRefused, match=r"models\.attrition\.settings: LightGBM refuses them: Check failed"
    ) as error:
        train("attrition", refused, learnt, seed=11)
    assert error.value.exit_code == 2


def test_what_validation_chose_of_money_is_told(trained):
    assert trained["value"].facts["family"] in ("tweedie_1.2", "tweedie_1.5", "two_part")
    assert trained["value"].facts["trees"] == lightgbm.Booster(model_str=trained["value"].text).num_trees()


@pytest.fixture(scope="module")
def measured(models, learnt):
    """The customers who leave, but for those with few baskets whom a contact keeps: two in three are contacted."""
    random = np.random.default_rng(8)
    rows = learnt.rows
    few = rows["baskets_90d"].to_numpy() < 6
    arm = (random.random(rows.num_rows) < 2 / 3).astype(float)
    stays = random.random(rows.num_rows) < np.where(few, 0.2 + 0.6 * arm, 0.9)
    arms = rows.append_column("label_kept", pa.array(stays.astype(float))).append_column("arm_kept", pa.array(arm))
    label = Label(kind="uplift", window_days=20, contact_days=10)
    model = models["attrition"].model_copy(
        update={"label": label, "estimator": "uplift", "score": "kept", "settings": {}}
    )
    plans = {**learnt.plans, "kept": learnt.plans["attrition"]}
    return model, dataclasses.replace(learnt, rows=arms, plans=plans)


def test_what_a_contact_changes_is_learnt_from_two_arms(measured):
    model, table = measured
    result = train("kept", model, table, seed=11)
    qini = figure(result, "qini")
    assert qini.low > max(qini.naive.values())
    assert set(qini.naive) == {"at_random", "response_model"}
    assert qini.naive["at_random"] == 0 > qini.naive["response_model"]  # who stays anyway is asked first
    assert figure(result, "observed_uplift").low < 0.3 < figure(result, "observed_uplift").high
    assert abs(figure(result, "bias_of_uplift").value) < 0.1
    assert result.deciles[0].outcome > 0.3 > result.deciles[-1].outcome


def test_two_arms_go_with_the_estimator_of_uplift_and_only_with_it(measured):
    model, table = measured
    with pytest.raises(CannotTrain, match="its label compares two arms; only the estimator uplift learns from them"):
        train("kept", model.model_copy(update={"estimator": "classifier"}), table, seed=11)
    plain = model.model_copy(update={"label": Label(kind="no_purchase", window_days=30)})
    with pytest.raises(CannotTrain, match="needs a label with a treatment and a control arm"):
        train("kept", plain, table, seed=11)


def test_one_arm_alone_compares_nothing(measured):
    model, table = measured
    everybody = pa.array(np.ones(table.rows.num_rows))
    rows = table.rows.set_column(table.rows.column_names.index("arm_kept"), "arm_kept", everybody)
    with pytest.raises(CannotTrain, match="all 1200 rows are of the arm treatment; uplift needs both arms"):
        train("kept", model, dataclasses.replace(table, rows=rows), seed=11)


def test_the_total_value_is_near_the_total_that_came(trained):
    assert abs(figure(trained["value"], "bias_of_total").value) < 0.15
    assert figure(trained["value"], "spearman").naive["the_same_as_before"] > 0


def test_categories_with_few_buyers_are_not_scored_and_the_rates_of_the_others_are_kept(trained):
    contract = trained["cross_sell"].contract
    assert contract.categories == ("bread", "wine")  # two buyers of saffron are too few
    assert contract.category_rates == pytest.approx((0.2, 0.25), abs=0.05)


def test_texts_are_encoded_by_their_order_in_the_contract(trained):
    region = next(feature for feature in trained["attrition"].contract.features if feature.name == "region")
    assert (region.type, region.values) == ("text", ("north", "south"))


def test_nobody_outside_the_population_is_learnt_from(models, learnt):
    recent = models["attrition"].model_copy(update={"population": Population(purchased_within_days=30)})
    result = train("attrition", recent, learnt, seed=11)
    since = learnt.rows["days_since_last_purchase"].to_numpy()[-400:]
    assert result.rows["test"] == int((since <= 30).sum())


def test_a_label_with_one_value_only_cannot_be_learnt(models, learnt):
    everybody_stays = pa.array(np.zeros(learnt.rows.num_rows))
    rows = learnt.rows.set_column(learnt.rows.column_names.index("label_attrition"), "label_attrition", everybody_stays)
    with pytest.raises(CannotTrain, match="'attrition': 1200 rows with a label, all with the same outcome"):
        train("attrition", models["attrition"], dataclasses.replace(learnt, rows=rows), seed=11)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"features": ("basket_90d",)}, "no feature 'basket_90d'; did you mean 'baskets_90d'"),
        ({"estimator": "classifyer"}, "no estimator 'classifyer'; did you mean 'classifier'"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(models, learnt, change, message):
    with pytest.raises(CannotTrain, match=message):
        train("attrition", models["attrition"].model_copy(update=change), learnt, seed=11)


def test_a_population_of_buyers_needs_purchases(models, learnt):
    rows = learnt.rows.drop_columns(["days_since_last_purchase"])
    buyers = models["value"].model_copy(
        update={"population": Population(purchased_within_days=30), "features": ("baskets_90d",)}
    )
    with pytest.raises(CannotTrain, match=r"population\.purchased_within_days needs transactions"):
        train("value", buyers, dataclasses.replace(learnt, rows=rows), seed=11)


def test_a_naive_forecast_without_its_feature_is_left_out(models, learnt):
    rows = learnt.rows.drop_columns(["days_since_last_purchase"])
    few = models["attrition"].model_copy(update={"features": ("baskets_90d",)})
    result = train("attrition", few, dataclasses.replace(learnt, rows=rows), seed=11)
    assert set(figure(result, "auc").naive) == {"fewest_baskets_90d"}
