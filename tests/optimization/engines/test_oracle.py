"""The dual oracle: the compiled kernel against NumPy, fixing in a price box against the prices in it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conf.micros import MICROS
from optimization.compilation import compile_program
from optimization.engines.customers import rest_of
from optimization.engines.kernel import fine_nets
from optimization.engines.lagrangian import Lagrangian
from optimization.engines.oracle import evaluate_dual, open_ambiguous

PRICES = st.lists(st.floats(-20, 20), min_size=10, max_size=10)


def lagrangian_of(night) -> Lagrangian:
    return Lagrangian.of(compile_program(night.problem(), night.limits))


def clipped(lagrangian: Lagrangian, wanted) -> np.ndarray:
    return np.clip(np.array(wanted[: lagrangian.rows]), lagrangian.min_price, lagrangian.max_price)


def margins_by_numpy(lagrangian: Lagrangian, price: np.ndarray) -> np.ndarray:
    """net - π of every candidate, in the currency, without the fine grid."""
    option = lagrangian.candidates.option
    paid = price @ lagrangian.per_option[:, option] if lagrangian.rows else np.zeros(len(option))
    for column, factors in zip(lagrangian.candidates.columns, lagrangian.factors, strict=True):
        paid = paid + (price @ factors)[option] * column
    return lagrangian.candidates.net / MICROS - paid


def gains_by_numpy(lagrangian: Lagrangian, price: np.ndarray) -> float:
    margin = margins_by_numpy(lagrangian, price)
    per_customer = np.split(margin, lagrangian.candidates.start[1:-1]) if lagrangian.customers else []
    best = np.array([max(margins.max(), 0) for margins in per_customer])
    if lagrangian.household_offsets is None:
        return float(best.sum())
    households = np.split(best, lagrangian.household_offsets[1:-1]) if len(best) else []
    return float(
        sum(
            np.sort(household)[::-1][:capacity].sum()
            for household, capacity in zip(households, lagrangian.household_capacity, strict=True)
        )
    )


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=PRICES)
def test_the_kernel_adds_up_what_numpy_does(seed, wanted, random_night):
    lagrangian = lagrangian_of(random_night(seed))
    price = clipped(lagrangian, wanted)
    evaluation = evaluate_dual(lagrangian, price)
    assert evaluation.gain == pytest.approx(gains_by_numpy(lagrangian, price), abs=2e-5)  # the jitter: < 1 micro each
    assert evaluation.worth == pytest.approx(evaluation.gain + lagrangian.constant(price))


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=PRICES, step=PRICES)
def test_every_evaluation_gives_a_cut_below_the_dual_function(seed, wanted, step, random_night):
    lagrangian = lagrangian_of(random_night(seed))
    here, there = clipped(lagrangian, wanted), clipped(lagrangian, np.add(wanted, step))
    evaluation, other = evaluate_dual(lagrangian, here), evaluate_dual(lagrangian, there)
    assert other.gain >= evaluation.gain - float((evaluation.uses * (there - here)).sum()) - 2e-5


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=PRICES, width=st.floats(0, 5), shift=PRICES)
def test_a_customer_who_is_fixed_in_a_box_chooses_the_same_everywhere_in_it(seed, wanted, width, shift, random_night):
    night = random_night(seed)
    program = compile_program(night.problem(), night.limits)
    lagrangian = Lagrangian.of(program)
    price = np.array(wanted[: lagrangian.rows])
    inside = price + np.clip(shift[: lagrangian.rows], -1, 1) * width
    rest = rest_of(program, lagrangian.option_costs(price), lagrangian.moves(price, inside))
    complete, reduced = evaluate_dual(lagrangian, inside), evaluate_dual(lagrangian.holding(rest.program), inside)
    taken = fine_nets(lagrangian.candidates)[rest.decided] / (MICROS * 2**lagrangian.bits)
    paid = margins_by_numpy(lagrangian, inside)[rest.decided] - lagrangian.candidates.net[rest.decided] / MICROS
    assert complete.gain == pytest.approx(reduced.gain + float(taken.sum() + paid.sum()), abs=2e-5)
    assert np.allclose((complete.uses - reduced.uses) * lagrangian.scale, rest.used)
    assert rest.worth == program.net[rest.decided].sum()


def test_a_wide_box_fixes_nobody_who_has_a_choice_and_a_box_without_spread_nearly_everybody(night, limit):
    program = compile_program(
        night("""
            customer_id | offer_id | channel | value | cost
            ann         | card     | email   | 10    | 0
            ann         | card     | sms     | 9     | 0
            bob         | card     | email   | 8     | 0
        """),
        [limit("emails", count="contacts", where={"channel": ["email"]}, max=1)],
    )
    lagrangian = Lagrangian.of(program)
    costs = lagrangian.option_costs(np.array([5.0]))
    assert len(rest_of(program, costs, lagrangian.uniform_spread(100.0)).decided) == 0
    rest = rest_of(program, costs, lagrangian.uniform_spread(0.0))
    assert (rest.program.customers, len(rest.decided)) == (0, 2)


def test_equal_candidates_are_separated_by_less_than_a_micro(night):
    rows = "\n".join(f"c{k} | card | sms | 5 | 1" for k in range(50))
    lagrangian = Lagrangian.of(compile_program(night("customer_id | offer_id | channel | value | cost\n" + rows), []))
    fine = fine_nets(lagrangian.candidates)
    assert len(set(fine.tolist())) == 50
    assert (fine >> lagrangian.bits == 4 * MICROS).all()


def test_the_ambiguous_are_the_customers_who_lose_least_by_another_choice(night):
    program = compile_program(
        night("""
            customer_id | offer_id | channel | value | cost
            ann         | card     | email   | 10    | 0
            ann         | card     | sms     | 9     | 0     # ann loses 1
            bob         | card     | email   | 8     | 0     # bob loses 8
        """),
        [],
    )
    opened = open_ambiguous(Lagrangian.of(program), np.zeros(0), 1)
    assert sorted(program.candidate[opened.open].tolist()) == [0, 1]
    assert program.candidate[opened.chosen].tolist() == [2]
