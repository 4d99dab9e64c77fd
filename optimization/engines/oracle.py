"""Looking at a market at given prices: what customers gain, what they use, who is decided."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from conf.micros import MICROS
from optimization.engines.kernel import (
    NOBODY,
    UNDECIDED,
    Float64s,
    Int64s,
    Menus,
    Quote,
    best_members,
    keep,
    regrets,
    respond,
)
from optimization.engines.lagrangian import Market, menus_of
from optimization.presolve import narrowed
from optimization.program import Program

CHUNK = 2**15
"""Customers looked at in one go."""
THREADS = 2
WORTH_A_THREAD = 500_000
"""Candidates below which handing work to threads takes longer than the work."""


@dataclass(frozen=True)
class Look:
    """What customers do at given prices.

    Attributes:
        worth: the dual function there, in the currency: no fractional plan of this market is worth more.
        gain: the part of `worth` that customers gain.
        uses: (rows,) what they use, in scaled units.
    """

    price: Float64s
    worth: float
    gain: float
    uses: Float64s


@dataclass(frozen=True)
class Contest:
    """What the prices settle, and what the finish decides.

    Attributes:
        chosen: the places that are chosen by customers who are not contested, ascending.
        open: the places that are open, ascending.
    """

    chosen: Int64s
    open: Int64s


def look(market: Market, price: Float64s) -> Look:
    """One look at all customers."""
    chosen, gain = _responses(market, market.quote(price))
    uses = _uses(market, chosen)
    total = gain / (MICROS * 2**market.bits)
    return Look(price, total + market.constant(price), total, uses)


def decisions(program: Program, quote: Quote, widths: Quote) -> tuple[Int64s, Int64s]:
    """Whose choice is the same all over the box of prices that a quote and its widths span.

    Returns:
        The places that others may still choose, and the places that those who are decided choose, both ascending.
    """

    def one(menus: Menus) -> tuple[Int64s, Int64s]:
        choice = np.empty(len(menus.start) - 1, dtype=np.int64)
        kept = np.empty(int(menus.start[-1] - menus.start[0]), dtype=np.int64)
        written = keep(menus, quote, widths, choice, kept)
        return choice, kept[:written].copy()

    found = _each(menus_of(program), one)
    choice, kept = (np.concatenate(part) for part in zip(*found, strict=True))
    if program.home is not None and program.slots is not None:
        choice, kept = _with_households(program.home, program.slots, choice, kept)
    return kept, choice[choice >= 0]


def reduce_within(market: Market, price: Float64s, widths: Quote) -> tuple[Market, Int64s]:
    """Set aside the customers whose choice is the same wherever no option's cost moves by more than its width.

    Returns:
        The market of the others, with their candidates that can still be best and the bounds less what is decided; and
        the places that are decided, ascending.
    """
    kept, decided = decisions(market.program, market.quote(price), widths)
    rest = narrowed(market.program, kept, decided)
    return market.holding(rest, used=market.program.uses(decided)), decided


def contests(market: Market, price: Float64s, customers: int) -> Contest:
    """Open the customers who lose least by another choice than their best."""
    quote = market.quote(price)

    def one(menus: Menus) -> tuple[Int64s, Int64s]:
        choice = np.empty(len(menus.start) - 1, dtype=np.int64)
        regret = np.empty(len(choice), dtype=np.int64)
        regrets(menus, quote, choice, regret)
        return choice, regret

    choice, regret = (np.concatenate(found) for found in zip(*_each(market.menus, one), strict=True))
    if market.home is not None and market.slots is not None:
        best = np.empty(market.customers, dtype=np.int64)
        respond(market.menus, quote, np.empty_like(best), best)
        is_in, distance = _rivalry(market.home, market.slots, best)
        choice, regret = np.where(is_in, choice, NOBODY), np.minimum(regret, distance)
    is_open = np.zeros(market.customers, dtype=bool)
    is_open[np.argsort(regret, kind="stable")[:customers]] = True
    menus = market.menus
    opened = np.flatnonzero(np.repeat(is_open, np.diff(menus.start)))
    return Contest(choice[~is_open & (choice >= 0)], opened)


def _uses(market: Market, chosen: Int64s) -> Float64s:
    """(rows,) what chosen places use, in scaled units."""
    option = market.menus.option[chosen]
    options = market.per_option.shape[1]
    uses: Float64s = (market.per_option * np.bincount(option, minlength=options)).sum(axis=1)
    for column, factors in zip(market.menus.columns, market.factors, strict=True):
        uses = uses + (factors * np.bincount(option, weights=column[chosen], minlength=options)).sum(axis=1)
    return uses


def _rivalry(home: Int64s, slots: Int64s, best: Int64s) -> tuple[NDArray[np.bool_], Int64s]:
    """Which customers are among their household's best members, and how far each is from the other side."""
    is_in = np.zeros(len(best), dtype=bool)
    best_members(home, slots, best, is_in)
    sizes = np.diff(home)
    last_in = np.minimum.reduceat(np.where(is_in, best, 2**62), home[:-1])
    first_out = np.maximum.reduceat(np.where(is_in, 0, best), home[:-1])
    rival = np.where(is_in, np.repeat(first_out, sizes), np.repeat(last_in, sizes))
    is_rivalled = np.repeat(first_out > 0, sizes) & (best > 0)
    return is_in, np.where(is_rivalled, np.abs(best - rival), 2**62)


def _with_households(home: Int64s, slots: Int64s, choice: Int64s, kept: Int64s) -> tuple[Int64s, Int64s]:
    """Members who compete for their household's slots are undecided, even where each has one candidate."""
    contends = choice != NOBODY
    contenders = np.add.reduceat(contends.astype(np.int64), home[:-1])
    is_crowded = np.repeat(contenders > slots, np.diff(home))
    reopened = choice[is_crowded & (choice >= 0)]
    return np.where(is_crowded & contends, UNDECIDED, choice), np.sort(np.concatenate([kept, reopened]))


def _responses(market: Market, quote: Quote) -> tuple[Int64s, int]:
    """The chosen places, ascending, and the sum of their margins on the fine grid."""

    def one(menus: Menus) -> tuple[Int64s, Int64s]:
        choice = np.empty(len(menus.start) - 1, dtype=np.int64)
        best = np.empty(len(choice), dtype=np.int64)
        respond(menus, quote, choice, best)
        return choice, best

    found = list(_each(market.menus, one))
    if market.home is None or market.slots is None:
        return np.concatenate([choice[choice >= 0] for choice, _ in found]), sum(int(best.sum()) for _, best in found)
    best = np.concatenate([best for _, best in found])
    is_in = np.zeros(len(best), dtype=bool)
    best_members(market.home, market.slots, best, is_in)
    return np.concatenate([choice for choice, _ in found])[is_in], int(best[is_in].sum())


def _each(menus: Menus, one: Callable[[Menus], tuple[Int64s, Int64s]]) -> list[tuple[Int64s, Int64s]]:
    """The function's answers for chunks of customers, in order; threads share the work."""
    start, key = menus.start, menus.customer_key
    chunks = [
        menus._replace(start=start[first : first + CHUNK + 1], customer_key=key[first : first + CHUNK])
        for first in range(0, max(len(key), 1), CHUNK)
    ]
    if len(chunks) == 1 or len(menus.net) < WORTH_A_THREAD:
        return [one(chunk) for chunk in chunks]
    return list(_pool().map(one, chunks))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS)
