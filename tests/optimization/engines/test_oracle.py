"""What customers do at prices: the compiled kernel against NumPy, boxes against every price in them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conf.micros import MICROS
from optimization.compilation import compile_program
from optimization.engines.customers import rest_of
from optimization.engines.kernel import fine_nets
from optimization.engines.lagrangian import Market
from optimization.engines.oracle import contests, look

PRICES = st.lists(st.floats(-20, 20), min_size=10, max_size=10)


def market_of(night) -> Market:
    return Market.of(compile_program(night.problem(), night.limits))


def clipped(market: Market, wanted) -> np.ndarray:
    return np.clip(np.array(wanted[: market.rows]), market.cheapest, market.dearest)


def margins_by_numpy(market: Market, price: np.ndarray) -> np.ndarray:
    """net - π of every candidate, in the currency, without the fine grid."""
    option = market.menus.option
    paid = price @ market.per_option[:, option] if market.rows else np.zeros(len(option))
    for column, factors in zip(market.menus.columns, market.factors, strict=True):
        paid = paid + (price @ factors)[option] * column
    return market.menus.net / MICROS - paid


def gains_by_numpy(market: Market, price: np.ndarray) -> float:
    margin = margins_by_numpy(market, price)
    menus = np.split(margin, market.menus.start[1:-1]) if market.customers else []
    best = np.array([max(menu.max(), 0) for menu in menus])
    if market.home is None:
        return float(best.sum())
    homes = np.split(best, market.home[1:-1]) if len(best) else []
    return float(sum(np.sort(home)[-slots:].sum() for home, slots in zip(homes, market.slots, strict=True)))


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=PRICES)
def test_the_kernel_adds_up_what_numpy_does(seed, wanted, random_night):
    market = market_of(random_night(seed))
    price = clipped(market, wanted)
    seen = look(market, price)
    assert seen.gain == pytest.approx(gains_by_numpy(market, price), abs=2e-5)  # the jitter: < 1 millionth each
    assert seen.worth == pytest.approx(seen.gain + market.constant(price))


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=PRICES, step=PRICES)
def test_every_look_is_a_cut_below_the_dual_function(seed, wanted, step, random_night):
    market = market_of(random_night(seed))
    here, there = clipped(market, wanted), clipped(market, np.add(wanted, step))
    seen, other = look(market, here), look(market, there)
    assert other.gain >= seen.gain - float((seen.uses * (there - here)).sum()) - 2e-5


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=PRICES, width=st.floats(0, 5), shift=PRICES)
def test_whoever_is_decided_in_a_box_chooses_the_same_everywhere_in_it(seed, wanted, width, shift, random_night):
    night = random_night(seed)
    program = compile_program(night.problem(), night.limits)
    market = Market.of(program)
    price = np.array(wanted[: market.rows])
    inside = price + np.clip(shift[: market.rows], -1, 1) * width
    rest = rest_of(program, market.quote(price), market.moves(price, inside))
    whole, left = look(market, inside), look(market.holding(rest.program), inside)
    taken = fine_nets(market.menus)[rest.decided] / (MICROS * 2**market.bits)
    paid = margins_by_numpy(market, inside)[rest.decided] - market.menus.net[rest.decided] / MICROS
    assert whole.gain == pytest.approx(left.gain + float(taken.sum() + paid.sum()), abs=2e-5)
    assert np.allclose((whole.uses - left.uses) * market.scale, rest.used)
    assert rest.worth == program.net[rest.decided].sum()


def test_a_wide_box_decides_nobody_who_has_a_choice_and_a_box_of_no_width_nearly_everybody(night, limit):
    program = compile_program(
        night("""
            customer_id | offer_id | channel | value | cost
            ann         | card     | email   | 10    | 0
            ann         | card     | sms     | 9     | 0
            bob         | card     | email   | 8     | 0
        """),
        [limit("emails", count="contacts", where={"channel": ["email"]}, max=1)],
    )
    market = Market.of(program)
    quote = market.quote(np.array([5.0]))
    assert len(rest_of(program, quote, market.widths_of(100.0)).decided) == 0
    rest = rest_of(program, quote, market.widths_of(0.0))
    assert (rest.program.customers, len(rest.decided)) == (0, 2)


def test_equal_candidates_are_told_apart_by_less_than_a_millionth(night):
    rows = "\n".join(f"c{k} | card | sms | 5 | 1" for k in range(50))
    market = Market.of(compile_program(night("customer_id | offer_id | channel | value | cost\n" + rows), []))
    fine = fine_nets(market.menus)
    assert len(set(fine.tolist())) == 50
    assert (fine >> market.bits == 4 * MICROS).all()


def test_the_contested_are_those_who_lose_least_by_another_choice(night):
    program = compile_program(
        night("""
            customer_id | offer_id | channel | value | cost
            ann         | card     | email   | 10    | 0
            ann         | card     | sms     | 9     | 0     # ann loses 1
            bob         | card     | email   | 8     | 0     # bob loses 8
        """),
        [],
    )
    contest = contests(Market.of(program), np.zeros(0), 1)
    assert sorted(program.candidate[contest.open].tolist()) == [0, 1]
    assert program.candidate[contest.chosen].tolist() == [2]
