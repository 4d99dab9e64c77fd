"""Customers of whom a model knows nothing have the scores of their group: by Spark, and by the auditor again."""

import json
from datetime import date

import pytest

from conf.errors import SettingsError
from conf.models import Label, Population
from expectations.audit import ModelFiles
from expectations.audit.checks.newcomers import scores_of_groups_follow_from_the_others
from expectations.audit.groups import notes
from jobs.candidates.unknown_customers import score_notes, with_group_scores
from jobs.core.lake import GROUP_SCORES, GROUPS
from jobs.run_context import RunContext
from jobs.scoring import group_scores
from jobs.scoring.group_scores import write_group_scores

AS_OF = date(2024, 7, 1)
MODELS = """\
models:
  attrition: {score: attrition, estimator: classifier, label: {kind: no_purchase, window_days: 30},
    when_unknown: {by: [source, town], at_least: 1}}
  worth: {score: worth, estimator: value, label: {kind: spend, window_days: 30}, when_unknown: {}}
  likes: {score: likes, estimator: classifier, label: {kind: buys_category, window_days: 30, not_bought_days: 90},
    when_unknown: {by: [town], at_least: 2}}
"""
SOURCES = """\
customers: {path: x, columns: {customer_id: id}, attributes: {town: text, source: text}}
transactions:
  {path: x, columns: {customer_id: c, transaction_id: t, happened_at: h, product_id: p, quantity: q, amount: a}}
"""
PEOPLE = """
    customer_id | source | town | since | attrition | worth
    ann         | web    | ulm  | 3     | 0.1       | 10000000
    bob         | web    | ulm  | 10    | 0.2       | 20000000
    cat         | shop   | ulm  | 5     | 0.6       | 30000001
    dan         |        | ulm  | 9     | 0.3       | 40000000
    new         | web    | ulm  |       |           |
    far         | web    | bonn |       |           |
    who         |        |      |       |           |
    off         | shop   | ulm  | 400   |           | 70000000   # attrition is about those of the last year
"""
LIKES = {"ann": {"tea": 0.4, "rye": 0.1}, "bob": {"tea": 0.2}, "cat": {"rye": 0.5}, "off": {"rye": 0.25}}
OFFERS = "id,name,objective,margin,incentive_cost,valid_from,valid_to,channels\n"
BOUGHT = {"off": [("tea", 80.0)]}  # so lately that nobody would score it


@pytest.fixture(scope="module")
def context(spark, deploy, frame, champion):
    settings = deploy(
        "policy.value={}", "policy.rules=[]", "policy.cost={}", models=MODELS, sources=SOURCES, offers=OFFERS
    )
    made = RunContext(settings, AS_OF)
    vars(made).update(spark=spark)
    people = frame(PEOPLE, since="double", attrition="double", worth="bigint").collect()
    features = [(row.customer_id, row.source, row.town, row.since, BOUGHT.get(row.customer_id)) for row in people]
    bought = "array<struct<category: string, category_days_since_last_purchase: double>>"
    schema = f"customer_id string, source string, town string, days_since_last_purchase double, categories {bought}"
    made.lake.write(spark.createDataFrame(features, schema), "features", AS_OF)
    odds = [(row.customer_id, row.attrition, LIKES.get(row.customer_id)) for row in people]
    made.lake.write(
        spark.createDataFrame(odds, "customer_id string, attrition double, likes map<string,double>"),
        "propensities",
        AS_OF,
    )
    money = [(row.customer_id, row.worth) for row in people]
    made.lake.write(spark.createDataFrame(money, "customer_id string, worth bigint"), "values", AS_OF)
    write_group_scores(made, contracts(champion))
    return made


def contracts(champion):
    categories = {
        "categories": ("rye", "tea"),
        "label": Label(kind="buys_category", window_days=30, not_bought_days=90),
    }
    return [
        champion("attrition", 1, population=Population(purchased_within_days=365)).contract,
        champion("worth", 1, estimator="value").contract,
        champion("likes", 1, population=Population(purchased_within_days=365), **categories).contract,
    ]


@pytest.fixture(scope="module")
def scores(context):
    rows = context.lake.read_arrow(GROUP_SCORES, AS_OF).to_pylist(maps_as_pydicts="strict")
    return {row.pop("customer_id"): row for row in rows}


def test_only_customers_of_whom_a_model_knows_nothing_have_a_score_of_their_group(scores):
    assert set(scores) == {"new", "far", "who", "off"}
    assert {who for who, row in scores.items() if row["is_new"]} == {"new", "far", "who"}


def test_a_probability_is_shrunk_attribute_by_attribute(scores):
    everybody = (0.1 + 0.2 + 0.6 + 0.3) / 4
    web = (0.3 + everybody) / 3
    assert scores["new"]["attrition"] == round((0.3 + web) / 3, 6) == 0.166667
    assert scores["far"]["attrition"] == round(web, 6) == 0.2  # nobody of bonn was scored
    assert scores["who"]["attrition"] == (0.3 + 0.3) / 2  # whose source is not known, as Dan's
    assert scores["off"]["attrition"] == round((0.6 + (0.6 + everybody) / 2) / 2, 6) == 0.525


def test_money_of_all_is_the_mean_in_whole_millionths(scores):
    assert {scores[name]["worth"] for name in ("new", "far", "who")} == {34_000_000}  # 34,000,000.2
    assert scores["off"]["worth"] is None  # this model is about everybody who ever bought


def test_categories_bought_lately_are_left_out(scores):
    everybody = {"tea": 0.3, "rye": 0.3}
    ulm = {"tea": (0.6 + 2 * everybody["tea"]) / 4, "rye": (0.6 + 2 * everybody["rye"]) / 4}
    assert scores["new"]["likes"] == pytest.approx(ulm) == {"tea": 0.3, "rye": 0.3}
    assert scores["off"]["likes"] == {"rye": 0.3}
    assert scores["far"]["likes"] == everybody


def test_every_group_is_kept_with_its_customers_also_the_one_of_whom_nothing_is_known(context):
    rows = context.lake.read_arrow(GROUPS, AS_OF).to_pylist(maps_as_pydicts="strict")
    assert [(row["source"], row["town"], row["customers"]) for row in rows] == [
        ("shop", "ulm", 2),
        ("web", "bonn", 1),
        ("web", "ulm", 3),
        (None, "ulm", 1),
        (None, None, 1),
    ]
    assert rows[2]["attrition"] == 0.166667
    assert rows[2]["worth"] == 34_000_000


def test_candidates_are_made_of_these_scores_and_decisions_say_so(context, spark):
    people = spark.createDataFrame(
        [("new", None, 1), ("ann", 0.1, 5)], "customer_id string, attrition double, worth bigint"
    )
    likes = people.selectExpr("*", "cast(null as map<string,double>) as likes")
    taken = {
        row["customer_id"]: (row["attrition"], row["worth"]) for row in with_group_scores(context, likes).collect()
    }
    assert taken == {"new": (0.166667, 34_000_000), "ann": (0.1, 5)}
    told = {row["customer_id"]: row["note"] for row in score_notes(context).collect()}
    assert (
        told
        == notes(evidence(context))
        == {
            **dict.fromkeys(
                ("new", "far", "who"),
                "scores: nothing is known of this customer yet; of its group: attrition, worth, likes",
            ),
            "off": "scores: no purchase since long; of its group: attrition, likes",
        }
    )


def test_the_auditor_comes_to_the_same(context, champion):
    assert list(scores_of_groups_follow_from_the_others(evidence(context, champion))) == []


class Looked:
    """Evidence, as far as the check asks for it."""

    def __init__(self, **facts):
        vars(self).update(facts)


def evidence(context, champion=None):
    """What the check looks at."""
    files = {}
    if champion is not None:
        plain = [json.loads(contract.model_dump_json()) for contract in contracts(champion)]
        files = {contract["model"]: ModelFiles("", contract) for contract in plain}
    lake = context.lake
    return Looked(
        folder=lake.root,
        models=context.settings.documents["models"].data["models"],
        model_files=files,
        features_folder=lake.folder("features", AS_OF),
        scores_folders=[lake.folder(name, AS_OF) for name in ("propensities", "values")],
        group_scores_folder=lake.folder(GROUP_SCORES, AS_OF),
    )


def test_too_many_groups_are_refused(context, champion, monkeypatch):
    monkeypatch.setattr(group_scores, "MAX_GROUPS", 3)
    with pytest.raises(SettingsError, match=r"models.yaml:3: source, town make more than 3 groups; name fewer"):
        write_group_scores(context, contracts(champion))
