"""Offers that exclude or require one another; the decision date is 1 August."""

from datetime import date, timedelta
from itertools import product
from random import Random

import pytest

from conf.contact_policy import Combination
from jobs.candidates.combinations import BEFORE, blocked_by_combinations

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
    Combination.model_validate(definition)
    for definition in (
        {"name": "one of both", "never_together": ["card", "loan"]},
        {"name": "rest", "offers": ["loan"], "after": ["card"], "not_within_days": 7},
        {"name": "first a card", "offers": ["fund"], "only_after": ["card"]},
        {"name": "card or fund first", "offers": ["loan"], "only_after": ["card", "fund"]},
    )
]


@pytest.fixture(scope="module")
def closed(frame):
    """Combination -> who is blocked, and of what."""
    blocked = {combination.name: set() for combination in COMBINATIONS}
    for row in blocked_by_combinations(COMBINATIONS, frame(SENT, contacted_on="date"), frame(PEOPLE), AS_OF).collect():
        blocked[row["rule"]].add(f"{row['unit_id']} {row['same']}".strip())
    return blocked


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
def test_a_combination_blocks_exactly_whom_it_should(closed, name, expected):
    assert closed[name] == expected


def test_without_combinations_nothing_is_blocked(frame):
    assert blocked_by_combinations([], frame(SENT, contacted_on="date"), frame(PEOPLE), AS_OF).collect() == []


def blocks(combination, offer, contacts):
    """Plain Python: whether what a customer is sent, (offer, day) by (offer, day), blocks an offer of as_of."""
    if combination.never_together:
        return offer in combination.never_together and any(
            sent in combination.never_together and sent != offer for sent, _ in contacts
        )
    if combination.only_after:
        return offer in combination.offers and not any(
            sent in combination.only_after and day < AS_OF for sent, day in contacts
        )
    pairs = [((sent, day), (offer, AS_OF)) for sent, day in contacts]
    in_order = [sorted(pair, key=lambda contact: contact[1]) for pair in pairs]
    return any(
        first in combination.after and then in combination.offers and (day - before).days <= combination.not_within_days
        for (first, before), (then, day) in in_order
    )


def test_an_independent_recount_of_random_histories_agrees(spark):
    random, offers = Random(3), ["card", "loan", "fund", "call"]
    past = [
        (
            f"c{random.randrange(60)}",
            random.choice([*offers, "fax"]),
            AS_OF + timedelta(days=random.choice([*range(-40, 0), *range(1, 15)])),
        )
        for _ in range(120)
    ]
    definitions = [
        {"never_together": random.sample(offers, 2)},
        {"never_together": random.sample(offers, 3)},
        {"offers": random.sample(offers, 2), "after": random.sample(offers, 2), "not_within_days": 10},
        {"offers": random.sample(offers, 1), "after": random.sample(offers, 1), "not_within_days": 1},
        {"offers": random.sample(offers, 2), "only_after": random.sample(offers, 2)},
    ]
    combinations = [
        Combination.model_validate({"name": f"n{k}", **definition}) for k, definition in enumerate(definitions)
    ]
    people = spark.createDataFrame([(f"c{k}",) for k in range(60)], "customer_id string")
    rows = blocked_by_combinations(combinations, spark.createDataFrame(past, CONTACTS).coalesce(1), people, AS_OF)
    closed = {(row["unit_id"], row["rule"], row["same"]) for row in rows.collect()}
    verdicts = []
    for number, combination, offer in product(range(60), combinations, offers):
        who = f"c{number}"
        groups = {
            "": combination.offers or (),
            BEFORE: combination.after or (),
            offer: combination.never_together or (),
        }
        is_blocked = any(offer in offers and (who, combination.name, same) in closed for same, offers in groups.items())
        verdicts.append(is_blocked)
        assert is_blocked == blocks(combination, offer, [row[1:] for row in past if row[0] == who]), (
            who,
            combination,
            offer,
        )
    assert 0.05 < sum(verdicts) / len(verdicts) < 0.9
