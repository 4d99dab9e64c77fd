"""What speaks against the options of each customer, put together in one row."""

import operator
from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.candidates.judgement import Fault
from jobs.candidates.layout import BLOCKED, Layout
from jobs.candidates.options import Option
from jobs.candidates.screening import Screen
from jobs.candidates.set_columns import word_columns


def layout_of(options: Sequence[Option], screens: Sequence[Screen], faults: Sequence[Fault]) -> Layout:
    """The order of options and reasons: the options' own, and that of the stages."""
    reasons = [*(option.reason for option in screens), *(screen.reason for screen in faults)]
    names = tuple((fault.offer.id, fault.channel.id) for fault in options)
    return Layout(names, tuple(sorted(reasons, key=lambda reason: reason.rank)))


def is_faulty(faults: Sequence[Fault]) -> Column:
    """Whether any of them holds."""
    return reduce(operator.or_, [fault.holds for fault in faults])


def exclusions(
    people: DataFrame, pairs: DataFrame, screens: Sequence[Screen], faults: Sequence[Fault], layout: Layout
) -> DataFrame:
    """customer_id and `blocked`, as the layout reads it, of every person.

    Args:
        people: with `screened`.
        pairs: people × the options that no screen blocks, with `bits` and all that faults read.
    """
    size = layout.width
    bits = [F.bit_or(F.when(fault.holds, bit)) for fault in faults for bit in word_columns("bits", size)]
    judged = pairs.where(is_faulty(faults)).groupBy("customer_id").agg(F.array(*bits).alias("judged"))
    sets = {screen.reason: word_columns("screened", size, place * size) for place, screen in enumerate(screens)}
    sets |= {fault.reason: _known(word_columns("judged", size, place * size)) for place, fault in enumerate(faults)}
    blocked = F.array(*[word for reason in layout.reasons for word in sets[reason]])
    return people.join(judged, "customer_id", "left").select("customer_id", blocked.alias(BLOCKED))


def _known(words: Sequence[Column]) -> list[Column]:
    """The words of somebody with no such row are empty."""
    return [F.coalesce(word, F.lit(0)) for word in words]
