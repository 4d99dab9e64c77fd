"""Exclusions: every block against the options of each customer, in one row."""

import operator
from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.candidates.bitset_columns import union, word_columns
from jobs.candidates.layout import BLOCKED, Layout
from jobs.candidates.options import Option
from jobs.candidates.pricing import OptionBlock
from jobs.candidates.row_rules import CustomerBlock


def layout_of(
    options: Sequence[Option], customer_blocks: Sequence[CustomerBlock], option_blocks: Sequence[OptionBlock]
) -> Layout:
    """The order of options and reasons: the options as given, the reasons by stage."""
    reasons = [*(block.reason for block in customer_blocks), *(block.reason for block in option_blocks)]
    names = tuple((option.offer.id, option.channel.id) for option in options)
    return Layout(names, tuple(sorted(dict.fromkeys(reasons), key=lambda reason: reason.rank)))


def is_blocked(option_blocks: Sequence[OptionBlock]) -> Column:
    """Whether any of the blocks applies."""
    return reduce(operator.or_, [block.condition for block in option_blocks])


def exclusions(
    customers: DataFrame,
    pairs: DataFrame,
    customer_blocks: Sequence[CustomerBlock],
    option_blocks: Sequence[OptionBlock],
    layout: Layout,
) -> DataFrame:
    """customer_id and `blocked`, as the layout reads it, of every customer.

    Args:
        customers: with `blocked_by_reason`.
        pairs: customers × the options that no customer block covers, with `bits` and all that option blocks read.
    """
    size = layout.width
    bits = [F.bit_or(F.when(block.condition, bit)) for block in option_blocks for bit in word_columns("bits", size)]
    of_pairs = (
        pairs.where(is_blocked(option_blocks)).groupBy("customer_id").agg(F.array(*bits).alias("blocked_by_pair"))
    )
    sets = {
        block.reason: word_columns("blocked_by_reason", size, position * size)
        for position, block in enumerate(customer_blocks)
    }
    for position, block in enumerate(option_blocks):
        of_pairs_set = _zero_if_missing(word_columns("blocked_by_pair", size, position * size))
        sets[block.reason] = union([sets[block.reason], of_pairs_set]) if block.reason in sets else of_pairs_set
    blocked = F.array(*[word for reason in layout.reasons for word in sets[reason]])
    return customers.join(of_pairs, "customer_id", "left").select("customer_id", blocked.alias(BLOCKED))


def _zero_if_missing(words: Sequence[Column]) -> list[Column]:
    """The words of a customer without such a row are zero."""
    return [F.coalesce(word, F.lit(0)) for word in words]
