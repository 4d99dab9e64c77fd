"""Two versions of a model in the same night -> how their scores differ, and which decisions would."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from conf.micros import MICROS
from models.drift import psi_of_scores
from models.evaluation import rank_correlation

Pair = tuple[str, str]
"""An offer and a channel."""


@dataclass(frozen=True)
class Comparison:
    """What would be different if the challenger were the champion, on one date.

    Attributes:
        scored: customers, or customers and categories, that both score.
        only_champion, only_challenger: those that only one of them scores.
        spearman: rank correlation of the two scores.
        score_psi: how far the challenger's scores lie from the champion's, see `psi_of_scores`.
        best_changed: customers whose candidate of the highest net value would be another, or who would get a first one
            or lose their last one.
        plan_gained, plan_lost, plan_changed: customers who would get an offer that had none, the opposite, another one.
        plan_kept: customers whose offer would be the same.
        champion_value, challenger_value: what each one's plan is worth by its own scores, in the currency.
    """

    model: str
    as_of: str
    champion: int
    challenger: int
    scored: int
    only_champion: int
    only_challenger: int
    mean_champion: float
    mean_challenger: float
    spearman: float
    score_psi: float
    candidates_champion: int
    candidates_challenger: int
    best_changed: int
    plan_kept: int
    plan_changed: int
    plan_gained: int
    plan_lost: int
    champion_value: float
    challenger_value: float


@dataclass(frozen=True)
class Shadow:
    """What one version answers on the date, and what the night makes of it.

    Attributes:
        scores: customer_id, category (empty for a model of customers), score.
        candidates: how many there are.
        best: customer -> the candidate of the highest net value, where one is worth more than it costs.
        plan: customer -> offer and channel.
        value: of the plan, in the currency.
    """

    scores: pd.DataFrame
    candidates: int
    best: Mapping[str, Pair]
    plan: Mapping[str, Pair]
    value: float


def differences(first: Shadow, second: Shadow) -> dict[str, Any]:
    """The fields of a Comparison that say what changes from the champion, `first`, to the challenger."""
    return {
        **_scores_compared(first.scores, second.scores),
        "candidates_champion": first.candidates,
        "candidates_challenger": second.candidates,
        "best_changed": sum(
            first.best.get(customer) != second.best.get(customer) for customer in {*first.best, *second.best}
        ),
        **_plans_compared(first.plan, second.plan),
        "champion_value": first.value,
        "challenger_value": second.value,
    }


def long_scores(scores: pa.Table, name: str) -> pd.DataFrame:
    """customer_id, category, score of every customer, or customer and category, that has one; money in the currency."""
    column, customer = scores[name].combine_chunks(), scores["customer_id"].combine_chunks()
    if not pa.types.is_map(column.type):
        unit = MICROS if pa.types.is_integer(column.type) else 1
        rows = pd.DataFrame({"customer_id": customer.to_pandas(), "score": column.to_pandas() / unit})
        return rows.assign(category="").dropna()
    lists = column.cast(pa.list_(pa.struct([("key", pa.string()), ("value", pa.float64())])))
    each, whose = pc.list_flatten(lists), customer.take(pc.list_parent_indices(lists))
    names, values = each.field("key").to_pandas(), each.field("value").to_pandas()
    return pd.DataFrame({"customer_id": whose.to_pandas(), "category": names, "score": values})


def best_candidates(candidates: pd.DataFrame) -> dict[str, Pair]:
    """Customer -> the candidate of the highest net value, where one is worth more than it costs."""
    worth = candidates.assign(net=candidates.value - candidates.cost)
    in_order = worth[worth.net > 0].sort_values(
        ["customer_id", "net", "offer_id", "channel"], ascending=[True, False, True, True]
    )
    return pairs(in_order.drop_duplicates("customer_id"))


def pairs(rows: pd.DataFrame) -> dict[str, Pair]:
    """Customer -> offer and channel, of rows with one of each."""
    return dict(zip(rows.customer_id, zip(rows.offer_id, rows.channel, strict=True), strict=True))


def _scores_compared(first: pd.DataFrame, second: pd.DataFrame) -> dict[str, Any]:
    both = first.merge(second, on=["customer_id", "category"], suffixes=("_champion", "_challenger"))
    champion_scores, challenger_scores = both.score_champion.to_numpy(), both.score_challenger.to_numpy()
    return {
        "scored": len(both),
        "only_champion": len(first) - len(both),
        "only_challenger": len(second) - len(both),
        "mean_champion": _mean(first.score),
        "mean_challenger": _mean(second.score),
        "spearman": rank_correlation(champion_scores, challenger_scores) if len(both) else float("nan"),
        "score_psi": psi_of_scores(champion_scores, challenger_scores),
    }


def _mean(scores: "pd.Series[float]") -> float:
    return float(scores.mean())


def _plans_compared(first: Mapping[str, Pair], second: Mapping[str, Pair]) -> dict[str, int]:
    both = first.keys() & second.keys()
    kept = sum(first[customer] == second[customer] for customer in both)
    return {
        "plan_kept": kept,
        "plan_changed": len(both) - kept,
        "plan_gained": len(second) - len(both),
        "plan_lost": len(first) - len(both),
    }
