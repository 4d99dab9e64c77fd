"""Offers that exclude or require one another; the decision date is 1 August."""

from datetime import date, timedelta
from itertools import product
from random import Random

import pytest

from conf.policy import Combination
from jobs.candidates.combinations import blocked_by_combinations

AS_OF = date(2024, 8, 1)
CONTACTS = "customer_id string, offer_id string, contacted_on date"
SENT = """
    customer_id | offer_id | contacted_on
    ann         | card     | 2024-07-31    # yesterday
    bob         | card     | 2024-07-25    # seven days ago
    cat         | card     | 2024-07-24    # eight
    cat         | loan     | 2024-01-01
    dan         | fund     | 2020-01-01
"""
PEOPLE = "customer_id\nann\nbob\ncat\ndan\neve"
COMBINATIONS = [
    Combination.model_validate(one)
    for one in (
        {"name": "one of both", "never_together": ["card", "loan"]},
        {"name": "rest", "offers": ["loan"], "after": ["card"], "not_within_days": 7},
        {"name": "first a card", "offers": ["fund"], "only_after": ["card"]},
        {"name": "card or fund first", "offers": ["loan"], "only_after": ["card", "fund"]},
    )
]


@pytest.fixture(scope="module")
def closed(frame):
    """Combination -> who is closed, and of what."""
    found = {one.name: set() for one in COMBINATIONS}
    for row in blocked_by_combinations(COMBINATIONS, frame(SENT, contacted_on="date"), frame(PEOPLE), AS_OF).collect():
        found[row["rule"]].add(f"{row['unit_id']} {row['same']}".strip())
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "one of both",
            {"ann loan", "bob loan", "cat loan", "cat card"},
        ),  # Cat had both before the rule: neither again
        ("rest", {"ann", "bob"}),  # from 25 July to 31 July are seven days; tomorrow Bob is free
        ("first a card", {"dan", "eve"}),
        ("card or fund first", {"eve"}),
    ],
)
def test_a_combination_closes_exactly_whom_it_should(closed, name, expected):
    assert closed[name] == expected


def test_without_combinations_nothing_is_closed(frame):
    assert blocked_by_combinations([], frame(SENT, contacted_on="date"), frame(PEOPLE), AS_OF).collect() == []


def is_closed(one, offer, past):
    """Plain Python: whether what a customer was sent, (offer, day) by (offer, day), closes an offer."""
    if offer not in one.closes:
        return False
    if one.never_together:
        return any(sent in one.never_together and sent != offer for sent, _ in past)
    if one.only_after:
        return not any(sent in one.only_after for sent, _ in past)
    return any(sent in one.after and (AS_OF - day).days <= one.not_within_days for sent, day in past)


def test_an_independent_recount_of_random_histories_agrees(spark):
    random, offers = Random(3), ["card", "loan", "fund", "call"]
    past = [
        (f"c{random.randrange(60)}", random.choice([*offers, "fax"]), AS_OF - timedelta(days=random.randint(1, 40)))
        for _ in range(90)
    ]
    said = [
        {"never_together": random.sample(offers, 2)},
        {"never_together": random.sample(offers, 3)},
        {"offers": random.sample(offers, 2), "after": random.sample(offers, 2), "not_within_days": 10},
        {"offers": random.sample(offers, 1), "after": random.sample(offers, 1), "not_within_days": 1},
        {"offers": random.sample(offers, 2), "only_after": random.sample(offers, 2)},
    ]
    combinations = [Combination.model_validate({"name": f"n{k}", **one}) for k, one in enumerate(said)]
    people = spark.createDataFrame([(f"c{k}",) for k in range(60)], "customer_id string")
    rows = blocked_by_combinations(combinations, spark.createDataFrame(past, CONTACTS).coalesce(1), people, AS_OF)
    closed = {(row["unit_id"], row["rule"], row["same"]) for row in rows.collect()}
    verdicts = []
    for number, one, offer in product(range(60), combinations, offers):
        who = f"c{number}"
        found = offer in one.closes and (who, one.name, offer if one.never_together else "") in closed
        verdicts.append(found)
        assert found == is_closed(one, offer, [row[1:] for row in past if row[0] == who]), (who, one, offer)
    assert 0.05 < sum(verdicts) / len(verdicts) < 0.9
