"""Scores × options × policy -> candidates, and the reasons that block every other option."""

from datetime import date

from pyspark.sql import DataFrame

from conf.policy import SEGMENT, Policy
from expectations.gate import check
from expectations.tables import table
from jobs.candidates.category_features import feature_kinds
from jobs.candidates.contact_policy_blocks import contact_policy_blocks_on
from jobs.candidates.customers import open_customers
from jobs.candidates.exclusions import exclusions, is_blocked, layout_of
from jobs.candidates.formulas import read_formulas
from jobs.candidates.household_places import with_capacity
from jobs.candidates.layout import write_layout
from jobs.candidates.limit_columns import LimitColumns, blocks_of_unknown_amounts, with_limit_columns
from jobs.candidates.must_sends import with_must_sends
from jobs.candidates.newcomers import Judging, write_newcomer_candidates
from jobs.candidates.options import option_frame, options_on
from jobs.candidates.pricing import blocks_of_options, in_currency, priced
from jobs.candidates.row_rules import blocks_of_customers, open_pairs, with_customer_blocks
from jobs.candidates.segments import SEGMENTS, with_segments
from jobs.planning.household_capacity import HOUSEHOLD_CAPACITY
from jobs.run_context import RunContext
from jobs.sources.earlier_sets import earlier_sets

CANDIDATE = [
    "customer_id",
    "household_id",
    "offer_id",
    "channel",
    "objective",
    "category",
    "value",
    "cost",
    "propensity",
]


def run(context: RunContext) -> None:
    """Judge every open customer with every option of the date; objectors and the holdout never get this far.

    Rules that read only the customer's row are evaluated once per customer. Only the options that they leave open
    become rows; these are priced and checked by the rules that read an option's own columns.
    """
    lake, as_of, settings = context.lake, context.as_of, context.settings
    features = lake.read(context.spark, "features", as_of)
    formulas = read_formulas(settings, feature_kinds(features.schema), as_of)
    options = options_on(settings, as_of)
    policy_blocks = contact_policy_blocks_on(settings, options, as_of, earlier_sets(context).lost)
    limits = settings.policy.limits_on(as_of)
    counted = LimitColumns.of(limits)
    judged = open_customers(context, options, policy_blocks, formulas.columns | {*counted.amounts})
    customers = with_segments(in_currency(judged, settings), formulas.segments)
    customer_blocks = blocks_of_customers(customers, settings, formulas, options, policy_blocks)
    customers = with_customer_blocks(customers, customer_blocks, len(options)).cache()
    pairs = priced(open_pairs(customers, option_frame(context.spark, settings, options)), settings, formulas)
    option_blocks = [*blocks_of_options(customers, formulas, options), *blocks_of_unknown_amounts(limits)]
    pairs, option_blocks = with_must_sends(pairs, option_blocks, settings.must_sends_on(as_of))
    candidates = with_limit_columns(pairs.where(~is_blocked(option_blocks)), counted)
    candidates = with_capacity(candidates, options, settings, as_of)
    further = {HOUSEHOLD_CAPACITY} & {*candidates.columns}
    candidates = candidates.select(*candidate_columns(settings.policy, as_of), *further)
    lake.write(candidates, "candidates", as_of, gate=check_candidates)
    layout = layout_of(options, customer_blocks, option_blocks)
    lake.write(exclusions(customers, pairs, customer_blocks, option_blocks, layout), "exclusions", as_of)
    write_layout(layout, lake, as_of)
    if settings.policy.segments:
        lake.write(customers.select("customer_id", SEGMENT), SEGMENTS, as_of)
    customers.unpersist()
    columns = candidate_columns(settings.policy, as_of)
    write_newcomer_candidates(context, Judging(formulas, options, policy_blocks, columns), judged.schema)


def candidate_columns(policy: Policy, as_of: date) -> list[str]:
    """The columns of the date's candidates: those of all nights, and those that its limits and experiments need."""
    counted = LimitColumns.of(policy.limits_on(as_of))
    further = [*([SEGMENT] if policy.segments else []), *counted.amounts, *counted.labels]
    return [*CANDIDATE, *(name for name in further if name not in CANDIDATE)]


def check_candidates(candidates: DataFrame) -> None:
    """Stop at candidates that break their contract, which says nothing of columns that limits need."""
    check(candidates.select(*CANDIDATE), table("candidates")).raise_if_stopped()
