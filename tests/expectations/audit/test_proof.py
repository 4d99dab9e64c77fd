"""The auditor's own reckoning of a bound, beside trying every plan and beside the optimizer's."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction

import pytest

from expectations.audit.proof import proven_bound
from optimization import Infeasible, Problem, solve

NIGHTS = (*range(150), 263, 285, 457, 541, 755, 818, 867)
"""Of the last ones a tree proves that there is no plan."""


@pytest.fixture(scope="module")
def nights(random_night, oracle):
    """Small nights with the proof of each engine: (table, limits, plan, best worth)."""
    return [_solved(random_night(seed), oracle, engine) for seed in NIGHTS for engine in ("exact", "prices")]


def _solved(night, oracle, engine):
    try:
        plan = solve(night.problem(), night.limits, engine=engine, max_gap=0)
    except Infeasible as error:
        plan = error.plan
    limits = [limit.model_dump(mode="json", exclude_none=True) for limit in night.limits]
    return night.table, limits, plan, oracle(night.table, night.limits, night.max_per_household).worth


def test_it_is_what_the_optimizer_says_it_is(nights):
    for table, limits, plan, _ in nights:
        assert proven_bound(table, limits, plan.proof, plan.value) == plan.bound


def test_no_plan_is_worth_more(nights):
    assert any(best is None for *_, best in nights)
    for table, limits, plan, best in nights:
        bound = proven_bound(table, limits, plan.proof, plan.value)
        assert bound is None if best is None else bound >= best


def test_whatever_the_prices_no_plan_is_worth_more(nights):
    for table, limits, plan, best in nights:
        scaled = [price | {"price": str(Fraction(price["price"]) / 3)} for price in plan.proof["prices"]]
        if best is not None:
            assert proven_bound(table, limits, plan.proof | {"prices": scaled, "tree": []}, plan.value) >= best


def test_a_proof_with_a_pruned_tree_proves_less(nights):
    pruned = 0
    for table, limits, plan, best in nights:
        proof = deepcopy(dict(plan.proof))
        if best is None and len(proof["tree"]) > 1:
            proof["tree"] = [{"prices": [], "is_empty": True}]
            pruned += proven_bound(table, limits, proof, None) is not None
    assert pruned >= 2


@pytest.fixture
def two_offers(limit, table):
    """One email for two customers: the bound is 9, the price of the email is between 5 and 9."""
    drawn = """
        customer_id | offer_id | channel | value | cost
        ann         | gift     | email   | 10    | 1
        bob         | gift     | email   | 6     | 1
    """
    one_email = limit("emails", count="contacts", max=1)
    plan = solve(Problem.from_table(table(drawn)), [one_email], max_gap=0)
    return table(drawn), [one_email.model_dump(mode="json", exclude_none=True)], dict(plan.proof)


def test_the_bound_of_two_offers_is_found_in_the_head(two_offers):
    assert proven_bound(*two_offers, 9_000_000) == 9_000_000


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ({"limit": "letters", "bound": "max", "price": "1"}, "no limit in force has"),
        ({"limit": "emails", "bound": "min", "price": "1"}, "no limit in force has"),
        ({"limit": "emails", "bound": "max", "price": "-1"}, "proves nothing"),
    ],
)
def test_a_price_that_proves_nothing_is_refused(two_offers, stated, why):
    table, limits, proof = two_offers
    with pytest.raises(ValueError, match=why):
        proven_bound(table, limits, proof | {"prices": [stated]}, None)


def test_a_price_above_that_of_missing_a_soft_minimum_is_refused(two_offers):
    table, _, proof = two_offers
    soft = [{"name": "wish", "count": "contacts", "min": 3, "shortfall_price": "2"}]
    deep = [{"limit": "wish", "bound": "min", "price": "2000001"}]
    with pytest.raises(ValueError, match="proves nothing"):
        proven_bound(table, soft, proof | {"prices": deep}, None)
    just = [{"limit": "wish", "bound": "min", "price": "2000000"}]
    assert (
        proven_bound(table, soft, proof | {"prices": just, "tree": []}, None) == 12_000_000
    )  # 14 less one of three wishes


def test_a_tree_that_splits_on_nobody_is_refused(two_offers):
    table, limits, proof = two_offers
    tree = [{"split": ["cid", "gift", "email"], "chosen": 1, "left_out": 1}, {"prices": [], "is_empty": False}]
    with pytest.raises(ValueError, match="not there"):
        proven_bound(table, limits, proof | {"tree": tree}, None)


def test_amounts_that_pass_int64_when_weighted_are_counted_all_the_same(limit, table):
    drawn = """
        customer_id | offer_id | channel | value      | cost
        ann         | gift     | email   | 4000000000 | 3000000000
        bob         | gift     | email   | 3000000000 | 1000000000
    """
    budget = limit("budget", sum="cost", max="2999999999.999999")
    plan = solve(Problem.from_table(table(drawn)), [budget], max_gap=0)
    limits = [budget.model_dump(mode="json", exclude_none=True)]
    fine = [{"limit": "budget", "bound": "max", "price": f"{2**61 + 1}/{2**61}"}]
    assert proven_bound(table(drawn), limits, plan.proof, plan.value) == 2_000_000_000_000_000
    # A price a hair above a millionth a unit: bob gains all but a thousand millionths, and the budget gives them back.
    assert proven_bound(table(drawn), limits, plan.proof | {"prices": fine}, plan.value) >= 2_000_000_000_000_000
