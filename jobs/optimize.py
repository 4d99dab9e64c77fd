"""Candidates and limits -> the plan, what each limit costs, and how near the best the plan is."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from conf.policy import Policy
from conf.settings import Settings
from jobs.context import RunContext
from jobs.solution_files import proof_bytes
from optimization import LimitUse, Plan, Problem, solve

PLAN = ("customer_id", "offer_id", "channel", "value", "cost")
PRICE_COLUMNS = {
    "name": pa.string(),
    "use": pa.float64(),
    "min": pa.float64(),
    "max": pa.float64(),
    "shadow_price": pa.float64(),
    "side": pa.string(),
    "binding": pa.bool_(),
    "shortfall": pa.float64(),
    "cause": pa.string(),
}


def run(context: RunContext) -> None:
    """Choose at most one candidate per customer so that the plan is worth the most within the limits in force.

    Raises:
        Infeasible: the limits cannot hold together.
        NoPlanInTime: no plan within the gap in the time that deployment.yaml allows.
    """
    lake, as_of = context.lake, context.as_of
    candidates = lake.read_arrow("candidates", as_of)
    plan = best_plan(candidates, context.settings, as_of)
    lake.write_arrow(plan_rows(candidates, plan), "plan", as_of)
    lake.write_arrow(price_rows(plan.limits), "limit_prices", as_of)
    lake.write_arrow(certificate(plan), "certificates", as_of)
    lake.write_file(proof_bytes(plan), "proofs", as_of, "proof.json")


def best_plan(candidates: pa.Table, settings: Settings, as_of: date) -> Plan:
    """The plan of these candidates under the policy's limits; raises as `solve` does."""
    optimizer = settings.deployment.optimizer
    room = members_tonight(settings.policy, as_of)
    return solve(
        Problem.from_table(candidates, max_per_household=room, seed=settings.deployment.seed),
        settings.policy.limits_on(as_of),
        engine=optimizer.engine,
        max_gap=optimizer.max_gap,
        time_limit_seconds=optimizer.time_limit_seconds,
    )


def members_tonight(policy: Policy, as_of: date) -> int | None:
    """How many of a household may be contacted in one night; None where the policy does not say.

    One, as soon as a rule in force counts households: what was sent before has closed those who have no room for
    one more, and room for two tonight is not used.
    """
    caps = [
        rule for rule in policy.contact_rules_on(as_of) if rule.per == "household" and rule.max_contacts is not None
    ]
    return 1 if caps else None


def plan_rows(candidates: pa.Table, plan: Plan) -> pa.Table:
    """The chosen candidates with their net value, money in millionths."""
    chosen = candidates.select(PLAN).take(pa.array(plan.chosen))
    return chosen.append_column("net_value", pc.subtract(chosen["value"], chosen["cost"]))


def price_rows(limits: tuple[LimitUse, ...]) -> pa.Table:
    """One row per limit in its own unit; a price is in the currency per unit."""
    rows = [{name: _number(getattr(limit, name)) for name in PRICE_COLUMNS} for limit in limits]
    return pa.Table.from_pylist(rows, pa.schema(list(PRICE_COLUMNS.items())))


def certificate(plan: Plan) -> pa.Table:
    """One row: what the plan is worth and the bound that no plan can pass, in millionths."""
    return pa.table(
        {
            "status": [str(plan.status)],
            "engine": [plan.engine],
            "reason": [plan.reason],
            "value": pa.array([plan.value], pa.int64()),
            "bound": pa.array([plan.bound], pa.int64()),
            "gap": [plan.gap],
            "passes": [plan.passes],
        }
    )


def _number(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value
