"""Scores of a date against what happened after it."""

from datetime import date

import pytest
from pyspark.sql import functions as F

from models.forecast_check import check_forecasts

AS_OF = date(2024, 7, 1)
LINES = """
    customer | on         | amount | category
    ann      | 2024-06-30 | 5      | bread
    ann      | 2024-07-02 | 7      | bread     # stays, spends 7
    bob      | 2024-06-20 | 5      | bread
    bob      | 2024-07-03 | 3      | wine      # stays, spends 3, buys wine
    cy       | 2024-06-10 | 5      | bread     # leaves
    dan      | 2024-05-01 | 5      | bread     # leaves
"""


@pytest.fixture(scope="module")
def contracts(trained):
    return [value.contract for value in trained.values()]


@pytest.fixture(scope="module")
def checked(spark, drawn, contracts):
    """cy is thought likelier to leave than bob; dan was not scored."""
    scores = spark.createDataFrame(
        [
            ("ann", 0.1, 8_000_000, {"wine": 0.2}),
            ("bob", 0.2, 4_000_000, {"wine": 0.6}),
            ("cy", 0.6, 0, {"wine": 0.1}),
            ("dan", None, None, None),
        ],
        "customer_id string, attrition double, customer_value bigint, cross_sell map<string, double>",
    )
    named = drawn(
        LINES, customers=[(item, "north") for item in ("ann", "bob", "cy", "dan")], attributes={"region": "text"}
    )
    return check_forecasts(scores, contracts, named, AS_OF, seed=2)


def figure(result, metric):
    return next(figure for figure in result.figures if figure.metric == metric)


def test_a_probability_is_held_against_what_came(checked):
    assert checked["attrition"].rows == 3
    assert figure(checked["attrition"], "auc").value == 1  # cy above ann and bob
    assert figure(checked["attrition"], "auc").naive["days_since_last_purchase"] == 1


def test_money_is_compared_in_units_of_the_currency(checked):
    assert figure(checked["value"], "bias_of_total").value == pytest.approx(0.2)  # 8 + 4 + 0 against 7 + 3 + 0
    assert figure(checked["value"], "spearman").value == 1


def test_each_category_that_was_scored_is_a_row(checked):
    assert checked["cross_sell"].rows == 3  # wine, thrice; bread was bought of late
    assert figure(checked["cross_sell"], "auc").value == 1
    assert set(figure(checked["cross_sell"], "auc").naive) == {
        "baskets_90d",
        "latest_purchase",
        "spend_90d",
        "category_rate",
    }


def test_the_rows_after_the_date_are_no_part_of_the_naive_forecasts(spark, drawn, contracts, checked):
    attrition = [contract for contract in contracts if contract.model == "attrition"]
    scores = spark.createDataFrame([("ann", 0.1), ("bob", 0.2)], "customer_id string, attrition double")
    people = drawn(LINES, customers=[("ann", "north")], attributes={"region": "text"})
    again = check_forecasts(scores.withColumn("attrition", F.col("attrition") * 2), attrition, people, AS_OF, seed=2)
    assert again["attrition"].rows == 2
    assert again["attrition"].deciles[0].outcome == 0
