"""Histories drawn as text tables, and invented customers to train on."""

import dataclasses
from datetime import UTC, date, datetime, time

import numpy as np
import pyarrow as pa
import pytest

from conf.models import Label, Model, Population
from models.calibration import Platt
from models.champion import Champion
from models.contract import Contract, FeatureColumn, TrainedAt, sha256_of
from models.sources import Sources
from models.tracking import Stamp, log_training, version_numbered
from models.training import train
from models.training_table import TrainingTable, plan_cut_offs

LINES = "customer_id string, transaction_id string, product_id string, category string, happened_at timestamp, " + (
    "happened_on date, quantity bigint, amount bigint, margin bigint"
)
CONTACTS = "customer_id string, offer_id string, channel string, contacted_on date"
ARMS = "customer_id string, offer_id string, contacted_on date, arm string"
RESPONSES = "customer_id string, offer_id string, responded_on date, outcome string, amount bigint"


def rows(text):
    """A text table as dicts of text; an empty cell is None, `#` begins a remark."""
    lines = [line.split("#")[0].strip() for line in text.strip().splitlines()]
    names, *cells = [[cell.strip() or None for cell in line.split("|")] for line in lines if line]
    return [dict(zip(names, row, strict=True)) for row in cells]


def millionths(value):
    return None if value is None else round(float(value) * 1_000_000)


def day(value):
    return date.fromisoformat(value)


@pytest.fixture(scope="session")
def drawn(spark):
    """Sources from text tables: lines (customer, on, amount; category, basket, margin), contacts, responses, arms."""

    def make(lines=None, contacts=None, responses=None, customers=(), attributes=None, *, arms=None):
        attributes = attributes or {}
        parts = [rows(item) if item is not None else [] for item in (lines, contacts, responses, arms)]
        names = sorted({row["customer"] for part in parts for row in part} | {customer[0] for customer in customers})
        ours = {customer[0]: customer[1:] for customer in customers}
        people = [(name, name, *ours.get(name, [None] * len(attributes))) for name in names]
        types = "".join(f", {value} {'string' if kind == 'text' else 'double'}" for value, kind in attributes.items())
        return Sources(
            customers=spark.createDataFrame(people, f"customer_id string, household_id string{types}"),
            attributes=attributes,
            transactions=None if lines is None else spark.createDataFrame([line(part) for part in parts[0]], LINES),
            contacts=None
            if contacts is None
            else spark.createDataFrame(
                [(part["customer"], part["offer"], "email", day(part["on"])) for part in parts[1]], CONTACTS
            ),
            responses=None
            if responses is None
            else spark.createDataFrame(
                [(part["customer"], part["offer"], day(part["on"]), None, None) for part in parts[2]], RESPONSES
            ),
            arms=None
            if arms is None
            else spark.createDataFrame(
                [(part["customer"], part["offer"], day(part["on"]), part["arm"]) for part in parts[3]], ARMS
            ),
        )

    return make


def line(item):
    on, amount = day(item["on"]), millionths(item["amount"])
    at = datetime.combine(on, time(12), UTC)
    basket = item.get("basket") or f"{item['customer']} {on}"
    margin = millionths(item.get("margin"))
    return (item["customer"], basket, "thing", item.get("category"), at, on, 1_000_000, amount, margin)


ATTRITION = Model(score="attrition", estimator="classifier", label=Label(kind="no_purchase", window_days=30))
VALUE = Model(score="customer_value", estimator="value", label=Label(kind="spend", window_days=30))
CROSS_SELL = Model(
    score="cross_sell",
    estimator="classifier",
    label=Label(kind="buys_category", window_days=30, not_bought_days=90),
    min_category_buyers=20,
)
PACKED = pa.list_(
    pa.struct(
        [
            ("category", pa.string()),
            ("category_days_since_last_purchase", pa.float64()),
            ("category_spend_90d", pa.float64()),
        ]
    )
)


@pytest.fixture(scope="session")
def models():
    """One model of each shape: a probability, money, a probability per category."""
    result = {"attrition": ATTRITION, "value": VALUE, "cross_sell": CROSS_SELL}
    return {name: few(model) for name, model in result.items()}


@pytest.fixture(scope="session")
def learnt(models):
    """A training table of 400 invented customers: the fewer baskets, the likelier they leave and the less they spend.

    Those of the north buy wine more often; nobody's spend in a category says anything.
    """
    as_of = date(2024, 7, 1)
    plans = {name: plan_cut_offs(name, model, as_of, date(2024, 1, 1)) for name, model in models.items()}
    parts = [invented(date, seed) for seed, date in enumerate(sorted(plans["attrition"].dates))]
    return TrainingTable(as_of, plans, pa.concat_tables(parts), {"region": "text"})


def invented(as_of, seed, n=400):
    random = np.random.default_rng(seed)
    baskets = random.integers(0, 12, n)
    north = random.random(n) < 0.5
    left = random.random(n) < 1 / (1 + np.exp(baskets - 4))
    wine = random.random(n) < np.where(north, 0.4, 0.1)
    bread = random.random(n) < 0.2
    saffron = np.arange(n) < 2
    bought = [
        [name for name, is_bought in zip(("bread", "saffron", "wine"), row, strict=True) if is_bought]
        for row in zip(bread, saffron, wine, strict=True)
    ]
    spent = random.choice([200.0, 3.0], n)
    columns = {
        "as_of": pa.array([as_of] * n),
        "customer_id": pa.array([f"c{number:03}" for number in range(n)]),
        "customer_number": pa.array(range(n), pa.int64()),
        "baskets_90d": pa.array(baskets.astype(float)),
        "spend_30d": pa.array(baskets * 4.0 + random.integers(0, 40, n)),
        "days_since_last_purchase": pa.array(random.integers(1, 90, n).astype(float)),
        "region": pa.array(np.where(north, "north", "south")),
        "categories": pa.array([[("bread", days, 1.0)] for days in spent], PACKED),
        "label_attrition": pa.array(left.astype(float)),
        "label_value": pa.array(np.where(left, 0, baskets * 4.0 + random.random(n))),
        "label_cross_sell": pa.array(bought, pa.list_(pa.string())),
    }  # fmt: skip
    return pa.table(columns)


@pytest.fixture(scope="session")
def trained(models, learnt):
    """All of them, trained."""
    return {name: train(name, model, learnt, seed=11) for name, model in models.items()}


@pytest.fixture(scope="session")
def champion_with():
    """A model of customers with any text and any columns, as if its files had been checked."""

    def make(text, names, **changes):
        day = date(2024, 1, 1)
        contract = Contract(
            model="attrition",
            score="attrition",
            estimator="classifier",
            label=Label(kind="no_purchase", window_days=30),
            population=Population(),
            features=tuple(FeatureColumn(name=name, type="number") for name in names),
            calibration=Platt(slope=1.0, intercept=0.0),
            trained=TrainedAt(as_of=day, test=day, calibration=day, training=(day,)),
            seed=0,
            feature_code="",
            model_sha256=sha256_of(text),
        )
        return Champion(1, text, contract.model_copy(update=changes))

    return make


FEATURES = ("baskets_90d", "spend_30d", "days_since_last_purchase", "region")


def few(model):
    """Only the features that the invented customers have, and few trees."""
    ours = ("category_days_since_last_purchase", "category_spend_90d") if model is CROSS_SELL else ()
    return model.model_copy(update={"features": FEATURES + ours, "settings": {"num_trees": 30}})


MARK = Stamp("ann", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "a try")


@pytest.fixture(scope="session")
def mark():
    """Ann, on a Friday morning."""
    return MARK


@pytest.fixture(scope="session")
def renamed(trained):
    """One of the trainings under another name, so that what a test does to its versions is no other test's business."""

    def make(kind, name):
        contract = trained[kind].contract.model_copy(update={"model": name})
        return dataclasses.replace(trained[kind], contract=contract)

    return make


@pytest.fixture(scope="session")
def shelved(registry, renamed, mark):
    """Versions of a model of a name, each the training of a kind; the files of a kind are logged once and shared."""
    logged = {}

    def one_more(name, kind):
        if (name, kind) not in logged:
            number = log_training(registry, renamed(kind, name), inputs="a", stamp=mark)
            logged[name, kind] = version_numbered(registry, name, number)
            return number
        first, ours = logged[name, kind], registry.name(name)
        made = registry.client.create_model_version(ours, first.source, first.run_id)
        registry.client.set_registered_model_alias(ours, "challenger", made.version)
        return int(made.version)

    return lambda name, *kinds: [one_more(name, kind) for kind in kinds]


@pytest.fixture(scope="session")
def outcomes(learnt):
    """The training table with the outcomes of a model under another name."""

    def make(kind, name):
        return learnt.rows.append_column(f"label_{name}", learnt.rows[f"label_{kind}"])

    return make
