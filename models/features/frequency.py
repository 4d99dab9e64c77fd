"""How often the customer buys."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature, ratio
from models.histories import CATEGORY_LINES, PURCHASE_DAYS
from models.windowed import Rows


@feature(PURCHASE_DAYS, unit="baskets", windows=(30, 60, 90, 365), if_none=0)
def baskets(days: Rows) -> Column:
    """Purchases in the window; two on one day are two."""
    return F.sum(days.baskets)


@feature(PURCHASE_DAYS, unit="days", windows=(30, 90, 365), if_none=0)
def active_days(days: Rows) -> Column:
    """Days with a purchase in the window."""
    return F.count(days.happened_on)


@feature(PURCHASE_DAYS, unit="lines", windows=(90, 365))
def lines_per_basket(days: Rows) -> Column:
    """Mean number of lines of a purchase in the window; missing if there was none."""
    return ratio(F.sum(days.lines), F.sum(days.baskets))


@feature(CATEGORY_LINES, unit="days", windows=(90, 365), if_none=0)
def category_active_days(lines: Rows) -> Column:
    """Days with a purchase of the category in the window."""
    return lines.different_days()
