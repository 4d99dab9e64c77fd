"""Random choices among non-scarce candidates keep every maximum, whatever is drawn."""

from itertools import product

import numpy as np
import pyarrow as pa
import pytest

from jobs.planning.exploration import non_scarce
from optimization import Problem, solve
from tests.optimization.drawn_problems import is_counted

DRAWN = """
    customer_id | offer_id | channel | value | cost
    ann         | card     | email   | 9     | 1
    ann         | card     | call    | 20    | 6
    bob         | card     | email   | 8     | 1
    bob         | card     | call    | 20    | 6
    eve         | card     | email   | 7     | 1
"""


def ids_of(problem):
    return np.unique(problem.customer, return_inverse=True)[1]


@pytest.mark.parametrize(
    ("stated", "are_non_scarce"),
    [
        ([], [True] * 5),
        ([{"count": "contacts", "where": {"channel": ["call"]}, "max": 2}], [True] * 5),  # two could call, no more
        ([{"count": "contacts", "where": {"channel": ["call"]}, "max": 1}], [True, False, True, False, True]),
        ([{"sum": "cost", "max": 13}], [True] * 5),  # 6 + 6 + 1 at worst
        ([{"sum": "cost", "max": "12.999999"}], [False] * 5),
        ([{"count": "contacts", "min": 5}], [True] * 5),  # a minimum is nothing that could be used up
        ([{"ratio": ["value", "cost"], "min": 8}], [True, False, True, False, False]),  # 9, 20 / 6, 8, 20 / 6, 7
        ([{"ratio": ["value", "cost"], "min": 8, "shortfall_price": 1}], [True] * 5),  # a wish may be missed
    ],
)
def test_what_could_run_out_is_not_drawn_from(night, limit, stated, are_non_scarce):
    problem = night(DRAWN)
    limits = [limit(f"l{k}", **settings) for k, settings in enumerate(stated)]
    assert non_scarce(problem, limits, ids_of(problem), np.ones(5, dtype=bool)).tolist() == are_non_scarce


def test_only_those_who_explore_count(night, limit):
    problem = night(DRAWN)
    calls = limit("calls", count="contacts", where={"channel": ["call"]}, max=1)
    is_open = problem.customer == 0
    assert non_scarce(problem, [calls], ids_of(problem), is_open).all()


def test_every_choice_among_non_scarce_candidates_keeps_every_maximum(random_night):
    choices = 0
    for seed in range(120):
        night = random_night(seed)
        problem = night.problem()
        maxima = [maximum_alone(limit) for limit in night.limits if limit.max]
        if not len(problem) or not maxima:
            continue
        unit = ids_of(problem)
        is_non_scarce = non_scarce(problem, maxima, unit, np.ones(len(problem), dtype=bool))
        by_unit = [np.flatnonzero(is_non_scarce & (unit == number)) for number in range(unit.max() + 1)]
        for chosen in product(*(positions for positions in by_unit if len(positions))):
            taken = night.table.take(pa.array(chosen, pa.int64()))
            choices += 1
            for limit in maxima:
                if not limit.is_quotient:
                    assert use_of(limit, taken.to_pylist()) <= limit.max
    assert choices > 200


def maximum_alone(limit):
    return limit.model_copy(update={"min": None, "shortfall_price": None})


def use_of(limit, rows):
    counted = [row for row in rows if is_counted(limit.where, row)]
    return len(counted) if limit.count else sum(row[limit.sum] for row in counted) / 10**6


def test_a_demand_for_what_was_drawn_is_met_by_the_plan(table, limit):
    rows = table(DRAWN).take([0, 3, 4])
    drawn = rows.append_column("explores", [[False, True, False]])
    limits = [
        limit("budget", sum="cost", max=7),
        limit("exploration", count="contacts", where={"explores": [True]}, min=1),
    ]
    plan = solve(Problem.from_table(drawn), limits, max_gap=0)
    assert plan.chosen.tolist() == [0, 1]  # the call costs 6 and leaves one email
