"""The bound holds whatever prices it is given, and the proof is checked, not trusted."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optimization.bound import Margins, Part, Prices, weak_duality_bound
from optimization.compilation import compile_program
from optimization.proof import Leaf, Split, part_above, proven_bound, split

PRICES = st.lists(st.floats(-30, 30), min_size=10, max_size=10)


def program_of(night):
    return compile_program(night.problem(), night.limits)


def priced(program, wanted) -> Prices:
    return Prices.near(program, np.array(wanted[: len(program.rows)]) * 1e6 / [row.unit for row in program.rows])


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=PRICES)
def test_no_plan_is_worth_more_than_the_bound_at_any_prices(seed, wanted, random_night, oracle):
    night = random_night(seed)
    best = oracle(night.table, night.limits, night.max_per_household).worth
    program = program_of(night)
    bound = weak_duality_bound(program, priced(program, wanted))
    assert best is None or best <= bound


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=PRICES)
def test_prices_that_prove_a_conflict_never_do_so_where_a_plan_exists(seed, wanted, random_night, oracle):
    night = random_night(seed)
    program = program_of(night)
    if weak_duality_bound(program, priced(program, wanted), counts_value=False) < 0:
        assert oracle(night.table, night.limits, night.max_per_household).worth is None


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=PRICES, worth=st.integers(-5, 40))
def test_every_better_plan_stays_in_the_part_above_a_worth(seed, wanted, worth, random_night, oracle):
    night = random_night(seed)
    best = oracle(night.table, night.limits, night.max_per_household)
    program = program_of(night)
    part = part_above(program, priced(program, wanted), worth * 1_000_000)
    if best.worth is None or best.worth <= worth * 1_000_000:
        return
    for plan in best.plans:
        ids = [tuple(row.values()) for row in night.table.select(["customer_id", "offer_id", "channel"]).to_pylist()]
        positions = [k for k, candidate in enumerate(program.candidate) if ids[candidate] in plan]
        assert part.is_alive[positions].all()


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=PRICES, picks=st.lists(st.integers(0, 10**6), max_size=3))
def test_splitting_a_part_never_loses_the_best_plan(seed, wanted, picks, random_night, oracle):
    night = random_night(seed)
    best = oracle(night.table, night.limits, night.max_per_household).worth
    program = program_of(night)
    prices = priced(program, wanted)
    tree = Leaf(prices)
    for pick in picks if len(program.net) else []:
        tree = Split(pick % len(program.net), tree, Leaf(prices))
    bound = proven_bound(program, prices, tree, None)
    assert best is None or best <= bound


def test_a_leaf_that_claims_infeasibility_is_checked(night, limit):
    problem = night("customer_id | offer_id | channel | value | cost\n ann | card | sms | 3 | 1")
    program = compile_program(problem, [limit("all", count="contacts", min=1)])
    nothing = Prices((0,), 0)
    assert proven_bound(program, nothing, Leaf(nothing, is_infeasible=True), None) == 2_000_000


def test_prices_keep_the_sides_and_caps_of_their_limits(night, limit):
    problem = night("customer_id | offer_id | channel | value | cost\n ann | card | sms | 3 | 1")
    limits = [
        limit("most", count="contacts", max=1),
        limit("least", count="contacts", min=1),
        limit("soft", count="contacts", min=1, shortfall_price=2),
    ]
    program = compile_program(problem, limits)
    assert Prices.near(program, [-5e6, 5e6, 5e6]).as_floats().tolist() == [0, 0, 0]
    assert Prices.near(program, [5e6, -5e6, -5e6]).as_floats().tolist() == [5e6, -5e6, -2e6]


def test_margins_are_rounded_to_the_safe_side_on_their_grid(night, limit):
    problem = night(
        "customer_id | offer_id | channel | value | cost\n ann | card | sms | 3 | 1\n bob | card | sms | 3 | 2"
    )
    program = compile_program(problem, [limit("budget", sum="cost", max=1)])
    prices = Prices.near(program, [1 / 3])
    margins = Margins.at(program, prices)
    net = np.array([2_000_000, 1_000_000])[program.candidate]
    cost = np.array([1_000_000, 2_000_000])[program.candidate]
    exact = net - cost * prices.numerators[0] / 2**prices.bits
    assert (margins.of() >= exact * 2**margins.bits).all()
    assert (margins.of() <= exact * 2**margins.bits + 2).all()


def test_whoever_is_chosen_excludes_the_other_candidates_of_the_customer_and_of_a_full_household(night):
    drawn = night(
        """
        customer_id | offer_id | channel | value | cost | household_id
        ann         | card     | sms     | 3     | 1    | h1
        ann         | loan     | sms     | 3     | 1    | h1
        bob         | card     | sms     | 3     | 1    | h1
    """,
        max_per_household=1,
    )
    program = compile_program(drawn, [])
    position = int(np.flatnonzero(program.candidate == 0)[0])
    chosen, left_out = split(program, Part.whole(program), position)
    assert program.candidate[chosen.is_alive].tolist() == [0]
    assert sorted(program.candidate[left_out.is_alive].tolist()) == [1, 2]
