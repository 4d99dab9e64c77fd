"""Offer funnels: how the night ended for every open customer and offer, and the commonest reasons against it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.bitset_columns import blocked_by, blocked_up_to, covers, meets, word_columns
from jobs.candidates.layout import STAGES, Layout, read_layout
from jobs.core.statuses import STATUS_OF_STAGE
from jobs.run_context import RunContext

TOP_REASONS = 3
ELSEWHERE = "elsewhere"
"""How an offer ends for a customer for whom another one was chosen, or goes first; the other ends are statuses."""


@dataclass(frozen=True)
class OfferFunnel:
    """One offer's way through the night.

    Attributes:
        ends: status or ELSEWHERE -> open customers; they add up to all open customers.
        reasons: the commonest of what spoke against it where none of its channels passed: reason, customers.
    """

    offer_id: str
    ends: Mapping[str, int]
    reasons: Sequence[tuple[str, int]]


def offer_funnels(context: RunContext) -> list[OfferFunnel]:
    """One funnel per offer that was judged, by offer id."""
    lake, as_of = context.lake, context.as_of
    exclusions, candidates, decisions = (
        lake.read(context.spark, name, as_of) for name in ("exclusions", "candidates", "decisions")
    )
    layout = read_layout(lake, as_of)
    lost = lost_offers(exclusions, layout).toArrow().to_pylist()
    passed = passed_offers(candidates, decisions).toArrow().to_pylist()
    return [
        _funnel(offer, [row for row in (*lost, *passed) if row["offer_id"] == offer], layout)
        for offer in sorted({offer for offer, _ in layout.options})
    ]


def lost_offers(exclusions: DataFrame, layout: Layout) -> DataFrame:
    """Per offer and end: `customers` for whom every channel is blocked, and `reason_<n>`, how many each reason met.

    An offer gets as far as the channel that got furthest, as a customer's decision does.
    """
    offers = [(offer, layout.of_offer(offer)) for offer in sorted({offer for offer, _ in layout.options})]
    frame = exclusions.sparkSession.createDataFrame(offers, "offer_id string, own array<bigint>")
    unblocked = word_columns("own", layout.width)
    end = F.lit(None).cast("string")
    for rank, stage in reversed(list(enumerate(STAGES))):
        end = F.when(covers(blocked_up_to(rank, layout), unblocked), STATUS_OF_STAGE.get(stage, ELSEWHERE)).otherwise(
            end
        )
    lost = exclusions.join(F.broadcast(frame), covers(blocked_up_to(len(STAGES), layout), unblocked))
    met = [
        F.count_if(meets(blocked_by(reason, layout), unblocked)).alias(f"reason_{number}")
        for number, reason in enumerate(layout.reasons)
    ]
    return lost.groupBy("offer_id", end.alias("end")).agg(F.count(F.lit(1)).alias("customers"), *met)


def passed_offers(candidates: DataFrame, decisions: DataFrame) -> DataFrame:
    """Per offer and end: `customers` for whom a channel of it passed; the chosen one has the status of its customer."""
    net_value = F.max(F.col("value") - F.col("cost")).alias("best_net_value")
    best = candidates.groupBy("customer_id", "offer_id").agg(net_value)
    sent = decisions.select("customer_id", "status", F.col("offer_id").alias("sent"))
    end = (
        F.when(F.col("sent") == F.col("offer_id"), F.col("status"))
        .when(F.col("status") == "no_consent", "no_consent")  # opted out while the night ran
        .when(F.col("best_net_value") <= 0, "no_value")
        .when(F.col("sent").isNotNull(), ELSEWHERE)
        .otherwise("not_selected")
    )
    ended = best.join(sent, "customer_id").select("offer_id", end.alias("end"))
    return ended.groupBy("offer_id", "end").agg(F.count(F.lit(1)).alias("customers"))


def _funnel(offer_id: str, counted: Iterable[Mapping[str, Any]], layout: Layout) -> OfferFunnel:
    ends, spoke = Counter[str](), Counter[str]()
    for row in counted:
        ends[row["end"]] += row["customers"]
        for number, (stage, text) in enumerate(layout.reasons):
            spoke[f"{stage.replace('_', ' ')}: {text}"] += row.get(f"reason_{number}", 0)
    commonest = sorted((+spoke).items(), key=lambda item: (-item[1], item[0]))[:TOP_REASONS]
    return OfferFunnel(offer_id, ends, commonest)
