"""The best plan for one night: candidates and limits in, chosen candidates and a proof out.

    problem = Problem.from_table(candidates)                  # one row per candidate; money in micros
    plan = solve(problem, [Limit(name="budget", sum="cost", max=1000)])
    candidates.take(plan.chosen)                              # at most one row a customer

A micro is a millionth of a unit of the currency. `Problem` holds n candidates as arrays; `Limit` is one bound that many
candidates share; `solve` returns a `Plan` with its `Status`, a `LimitUse` per limit and a proof of its bound. It raises
`BadInput` (correct the input), `Infeasible` (relax a limit) or `NoPlanInTime` (allow more time, or a larger gap).
"""

from conf.limit import Limit
from optimization.errors import BadInput, Infeasible, NoPlanInTime
from optimization.plan import LimitUse, Plan, Status
from optimization.problem import Problem
from optimization.solver import solve

__all__ = ["BadInput", "Infeasible", "Limit", "LimitUse", "NoPlanInTime", "Plan", "Problem", "Status", "solve"]
