"""Plan and exclusions -> the one decision of every customer, with every reason that blocked an offer."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.gate import check
from expectations.tables import table
from jobs.candidates.bitset_columns import blocked_by, blocked_up_to, covers, literal, meets
from jobs.candidates.consents import with_opt_outs
from jobs.candidates.layout import STAGES, Layout, read_layout
from jobs.candidates.unknown_customers import score_notes
from jobs.core.statuses import MUST_SEND, NO_PLACE, OPEN, OPTED_OUT, STATUS_OF_STAGE, WAITS
from jobs.gates.consent_copies import pin_consents_again
from jobs.run_context import RunContext
from jobs.sources.pinned_inputs import LAST

OFFER = ("offer_id", "channel", "value", "cost", "net_value", "probability", "chosen_by")


def run(context: RunContext) -> None:
    """One row per customer of the population; opt-outs that came while the night ran are taken out, not replaced."""
    lake, as_of = context.lake, context.as_of
    customers = lake.read(context.spark, "population", as_of)
    pin_consents_again(context, customers)
    plan = with_opt_outs(context, lake.read(context.spark, "plan", as_of), customers, LAST)
    blocked = furthest_block(lake.read(context.spark, "exclusions", as_of), read_layout(lake, as_of))
    must_sends = context.settings.must_sends_on(as_of)
    offered_to = best_candidates(lake.read(context.spark, "candidates", as_of), must_sends)
    joined = customers.join(plan, "customer_id", "left").join(blocked, "customer_id", "left")
    joined = joined.join(offered_to, "customer_id", "left")
    notes = score_notes(context)
    decisions = decide(joined if notes is None else joined.join(notes, "customer_id", "left"))
    check(decisions, table("decisions")).raise_if_stopped()
    lake.write(decisions, "decisions", as_of)


def decide(customers: DataFrame) -> DataFrame:
    """Adds up what the stages said about each customer.

    Args:
        customers: customer_id, eligibility_status; the plan's columns and is_opted_out, null where no offer was chosen;
            furthest_stage, null where an option passed every stage; blocks; best_net_value, null without a candidate;
            note, where scores may be those of a group;
            must_send, the offer that must go to the customer, null where none must.
    """
    is_chosen = F.col("offer_id").isNotNull() & ~F.col("is_opted_out")
    by_stage = F.create_map(*[F.lit(word) for pair in STATUS_OF_STAGE.items() for word in pair])
    status = (
        F.when(F.col("eligibility_status") != OPEN, F.col("eligibility_status"))
        .when(is_chosen & (F.col("chosen_by") == "control"), "control")
        .when(is_chosen, "offered")
        .when(F.col("is_opted_out"), "no_consent")
        .when((F.col("best_net_value") > 0) | F.col("must_send").isNotNull(), "not_selected")
        .when(F.col("best_net_value").isNotNull(), "no_value")
        .otherwise(F.coalesce(by_stage[F.col("furthest_stage")], F.lit("ineligible")))
    )
    offer = [F.when(is_chosen, F.col(name)).alias(name) for name in OFFER]
    return customers.withColumn("status", status).select(
        "customer_id", "status", *offer, _reasons(*(["note"] if "note" in customers.columns else [])).alias("reasons")
    )


def furthest_block(exclusions: DataFrame, layout: Layout) -> DataFrame:
    """Per customer: `blocks`, every reason; `furthest_stage`, the latest that any option reached, if none passed."""
    everything = literal(layout.everything)
    stage_of = F.lit(None).cast("string")
    for rank, stage in reversed(list(enumerate(STAGES))) if layout.options else ():
        stage_of = F.when(covers(blocked_up_to(rank, layout), everything), stage).otherwise(stage_of)
    in_order = sorted(layout.reasons, key=str)
    blocks = [F.when(meets(blocked_by(reason, layout), everything), F.lit(str(reason))) for reason in in_order]
    return exclusions.select(
        "customer_id", stage_of.alias("furthest_stage"), F.array_compact(F.array(*blocks)).alias("blocks")
    )


def best_candidates(candidates: DataFrame, must_sends: Sequence[str]) -> DataFrame:
    """Per customer with a candidate: how many there are, the best net value before any limit, and what must be sent."""
    net_value = F.col("value") - F.col("cost")
    due = F.when(F.col("offer_id").isin(*must_sends), F.col("offer_id"))
    return candidates.groupBy("customer_id").agg(
        F.max(net_value).alias("best_net_value"),
        F.count(F.lit(1)).alias("candidates"),
        F.max(due).alias("must_send"),
    )


def _reasons(*notes: str) -> Column:
    """Why so, in words: for an offer, among how many it was chosen; else everything that spoke against one.

    Args:
        notes: columns of what is said last of customers who were considered.
    """
    among = F.concat(F.lit(" of "), F.col("candidates"), F.lit(" candidates"))
    chosen = F.when(
        F.col("chosen_by") == "exploration", F.concat(F.lit("exploration: drawn at random, one"), among)
    ).otherwise(F.concat(F.lit("best"), among, F.lit(" under the limits")))
    before, after = NO_PLACE.split("{}")
    no_place = F.concat(F.lit(before), F.col("must_send"), F.lit(after))
    kept_back = F.concat(
        F.lit("control: this offer was the best"), among, F.lit(" and is kept back to learn its effect")
    )
    not_selected = F.lit("limits: other customers were worth more under the limits")
    no_value = F.lit("value: no candidate is worth more than it costs")
    none_valid = F.lit("rules: no offer is valid on this date")
    sentence = (
        F.when((F.col("status") == "offered") & F.col("must_send").isNotNull(), F.lit(MUST_SEND))
        .when(F.col("status") == "offered", chosen)
        .when(F.col("status") == "control", kept_back)
        .when(F.col("is_opted_out"), F.lit(OPTED_OUT))
        .when((F.col("status") == "not_selected") & F.col("must_send").isNotNull(), no_place)
        .when(F.col("status") == "not_selected", not_selected)
        .when(F.col("best_net_value").isNotNull(), no_value)
        .when((F.col("status") == "ineligible") & (F.size("blocks") == 0), none_valid)
        .when(F.col("eligibility_status") != OPEN, F.col("eligibility_status"))
    )
    waits = F.filter("blocks", lambda block: block.startswith("must_send: ") & block.endswith(WAITS.format("")))
    blocks = F.when(F.col("status").isin("offered", "control"), waits).otherwise(F.col("blocks"))
    said_last = [F.array(F.when(F.col("eligibility_status") == OPEN, F.col(note))) for note in notes]
    return F.array_compact(F.concat(F.array(sentence), F.coalesce(blocks, F.array()), *said_last))
