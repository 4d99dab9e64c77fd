"""How regularly the customer buys."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature, ratio
from models.histories import PURCHASE_DAYS
from models.windowed import Rows


@feature(PURCHASE_DAYS, unit="days", windows=(365,))
def mean_gap_days(days: Rows) -> Column:
    """Mean days between neighbouring days with purchases, the later within the window; missing if there is no gap."""
    return ratio(F.sum(days.gap_days), F.count(days.gap_days))


@feature(PURCHASE_DAYS, unit="days", windows=(365,))
def longest_gap_days(days: Rows) -> Column:
    """Most days between neighbouring days with purchases, the later within the window; missing if there is no gap."""
    return F.max(days.gap_days)


@feature(PURCHASE_DAYS, unit="ratio", windows=(365,))
def lateness(days: Rows) -> Column:
    """Days since the latest purchase over the mean gap: above 1 is late; missing if there is no gap."""
    return ratio(F.datediff(days.as_of, F.max(days.happened_on)), mean_gap_days(days))
