"""What visitors nobody knows yet could be offered: each group of customers judged as one customer without a history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql.types import StructField, StructType

from jobs.candidates.combinations import blocked_by_combinations
from jobs.candidates.contact_caps import blocked_by_caps
from jobs.candidates.contact_policy_blocks import ContactPolicyBlock
from jobs.candidates.customers import with_contact_policy_blocks
from jobs.candidates.exclusions import is_blocked
from jobs.candidates.formulas import Formulas
from jobs.candidates.limit_columns import LimitColumns, blocks_of_unknown_amounts, with_limit_columns
from jobs.candidates.must_sends import with_must_sends
from jobs.candidates.options import Option, option_frame
from jobs.candidates.pricing import blocks_of_options, in_currency, priced
from jobs.candidates.row_rules import blocks_of_customers, open_pairs, with_customer_blocks
from jobs.candidates.segments import with_segments
from jobs.candidates.spellings import EVERYWHERE
from jobs.candidates.unknown_customers import IS_NEW_CUSTOMER
from jobs.core.lake import CUSTOMERS, GROUPS
from jobs.run_context import RunContext
from models.features.declaration import all_features
from models.features.of_deployment import further_features

NEWCOMER_CANDIDATES = "newcomer_candidates"
"""The table of the lake: as `candidates`, with the place of the group in `groups` for a customer."""
UNITS = "customer_id string, household_id string, offer_id string, objective string"
NO_CONTACTS, NO_RESPONSES = f"{UNITS}, channel string, contacted_on date", f"{UNITS}, outcome string, responded_on date"


@dataclass(frozen=True)
class Judging:
    """What customers of the date are judged by.

    Attributes:
        columns: those of candidates.
    """

    formulas: Formulas
    options: Sequence[Option]
    policy_blocks: Sequence[ContactPolicyBlock]
    columns: Sequence[str]


def write_newcomer_candidates(context: RunContext, judging: Judging, schema: StructType) -> None:
    """Write the table, where models.yaml has a fallback for any model.

    Who is met for the first time is asked for consent where that is, so none is asked for here.

    Args:
        schema: of the customers that the night judges.
    """
    if not context.settings.models.with_groups:
        return
    settings, spark, options = context.settings, context.spark, judging.options
    groups = (
        context.lake.read_arrow(GROUPS, context.as_of).drop_columns([CUSTOMERS]).to_pylist(maps_as_pydicts="strict")
    )
    nothing_known = {
        f.name: None if f.if_none is None else float(f.if_none)
        for f in (*all_features(), *further_features(settings))
        if not f.is_per_category
    }
    fields = StructType([StructField(f.name, f.dataType) for f in schema if f.name != "blocked_by_policy"])
    rows = [_newcomer(str(place), group, nothing_known, fields.names) for place, group in enumerate(groups)]
    newcomers = spark.createDataFrame(rows, fields)
    closed = _closed_to_all(context, newcomers)
    judged = with_contact_policy_blocks(newcomers, closed, judging.policy_blocks, len(options))
    newcomers = with_segments(in_currency(judged, settings), judging.formulas.segments)
    customer_blocks = blocks_of_customers(newcomers, settings, judging.formulas, options, judging.policy_blocks)
    newcomers = with_customer_blocks(newcomers, customer_blocks, len(options))
    pairs = priced(open_pairs(newcomers, option_frame(spark, settings, options)), settings, judging.formulas)
    limits = settings.policy.limits_on(context.as_of)
    option_blocks = [*blocks_of_options(newcomers, judging.formulas, options), *blocks_of_unknown_amounts(limits)]
    pairs, option_blocks = with_must_sends(pairs, option_blocks, settings.must_sends_on(context.as_of))
    candidates = with_limit_columns(pairs.where(~is_blocked(option_blocks)), LimitColumns.of(limits))
    context.lake.write_arrow(candidates.select(*judging.columns).toArrow(), NEWCOMER_CANDIDATES, context.as_of)


def _newcomer(
    place: str, group: Mapping[str, Any], nothing_known: Mapping[str, Any], names: Sequence[str]
) -> list[Any]:
    """The row of a customer without a history; what neither group nor features say is not known."""
    row = {
        **nothing_known,
        **group,
        "customer_id": place,
        "household_id": place,
        "consents": {EVERYWHERE: True},
        IS_NEW_CUSTOMER: True,
    }
    return [row.get(name) for name in names]


def _closed_to_all(context: RunContext, newcomers: DataFrame) -> DataFrame:
    """What caps of nothing and combinations block for whoever was never sent anything."""
    as_of, settings = context.as_of, context.settings
    contacts, responses = (context.spark.createDataFrame([], schema) for schema in (NO_CONTACTS, NO_RESPONSES))
    by_caps = blocked_by_caps(settings.contact_rules_on(as_of), contacts, responses, as_of, newcomers)
    combinations = settings.policy.combinations_on(as_of)
    return by_caps.unionByName(blocked_by_combinations(combinations, contacts, newcomers, as_of))
