"""One deployment to judge people by: two models of probabilities, one of money, offers of every aim."""

from typing import NamedTuple

import pytest
from pyspark.sql import Row
from pyspark.sql import functions as F

from jobs.candidates.contact_policy_blocks import contact_policy_blocks_on
from jobs.candidates.customers import with_contact_policy_blocks
from jobs.candidates.exclusions import exclusions, is_blocked, layout_of
from jobs.candidates.formulas import read_formulas
from jobs.candidates.limit_columns import blocks_of_unknown_amounts
from jobs.candidates.must_sends import with_must_sends
from jobs.candidates.options import option_frame, options_on
from jobs.candidates.pricing import blocks_of_options, in_currency, priced
from jobs.candidates.row_rules import blocks_of_customers, open_pairs, with_customer_blocks
from jobs.candidates.segments import with_segments

KEY = ("customer_id", "offer_id", "channel")
OFFERS = """\
id,name,objective,category,margin,incentive_cost,valid_from,valid_to,channels,effect_share
wine,Wine,cross_sell,wine,12.00,2.00,2024-01-01,2024-12-31,email sms,
fish,Fish,cross_sell,fish,12.00,2.00,2024-01-01,2024-12-31,email sms,
back,Come back,retention,,0,5.00,2024-01-01,2024-12-31,sms,0.05
gift,A gift,loyalty,,1.00,0,2024-01-01,2024-12-31,email,
old,Last year's,reminder,,0,0,2023-01-01,2023-12-31,email,0.5
"""
CHANNELS = "id,name,unit_cost,reach\nemail,E-mail,0.5,1\nsms,Text,0.25,0.5\n"
MODELS = """\
models:
  cross_sell: {score: cross_sell, estimator: classifier, label: {kind: buys_category, window_days: 30,
    not_bought_days: 90}, propensity_for: {objective: [cross_sell]}}
  attrition: {score: attrition, estimator: classifier, label: {kind: no_purchase, window_days: 30},
    propensity_for: {offers: [back]}}
  value: {score: customer_value, estimator: value, label: {kind: spend, window_days: 60}}
"""
VALUE = """\
value: {cross_sell: propensity * margin, retention: propensity * effect_share * customer_value, loyalty: x,
  reminder: effect_share}
cost: {loyalty: y}
"""
POLICY = """\
rules:
  - {name: adults, only_when: age >= 18, offers: {objective: [cross_sell]}}
  - {name: not the leaving, never_when: attrition >= 0.6, offers: {category: [wine, fish]}, channels: [email]}
  - {name: no fish today, never_when: "true", offers: {id: [fish]}, valid_from: 2024-07-01, valid_to: 2024-07-01}
contact_policy:
  - {name: weekly, max_contacts: 2, days: 7, exceptions: [{between: [2024-07-02, 2024-07-03]}]}
  - {name: nagging, max_contacts: 1, days: 90, same: offer}
  - {name: never fish by email, max_contacts: 0, days: 1, channels: [email], offers: [fish]}
combinations:
  - {name: gift or wine, never_together: [gift, wine]}
  - {name: no gift so soon, offers: [gift], after: [fish], not_within_days: 5}
"""


@pytest.fixture(scope="session")
def with_policy(deploy):
    """The deployment under other rules, caps and combinations."""
    return lambda policy: deploy(offers=OFFERS, channels=CHANNELS, models=MODELS, policy=VALUE + policy)


@pytest.fixture(scope="session")
def settings(with_policy):
    return with_policy(POLICY)


class Judged(NamedTuple):
    """What blocks an option, and its money where it became a row at all."""

    blocks: set[str]
    row: Row | None


@pytest.fixture(scope="session")
def judge(spark):
    """People and what is closed to them (customer, rule, same) -> (person, offer, channel) -> Judged."""

    def make(people, closed, settings, features, as_of):
        formulas, options = read_formulas(settings, features, as_of), options_on(settings, as_of)
        rows = [("customer_id", *row) for row in closed]
        shut = spark.createDataFrame(rows, "unit string, unit_id string, rule string, same string")
        policy_blocks = contact_policy_blocks_on(settings, options, as_of)
        customers = with_contact_policy_blocks(people, shut, policy_blocks, len(options))
        is_known = F.col("customer_id") != "caps unknown"
        frame = in_currency(
            customers.withColumn("blocked_by_policy", F.when(is_known, F.col("blocked_by_policy"))), settings
        )
        frame = with_segments(frame, formulas.segments)
        customer_blocks = blocks_of_customers(frame, settings, formulas, options, policy_blocks)
        frame = with_customer_blocks(frame, customer_blocks, len(options)).cache()
        pairs = priced(open_pairs(frame, option_frame(spark, settings, options)), settings, formulas)
        limits = settings.policy.limits_on(as_of)
        option_blocks = [*blocks_of_options(frame, formulas, options), *blocks_of_unknown_amounts(limits)]
        pairs, option_blocks = with_must_sends(pairs, option_blocks, settings.must_sends_on(as_of))
        layout = layout_of(options, customer_blocks, option_blocks)
        money = {tuple(row)[:3]: row for row in pairs.select(*KEY, "propensity", "value", "cost").collect()}
        against = {
            row["customer_id"]: layout.reasons_against(row["blocked"])
            for row in exclusions(frame, pairs, customer_blocks, option_blocks, layout).collect()
        }
        candidates = {tuple(row) for row in pairs.where(~is_blocked(option_blocks)).select(*KEY).collect()}
        frame.unpersist()
        assert candidates == {
            (who, *option) for who in against for option in layout.options if option not in against[who]
        }
        return {
            (who, *option): Judged({str(reason) for reason in against[who].get(option, ())}, money.get((who, *option)))
            for who in against
            for option in layout.options
        }

    return make
