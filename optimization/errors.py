"""The errors of the optimizer, each named for what the caller can do next."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from conf.exit_codes import ExitCode

if TYPE_CHECKING:
    from optimization.plan import Plan

FIRST_ROWS = 5


class BadInput(ValueError):
    """Candidates or limits that are not valid: correct what the message names."""

    exit_code = ExitCode.INPUT


class Infeasible(RuntimeError):
    """No plan keeps all limits together: relax one of those named.

    Attributes:
        plan: status `infeasible`; `conflict` names the limits, `relaxation` says what would be enough.
    """

    exit_code = ExitCode.INFEASIBLE

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__(f"no plan keeps these limits together: {', '.join(plan.conflict)}; {plan.relaxation}")


class NoPlanInTime(RuntimeError):
    """The time ran out: raise it, or accept a larger gap.

    Attributes:
        plan: status `no_plan_in_time`; the best plan found, with its gap, or none (`has_plan` is false).
    """

    exit_code = ExitCode.NO_PLAN_IN_TIME

    def __init__(self, plan: Plan, max_gap: object) -> None:
        self.plan = plan
        result = f"the best plan has a gap of {plan.gap:.3g}" if plan.has_plan else "no plan was found"
        super().__init__(
            f"{result} after {plan.seconds:.1f} seconds, and a gap of {max_gap} is asked for: "
            "raise the time limit or the gap"
        )


def rows_named(is_bad: NDArray[np.bool_]) -> str:
    """How many rows are bad and which come first, counted from 0: `3 rows, first 0, 4, 9`."""
    rows = np.flatnonzero(is_bad)
    first = ", ".join(str(row) for row in rows[:FIRST_ROWS])
    return f"{len(rows)} row{'s' if len(rows) != 1 else ''}, first {first}"


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint at the name that was meant: `; did you mean 'cost'? Known: channel, cost`."""
    valid = sorted(names)
    close = get_close_matches(name, valid, n=1)
    meant = f"; did you mean {close[0]!r}?" if close else "."
    return f"{meant} Known: {', '.join(valid)}"
