"""Whether the customer buys more or less than before."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature, ratio
from models.histories import PURCHASE_DAYS
from models.windowed import Rows


@feature(PURCHASE_DAYS, unit="ratio", windows=(30, 90))
def spend_trend(days: Rows) -> Column:
    """Spend of the window over the spend of twice the window: 0.5 is steady; missing if nothing was spent."""
    return ratio(F.sum(days.amount), F.sum(days.last(2 * (days.window_days or 0)).amount))


@feature(PURCHASE_DAYS, unit="ratio", windows=(30, 90))
def baskets_trend(days: Rows) -> Column:
    """Purchases of the window over those of twice the window: 0.5 is steady; missing if there was none."""
    return ratio(F.sum(days.baskets), F.sum(days.last(2 * (days.window_days or 0)).baskets))
