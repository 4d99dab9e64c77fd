"""Where each offer was lost: how the night ended for every open customer and offer, and what spoke against it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.candidates.judgement import STAGES
from jobs.context import RunContext
from jobs.decide import STATUS_OF_STAGE

CANDIDATE = len(STAGES)
"""The rank of an option that passed every stage."""
BITS = 62
"""Reasons that one whole number of 64 bits can hold as a set."""
TOP_REASONS = 3
ELSEWHERE = "elsewhere"
"""How an offer ends for a customer for whom another one was chosen; the other ends are statuses."""
Reason = tuple[str, str]


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
    """One funnel per offer that was judged, by offer id, counted in one pass over what was judged."""
    exclusions, candidates, decisions = (
        context.lake.read(context.spark, name, context.as_of) for name in ("exclusions", "candidates", "decisions")
    )
    reasons = sorted((row["stage"], row["reason"]) for row in exclusions.select("stage", "reason").distinct().collect())
    channels = [channel.id for channel in context.settings.channels]
    ended = end_of_pairs(exclusions, candidates, decisions, channels, reasons)
    words = [name for name in ended.columns if name.startswith("reasons_")]
    counted = ended.groupBy("offer_id", "end", *words).count().toArrow().to_pylist()
    return [
        _funnel(offer, [row for row in counted if row["offer_id"] == offer], reasons)
        for offer in sorted({row["offer_id"] for row in counted})
    ]


def end_of_pairs(
    exclusions: DataFrame,
    candidates: DataFrame,
    decisions: DataFrame,
    channels: Sequence[str],
    reasons: Sequence[Reason],
) -> DataFrame:
    """One row per open customer and offer: how it ended, and the set of reasons where no channel passed.

    An offer gets as far as the channel that got furthest, as a customer's decision does. The columns `reasons_<n>`
    hold the reasons' places as bits, so that millions of sets take no memory worth speaking of.
    """
    blocked = _with_places(exclusions, reasons)
    passed = candidates.select(
        "customer_id",
        "offer_id",
        "channel",
        F.lit(CANDIDATE).alias("rank"),
        F.lit(None).cast("int").alias("place"),
        (F.col("value") - F.col("cost")).alias("net_value"),
    )
    words = {f"reasons_{word}": _bits(word) for word in range(len(reasons) // BITS + 1)}
    furthest = [F.min(F.when(F.col("channel") == channel, F.col("rank"))) for channel in channels]
    rank = F.greatest(*furthest, F.lit(-1))  # greatest takes two at least
    pairs = (
        blocked.unionByName(passed)
        .groupBy("customer_id", "offer_id")
        .agg(
            rank.alias("rank"),
            F.max("net_value").alias("best_net_value"),
            *[column.alias(name) for name, column in words.items()],
        )
    )
    sent = decisions.select("customer_id", "status", F.col("offer_id").alias("sent"))
    is_lost = F.col("rank") < CANDIDATE
    kept = [F.when(is_lost, F.col(name)).alias(name) for name in words]
    return pairs.join(sent, "customer_id").select("customer_id", "offer_id", _end().alias("end"), *kept)


def _with_places(exclusions: DataFrame, reasons: Sequence[Reason]) -> DataFrame:
    """Each block as the rank of its stage and the place of its reason."""
    rows = [(stage, reason, STAGES.index(stage), place) for place, (stage, reason) in enumerate(reasons)]
    places = exclusions.sparkSession.createDataFrame(rows, "stage string, reason string, rank int, place int")
    joined = exclusions.join(F.broadcast(places), ["stage", "reason"])
    none = F.lit(None).cast("bigint").alias("net_value")
    return joined.select("customer_id", "offer_id", "channel", "rank", "place", none)


def _bits(word: int) -> Column:
    """The places of one word, each as a bit."""
    inside = F.col("place") - word * BITS
    is_here = (inside >= 0) & (inside < BITS)
    bit = F.when(is_here, F.call_function("shiftleft", F.lit(1).cast("bigint"), inside)).otherwise(0)
    return F.bit_or(F.coalesce(bit, F.lit(0).cast("bigint")))


def _end() -> Column:
    """What the pair's end is called; a candidate that was chosen has the status of its customer."""
    by_rank = F.array(*[F.lit(STATUS_OF_STAGE[stage]) for stage in STAGES])
    return (
        F.when(F.col("rank") < CANDIDATE, F.get(by_rank, "rank"))
        .when(F.col("sent") == F.col("offer_id"), F.col("status"))
        .when(F.col("status") == "no_consent", "no_consent")  # opted out while the night ran
        .when(F.col("best_net_value") <= 0, "no_value")
        .when(F.col("sent").isNotNull(), ELSEWHERE)
        .otherwise("not_selected")
    )


def _funnel(offer_id: str, counted: Iterable[Mapping[str, Any]], reasons: Sequence[Reason]) -> OfferFunnel:
    ends, spoke = Counter[str](), Counter[str]()
    for row in counted:
        ends[row["end"]] += row["count"]
        for place, (stage, reason) in enumerate(reasons):
            if (row[f"reasons_{place // BITS}"] or 0) >> place % BITS & 1:
                spoke[f"{stage.replace('_', ' ')}: {reason}"] += row["count"]
    commonest = sorted(spoke.items(), key=lambda item: (-item[1], item[0]))[:TOP_REASONS]
    return OfferFunnel(offer_id, ends, commonest)
