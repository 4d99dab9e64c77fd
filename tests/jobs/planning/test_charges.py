"""What limits charge, against the bound that the same prices prove."""

from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pytest

from conf.limit import Limit
from jobs.planning.charges import charges
from optimization import Problem, solve

UNIT = 1_000_000
CANDIDATES = pa.table(
    {
        "customer_id": ["ann", "ann", "bob", "cat"],
        "offer_id": ["card", "loan", "card", "loan"],
        "channel": ["email", "letter", "letter", "email"],
        "value": [5 * UNIT, 9 * UNIT, 8 * UNIT, UNIT],
        "cost": [2 * UNIT, 3 * UNIT, 2 * UNIT, 2 * UNIT],
    }
)
LETTERS = {"channel": ("letter",)}
LOANS = {"offer": ("loan",)}


def price(limit, bound, units):
    return {"limit": limit, "bound": bound, "price": str(Fraction(units) * UNIT)}


def test_a_maximum_charges_what_a_candidate_uses_and_a_minimum_pays_what_it_gives():
    limits = [
        Limit(name="budget", sum="cost", max=Decimal(4)),
        Limit(name="letters", count="contacts", where=LETTERS, max=Decimal(1)),
        Limit(name="loans", count="contacts", where=LOANS, min=Decimal(1)),
    ]
    proof = {"prices": [price("budget", "max", "0.5"), price("letters", "max", 3), price("loans", "min", "0.25")]}
    quarter, half = Fraction(UNIT, 4), Fraction(UNIT, 2)
    assert charges(CANDIDATES, limits, proof) == [
        {"budget": 2 * half},
        {"budget": 3 * half, "letters": 3 * UNIT, "loans": -quarter},
        {"budget": 2 * half, "letters": 3 * UNIT},
        {"budget": 2 * half, "loans": -quarter},
    ]


def test_a_ratio_charges_for_what_a_candidate_lacks_of_it_and_pays_for_what_it_has_above():
    limits = [Limit(name="return", ratio=("value", "cost"), min=Decimal(3))]
    charged = charges(CANDIDATES, limits, {"prices": [price("return", "min", "0.5")]})
    lacks = [3 * cost - value for value, cost in ((5, 2), (9, 3), (8, 2), (1, 2))]  # 1, 0, -2, 5
    assert [by_limit.get("return", 0) for by_limit in charged] == [Fraction(UNIT, 2) * lack for lack in lacks]


def test_without_candidates_or_prices_nothing_is_charged():
    limits = [Limit(name="budget", sum="cost", max=Decimal(4))]
    assert charges(CANDIDATES.slice(0, 0), limits, {"prices": []}) == []
    assert charges(CANDIDATES, limits, {"prices": []}) == [{}, {}, {}, {}]


@pytest.mark.parametrize(
    "limits",
    [
        [Limit(name="budget", sum="cost", max=Decimal(4))],
        [Limit(name="letters", count="contacts", where=LETTERS, max=Decimal(1))],
        [Limit(name="loans", count="contacts", where=LOANS, min=Decimal(2))],
        [Limit(name="return", ratio=("value", "cost"), min=Decimal("3.5"))],
        [
            Limit(name="budget", sum="cost", min=Decimal(3), max=Decimal(5)),
            Limit(name="loans", count="contacts", where=LOANS, min=Decimal(2), shortfall_price=Decimal("0.5")),
        ],
    ],
    ids=lambda limits: " and ".join(limit.name for limit in limits),
)
def test_the_surpluses_of_the_best_candidates_and_the_worth_of_the_bounds_make_the_bound_of_a_real_proof(limits):
    plan = solve(Problem.from_table(CANDIDATES), limits)
    charged = charges(CANDIDATES, limits, plan.proof)
    gains = dict.fromkeys(("ann", "bob", "cat"), Fraction(0))
    for row, by_limit in zip(CANDIDATES.to_pylist(), charged, strict=True):
        surplus = row["value"] - row["cost"] - sum(by_limit.values())
        gains[row["customer_id"]] = max(gains[row["customer_id"]], surplus)
    worth = sum(
        Fraction(dual["price"]) * Fraction(getattr(limit, dual["bound"])) * (1 if dual["bound"] == "max" else -1)
        for dual in plan.proof["prices"]
        for limit in limits
        if limit.name == dual["limit"] and limit.ratio is None
    )
    dual_bound = sum(gains.values()) + worth
    assert plan.value <= plan.bound <= dual_bound
    assert plan.proof["tree"] or dual_bound - plan.bound < UNIT  # rounded down to whole units
