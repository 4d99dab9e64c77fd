"""Must-sends in the plan: first as many of them as the limits let go, then the best plan that sends so many."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from conf.limit import Limit
from conf.micros import MICROS
from conf.settings import Settings
from optimization import NoPlanInTime, Plan, Problem, solve

MUST_SEND = "must_send"
"""The column of candidates that must be sent, and the limit that demands them."""


@dataclass(frozen=True)
class MustSends:
    """How many must-sends a plan sends.

    Attributes:
        due: customers to whom one must go.
        planned: how many the plan sends.
        at_most: no plan within the limits sends more.
        plan: that sends most, worth a unit each; None: none is due.
    """

    due: int
    planned: int
    at_most: int
    plan: Plan | None

    @property
    def demands(self) -> list[Limit]:
        """What the night's plan must keep beside its limits."""
        return [demand(self.planned)] if self.planned else []

    def stated(self) -> dict[str, Any]:
        """As plain data, with what proves `at_most`."""
        proof = self.plan.proof if self.plan else {"prices": [], "tree": []}
        counts = {"due": self.due, "planned": self.planned, "at_most": self.at_most}
        return counts | {name: proof[name] for name in ("prices", "tree")}


def demand(planned: int) -> Limit:
    """That so many of the candidates that must be sent are."""
    return Limit(name=MUST_SEND, count="contacts", where={MUST_SEND: (True,)}, min=Decimal(planned))


def is_must_send(candidates: pa.Table, offers: Sequence[str]) -> NDArray[np.bool_]:
    """(n,) whether each candidate is of one of the offers."""
    is_one: NDArray[np.bool_] = pc.is_in(candidates["offer_id"], pa.array(offers, pa.string())).to_numpy()
    return is_one


def most_must_sends(
    problem: Problem, is_must: NDArray[np.bool_], limits: Sequence[Limit], settings: Settings
) -> MustSends:
    """The largest number of must-sends that a plan within the limits can hold, however little it is worth.

    Where the time runs out before that is proven, it is the largest that was found, beside the bound.

    Raises:
        Infeasible: the limits cannot hold together.
        NoPlanInTime: not one plan was found.
    """
    due = len(np.unique(problem.customer[is_must]))
    if not due:
        return MustSends(0, 0, 0, None)
    counting, optimizer = replace(problem, gain=is_must * np.int64(MICROS)), settings.deployment.optimizer
    hard = [limit for limit in map(_without_wish, limits) if limit is not None]
    try:
        plan = solve(
            counting,
            hard,
            engine=optimizer.engine,
            max_gap=Decimal(0),
            time_limit_seconds=optimizer.time_limit_seconds,
            threads=optimizer.threads,
        )
    except NoPlanInTime as error:
        if not error.plan.has_plan:
            raise
        plan = error.plan
    return MustSends(due, int(is_must[plan.chosen].sum()), (plan.bound or 0) // MICROS, plan)


def _without_wish(limit: Limit) -> Limit | None:
    """The limit without a minimum that may be missed at a price; None where nothing is left of it."""
    if limit.shortfall_price is None:
        return limit
    return None if limit.max is None else limit.model_copy(update={"min": None, "shortfall_price": None})
