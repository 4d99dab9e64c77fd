"""A search ends by its own work: what neighbours take of the machine does not count against it."""

from __future__ import annotations

from fractions import Fraction
from threading import Thread
from time import process_time, sleep, thread_time

import numpy as np
import pyarrow as pa
import pytest

from optimization import Limit, Problem
from optimization.compilation import compile_program
from optimization.engines import ENGINES
from optimization.stopwatch import LEAST, WALL_FACTOR, Stopwatch
from optimization.threads import each, processor_seconds, sharing


class Machine:
    """Two clocks that stand still until they are moved: of the process's own work, and on the wall."""

    def __init__(self) -> None:
        self.processor, self.wall = 100.0, 5_000.0

    def stopwatch(self, seconds: float) -> Stopwatch:
        return Stopwatch(seconds, processor=lambda: self.processor, clock=lambda: self.wall)


@pytest.fixture
def machine():
    return Machine()


def test_work_counts_in_full_and_what_neighbours_take_does_not(machine):
    stopwatch = machine.stopwatch(10)
    machine.processor, machine.wall = machine.processor + 4, machine.wall + 4
    assert (stopwatch.spent(), stopwatch.remaining()) == (4, 6)  # an idle machine: both clocks agree
    machine.processor, machine.wall = machine.processor + 4, machine.wall + 30
    assert (stopwatch.spent(), stopwatch.is_over()) == (8, False)  # a busy one: 34 seconds have gone by
    machine.processor += 2
    assert stopwatch.is_over()


def test_waiting_counts_a_fifth_so_that_every_search_ends(machine):
    stopwatch = machine.stopwatch(10)
    machine.wall += 10 * WALL_FACTOR - 1
    assert not stopwatch.is_over()
    machine.wall += 1
    assert stopwatch.is_over()


def test_a_native_solver_may_take_the_rest_of_the_wall_clock(machine):
    stopwatch = machine.stopwatch(10)
    machine.processor += 8
    assert stopwatch.seconds_for_a_solver() == 2 * WALL_FACTOR
    machine.processor += 8
    assert stopwatch.seconds_for_a_solver() == LEAST


def busy(seconds: float) -> float:
    began = thread_time()
    while thread_time() - began < seconds:
        pass
    return seconds


def test_threads_that_share_the_work_count_once_and_threads_of_others_not_at_all():
    began, neighbour = processor_seconds(), Thread(target=busy, args=(0.2,))
    neighbour.start()
    with sharing(2):
        assert each(busy, [0.1, 0.1]) == [0.1, 0.1]
    neighbour.join()
    assert 0.1 <= processor_seconds() - began < 0.15
    sleep(0.05)
    assert processor_seconds() - began < 0.15


def contested(customers: int) -> Problem:
    """A knapsack: many customers whose costs leave a gap to branch on."""
    pick = np.random.default_rng(1)
    rows = {
        "customer_id": [f"c{number}" for number in range(customers)],
        "offer_id": ["gift"] * customers,
        "channel": ["sms"] * customers,
        "value": pick.integers(10**6, 10**8, customers) + 10**9,
        "cost": pick.integers(10**6, 10**8, customers),
    }
    return Problem.from_table(pa.table(rows))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_machine_that_stands_still_for_others_ends_no_search(engine, machine):
    """Each look at the wall clock finds 30 seconds gone, while the search has worked for none of them."""
    program = compile_program(contested(12), [Limit(name="budget", sum="cost", max=300)])

    def clock() -> float:
        machine.wall += 30
        return machine.wall

    stopwatch = Stopwatch(600, processor=lambda: machine.processor, clock=clock)
    result = ENGINES[engine](program, Fraction(1, 1_000), stopwatch)
    assert machine.wall > 5_000 + 2 * 30
    assert result.chosen is not None
    unhurried = ENGINES[engine](program, Fraction(1, 1_000), Stopwatch(600))
    assert result.chosen.tolist() == unhurried.chosen.tolist()


def test_native_solvers_work_in_the_thread_that_asks_them():
    """So its processor time is all that the process spends."""
    program = compile_program(contested(100), [Limit(name="budget", sum="cost", max=2_500)])
    worked, spent = processor_seconds(), process_time()
    ENGINES["exact"](program, Fraction(0), Stopwatch(1))
    assert processor_seconds() - worked > 0.9 * (process_time() - spent)
