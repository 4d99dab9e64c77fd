"""Whether the customer buys more or less than before."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature, ratio
from models.histories import BASKETS
from models.rows import Rows


@feature(BASKETS, unit="ratio", windows=(30, 90))
def spend_trend(baskets: Rows) -> Column:
    """Spend of the window over the spend of twice the window: 0.5 is steady; missing if nothing was spent."""
    return ratio(F.sum(baskets.amount), F.sum(baskets.last(2 * (baskets.window_days or 0)).amount))


@feature(BASKETS, unit="ratio", windows=(30, 90))
def baskets_trend(baskets: Rows) -> Column:
    """Purchases of the window over those of twice the window: 0.5 is steady; missing if there was none."""
    return ratio(F.count(baskets.amount), F.count(baskets.last(2 * (baskets.window_days or 0)).amount))
