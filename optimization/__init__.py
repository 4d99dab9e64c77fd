"""The best plan for one night: candidates and limits in, chosen candidates and a proof out."""

from conf.limit import Limit
from optimization.errors import BadInput, Infeasible, NoPlanInTime
from optimization.plan import LimitUse, Plan, Status
from optimization.problem import Problem
from optimization.solve import solve

__all__ = ["BadInput", "Infeasible", "Limit", "LimitUse", "NoPlanInTime", "Plan", "Problem", "Status", "solve"]
