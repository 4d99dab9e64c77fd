"""The engines, and the choice among them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from optimization.engines.exact import solve_exactly
from optimization.engines.price_engine import solve_by_prices
from optimization.engines.result import EngineResult
from optimization.errors import BadInput, nearest
from optimization.program import Program
from optimization.stopwatch import Stopwatch

Search = Callable[[Program, Fraction, Stopwatch], EngineResult]

MOST_FOR_EXACT = 20_000
"""Candidates up to which one linear relaxation of all is faster than a price search."""
ENGINES: dict[str, Search] = {"exact": solve_exactly, "prices": solve_by_prices}


def engine_for(name: str, program: Program) -> tuple[str, str, Search]:
    """The name of the engine, the reason for the choice, and its search.

    Raises:
        BadInput: there is no engine of this name.
    """
    if name != "auto":
        if name == "spark":
            raise BadInput("the engine 'spark' takes a Spark frame: see optimization.spark.solver")
        if name not in ENGINES:
            raise BadInput(f"no engine {name!r}{nearest(name, ['auto', *ENGINES])}")
        return name, "asked for", ENGINES[name]
    if len(program.net) <= MOST_FOR_EXACT:
        return "exact", f"{len(program.net)} candidates: the whole problem fits one relaxation", solve_exactly
    return (
        "prices",
        f"{len(program.net)} candidates, more than {MOST_FOR_EXACT}: customers choose at prices",
        solve_by_prices,
    )
