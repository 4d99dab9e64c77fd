"""What candidates say of the contacts that their household has left."""

from datetime import date

import pytest

from jobs.candidates.bitset import to_bitset
from jobs.candidates.household_places import PLACES, with_capacity, with_places
from jobs.candidates.options import options_on

AS_OF = date(2024, 7, 1)
OFFERS = """\
id,name,objective,category,margin,incentive_cost,valid_from,valid_to,channels,effect_share,exempt
card,A card,cross_sell,CARDS,9,0,2024-01-01,2024-12-31,email,0,
bill,Your bill,retention,,9,0,2024-01-01,2024-12-31,email,0,TRUE
"""
POLICY = """\
value: {cross_sell: "1", retention: "1"}
contact_policy:
  - {name: week, max_contacts: 3, days: 7, per: household}
  - {name: month, max_contacts: 4, days: 30, per: household, except: [bill]}
"""
CONTACTS = "household_id string, offer_id string, channel string, objective string, contacted_on date"


@pytest.fixture
def settings(deploy):
    return deploy(offers=OFFERS, policy=POLICY)


def test_what_is_left_is_the_least_that_any_cap_leaves(spark, settings):
    days = [("hill", "card", 30), ("hill", "bill", 30), ("moor", "card", 5), ("moor", "card", 6), ("moor", "card", 7)]
    sent = [(home, offer, "email", None, date(2024, 6, day)) for home, offer, day in days]
    customers = spark.createDataFrame(
        [("ann", "hill"), ("bob", "moor"), ("cat", "cat")], "customer_id string, household_id string"
    )
    rows = with_places(customers, spark.createDataFrame(sent, CONTACTS), settings, AS_OF).collect()
    assert {row["customer_id"]: row[PLACES] for row in rows} == {"ann": 2, "bob": 1, "cat": 3}  # bills do not count


def test_who_can_get_nothing_that_counts_takes_no_place(spark, settings):
    options = options_on(settings, AS_OF)
    bits = {option.offer.id: to_bitset([place], len(options)) for place, option in enumerate(options)}
    rows = [("ann", "card", 2), ("ann", "bill", 2), ("bob", "bill", 2)]
    schema = f"customer_id string, offer_id string, `{PLACES}` bigint, bits array<bigint>"
    candidates = spark.createDataFrame([(*row, bits[row[1]]) for row in rows], schema)
    result = with_capacity(candidates, options, settings, AS_OF).collect()
    assert {(row["customer_id"], row["offer_id"]): row["household_capacity"] for row in result} == {
        ("ann", "card"): 2,
        ("ann", "bill"): 2,
        ("bob", "bill"): None,
    }


def test_where_one_contact_is_all_that_caps_allow_nothing_is_said(spark, deploy):
    cap = "{name: home, max_contacts: 1, days: 9, per: household}"
    settings = deploy(policy=f"value: {{cross_sell: '1', retention: '1'}}\ncontact_policy: [{cap}]\n")
    candidates = spark.createDataFrame([("ann", "hill")], "customer_id string, household_id string")
    assert with_places(candidates, candidates, settings, AS_OF).columns == candidates.columns
    assert with_capacity(candidates, [], settings, AS_OF).columns == candidates.columns
