"""Segments: which of the policy's named groups each customer is in."""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.expressions import Expression
from conf.expressions.to_spark import to_column
from conf.policy import SEGMENT

SEGMENTS = "segments"
"""The lake's table of who is in which segment, of nights whose policy has some."""


def with_segments(customers: DataFrame, segments: Mapping[str, Expression]) -> DataFrame:
    """Adds `segment`: the names of the segments that a customer is in, in the policy's order.

    Whether a customer belongs where the answer is not known: no.
    """
    if not segments:
        return customers
    names = [F.when(to_column(expression), F.lit(name)) for name, expression in segments.items()]
    return customers.withColumn(SEGMENT, F.array_compact(F.array(*names)))


def is_in_any(segments: Sequence[str] | None) -> Column:
    """Whether the customer of a row is in one of these; None: whoever it is."""
    if segments is None:
        return F.lit(True)
    return F.arrays_overlap(SEGMENT, F.array(*[F.lit(name) for name in segments]))
