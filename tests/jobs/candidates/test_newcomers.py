"""Groups judged as customers without a history, and what newcomers.csv says of them."""

import json
from datetime import date

import pyarrow as pa
import pytest
from pyspark.sql import types as T

from conf.expressions import Kind
from jobs.candidates.contact_policy_blocks import contact_policy_blocks_on
from jobs.candidates.formulas import read_formulas
from jobs.candidates.newcomers import NEWCOMER_CANDIDATES, Judging, write_newcomer_candidates
from jobs.candidates.options import options_on
from jobs.core.lake import GROUPS
from jobs.publishing.newcomers import newcomers_table
from jobs.publishing.set_files import csv_bytes
from jobs.run_context import RunContext
from jobs.stages.build_candidates import CANDIDATE

AS_OF = date(2024, 6, 30)
OFFERS = """\
id,name,objective,category,margin,incentive_cost,valid_from,valid_to,channels
wine,=Wine,cross_sell,wine,10.00,0,2024-01-01,2024-12-31,email sms
cheese,Cheese,cross_sell,wine,90.00,0,2024-01-01,2024-12-31,email
fish,Fish,cross_sell,fish,10.00,0,2024-01-01,2024-12-31,email
back,Come back,retention,,0,0,2024-01-01,2024-12-31,sms
again,Once more,loyalty,,0,0,2024-01-01,2024-12-31,email
"""
CHANNELS = "id,name,unit_cost\nemail,E-mail,0.5\nsms,Text,0.5\n"
MODELS = """\
models:
  cross_sell: {score: cross_sell, estimator: classifier, label: {kind: buys_category, window_days: 30,
    not_bought_days: 90}, propensity_for: {objective: [cross_sell]}, when_unknown: {by: [town]}}
  value: {score: customer_value, estimator: value, label: {kind: spend, window_days: 60}, when_unknown: {by: [town]}}
  attrition: {score: attrition, estimator: classifier, label: {kind: no_purchase, window_days: 30}}
"""
SOURCES = """\
customers: {path: x, columns: {customer_id: id}, attributes: {town: text, age: number}}
transactions:
  {path: x, columns: {customer_id: c, transaction_id: t, happened_at: h, product_id: p, quantity: q, amount: a}}
"""
POLICY = """\
value: {cross_sell: propensity * margin, retention: attrition * customer_value, loyalty: customer_value}
rules:
  - {name: regulars only, only_when: baskets_90d >= 1, offers: {id: [fish]}, channels: [sms]}
  - {name: not there, never_when: town = 'bonn', channels: [sms]}
  - {name: no fish for the poor, only_when: customer_value >= 10, offers: {id: [fish]}}
contact_policy:
  - {name: as wished, max_contacts: {attribute: age, otherwise: 0}, days: 30, offers: [cheese]}
combinations:
  - {name: once more, offers: [again], only_after: [wine]}
limits:
  - {name: budget, sum: cost, max: 100}
  - {name: e-mails, count: contacts, where: {channel: [email]}, max: 5}
"""
GROUP_ROWS = {
    "town": ["bonn", "ulm", None],
    "customers": [1, 7, 0],
    "cross_sell": [{"wine": 0.4}, {"wine": 0.4, "fish": 0.6}, {"wine": 0.05}],
    "customer_value": [20_000_000, 5_000_000, None],
}
SCHEMA = (
    "household_id string, customer_id string, consents map<string,boolean>, baskets_90d double not null, age double, "
    "town string, cross_sell map<string,double>, attrition double, customer_value bigint, "
    "blocked_by_policy array<bigint>, `is a new customer` boolean not null"
)
PRICES = [("budget", "max", "500000"), ("e-mails", "max", "1000001/3")]


@pytest.fixture(scope="module")
def context(spark, deploy):
    made = RunContext(deploy(models=MODELS, sources=SOURCES, offers=OFFERS, channels=CHANNELS, policy=POLICY), AS_OF)
    vars(made).update(spark=spark)
    types = [pa.string(), pa.int64(), pa.map_(pa.string(), pa.float64()), pa.int64()]
    arrays = [pa.array(values, kind) for values, kind in zip(GROUP_ROWS.values(), types, strict=True)]
    made.lake.write_arrow(pa.table(arrays, names=list(GROUP_ROWS)), GROUPS, AS_OF)
    prices = [{"limit": limit, "bound": bound, "price": price} for limit, bound, price in PRICES]
    made.lake.write_file(json.dumps({"prices": prices}).encode(), "proofs", AS_OF, "proof.json")
    features = dict.fromkeys(("baskets_90d", "age"), Kind.NUMBER) | {"town": Kind.TEXT}
    options = options_on(made.settings, AS_OF)
    blocks = contact_policy_blocks_on(made.settings, options, AS_OF)
    judging = Judging(read_formulas(made.settings, features, AS_OF), options, blocks, CANDIDATE)
    write_newcomer_candidates(made, judging, T.StructType.fromDDL(SCHEMA))
    return made


def test_a_group_has_the_candidates_of_a_customer_without_a_history(context):
    rows = context.lake.read_arrow(NEWCOMER_CANDIDATES, AS_OF).to_pylist()
    facts = {(row["customer_id"], row["offer_id"], row["channel"]): (row["value"], row["cost"]) for row in rows}
    assert facts == {
        ("0", "wine", "email"): (4_000_000, 500_000),  # by text no rule lets it pass, and of fish nobody was scored
        ("1", "wine", "email"): (4_000_000, 500_000),
        ("1", "wine", "sms"): (4_000_000, 500_000),  # fish is not for the poor, and nobody was sent wine before
        ("2", "wine", "email"): (500_000, 500_000),  # whether its town is Bonn nobody knows
    }


def test_newcomers_csv_has_the_best_offer_of_each_group_under_the_prices_of_the_night(context):
    assert csv_bytes(newcomers_table(context)).decode().splitlines() == [
        "town,customers,offer_id,offer_name,channel,value,cost,charge,worth",
        "bonn,1,wine,'=Wine,email,4.000000,0.500000,0.583334,2.916666",  # half of the budget's price, 1,000,001 / 3
        "ulm,7,wine,'=Wine,sms,4.000000,0.500000,0.250000,3.250000",
        ",0,,,,,,,",
    ]
