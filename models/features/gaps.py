"""How regularly the customer buys."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature, ratio
from models.histories import BASKETS
from models.rows import Rows


@feature(BASKETS, unit="days", windows=(365,))
def mean_gap_days(baskets: Rows) -> Column:
    """Mean days between two days with purchases; missing with fewer than two such days."""
    span = F.datediff(F.max(baskets.happened_on), F.min(baskets.happened_on))
    return ratio(span, F.size(F.collect_set(baskets.happened_on)) - 1)


@feature(BASKETS, unit="days", windows=(365,))
def longest_gap_days(baskets: Rows) -> Column:
    """Most days between two neighbouring days with purchases; missing with fewer than two such days."""
    days = F.array_sort(F.collect_set(baskets.happened_on))
    earlier, later = F.slice(days, 1, F.greatest(F.size(days) - 1, F.lit(0))), F.slice(days, 2, F.size(days))
    return F.array_max(F.zip_with(earlier, later, lambda one, next_one: F.datediff(next_one, one)))


@feature(BASKETS, unit="ratio", windows=(365,))
def lateness(baskets: Rows) -> Column:
    """Days since the latest purchase over the mean gap: above 1 is late; missing with fewer than two days."""
    return ratio(F.datediff(baskets.as_of, F.max(baskets.happened_on)), mean_gap_days(baskets))
