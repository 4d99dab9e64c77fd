"""Bitsets of options in the columns of Spark frames."""

import operator
from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.candidates.layout import BLOCKED, Layout, Reason


def word_columns(array: str, size: int, start: int = 0) -> list[Column]:
    """The words of the bitset that begins at a position of an array column; null beyond its end."""
    return [F.get(array, F.lit(start + word)) for word in range(size)]


def literal(options: Sequence[int]) -> list[Column]:
    """A constant bitset, as columns."""
    return [F.lit(word).cast("bigint") for word in options]


def union(sets: Sequence[Sequence[Column]]) -> list[Column]:
    """What is in any of the sets."""
    return [reduce(lambda total, right: total.bitwiseOR(right), word) for word in zip(*sets, strict=True)]


def meets(first: Sequence[Column], right: Sequence[Column]) -> Column:
    """Whether two sets have an option in common."""
    return reduce(operator.or_, [word.bitwiseAND(other) != 0 for word, other in zip(first, right, strict=True)])


def covers(first: Sequence[Column], right: Sequence[Column]) -> Column:
    """Whether the first set holds all of the second."""
    return reduce(operator.and_, [word.bitwiseAND(other) == other for word, other in zip(first, right, strict=True)])


def blocked_by(reason: Reason, layout: Layout) -> list[Column]:
    """The set that a reason blocks, in a row of `exclusions`."""
    return word_columns(BLOCKED, layout.width, layout.reasons.index(reason) * layout.width)


def blocked_up_to(rank: int, layout: Layout) -> list[Column]:
    """What the stages up to one of this rank block, in a row of `exclusions`."""
    none = literal([0] * layout.width)
    return union([none, *(blocked_by(reason, layout) for reason in layout.reasons if reason.rank <= rank)])
