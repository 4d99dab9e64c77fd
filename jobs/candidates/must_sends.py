"""Must-sends: a customer to whom an offer must go keeps the options of the one that goes first, and no others."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.candidates.exclusions import is_blocked
from jobs.candidates.layout import Reason
from jobs.candidates.pricing import OptionBlock
from jobs.core.statuses import GOES_FIRST, WAITS

FIRST = "rank of the must-send that goes first"
IS_OPEN = "is open but for must-sends"
"""Columns of people × options; no word of formulas has a blank in it."""


def with_must_sends(
    pairs: DataFrame, option_blocks: Sequence[OptionBlock], must_sends: Sequence[str]
) -> tuple[DataFrame, list[OptionBlock]]:
    """The priced options with what must-sends need, and all blocks, theirs last.

    Args:
        must_sends: offers, the one that goes first foremost.
    """
    if not must_sends:
        return pairs, list(option_blocks)
    with_open = pairs.withColumn(IS_OPEN, ~is_blocked(option_blocks))
    first = F.min(F.when(F.col(IS_OPEN), _rank(must_sends))).over(Window.partitionBy("customer_id"))
    goes_first = [
        _block(GOES_FIRST.format(offer), (F.col(FIRST) == rank) & _rank(must_sends).isNull())
        for rank, offer in enumerate(must_sends)
    ]
    waits = [
        _block(WAITS.format(offer), (F.col(FIRST) < rank) & (F.col("offer_id") == offer))
        for rank, offer in enumerate(must_sends)
        if rank
    ]
    return with_open.withColumn(FIRST, first), [*option_blocks, *goes_first, *waits]


def _block(text: str, condition: Column) -> OptionBlock:
    """A block of what would be open else; where no must-send is, nothing is blocked."""
    return OptionBlock(Reason("must_send", text), F.col(IS_OPEN) & F.coalesce(condition, F.lit(False)))


def _rank(must_sends: Sequence[str]) -> Column:
    """The rank of the row's offer; null where it need not be sent."""
    ranks = [F.when(F.col("offer_id") == offer, F.lit(rank)) for rank, offer in enumerate(must_sends)]
    return F.coalesce(*ranks, F.lit(None).cast("int"))
