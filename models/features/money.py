"""How much the customer spends."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature, ratio
from models.histories import CATEGORY_LINES, PURCHASE_DAYS
from models.windowed import Rows


@feature(PURCHASE_DAYS, unit="money", windows=(30, 60, 90, 365), if_none=0)
def spend(days: Rows) -> Column:
    """Money spent in the window, returns deducted."""
    return F.sum(days.amount)


@feature(PURCHASE_DAYS, unit="money", windows=(30, 60, 90, 365))
def margin(days: Rows) -> Column:
    """Margin earned in the window; missing where no line states one."""
    return F.sum(days.margin)


@feature(PURCHASE_DAYS, unit="money", windows=(90, 365))
def spend_per_basket(days: Rows) -> Column:
    """Mean money spent in a purchase in the window; missing if there was none."""
    return ratio(F.sum(days.amount), F.sum(days.baskets))


@feature(CATEGORY_LINES, unit="money", windows=(90, 365), if_none=0)
def category_spend(lines: Rows) -> Column:
    """Money spent in the category in the window, returns deducted."""
    return F.sum(lines.amount)


@feature(CATEGORY_LINES, unit="share", windows=(90, 365), if_none=0, across="share")
def category_spend_share(lines: Rows) -> Column:
    """The category's share of the money the customer spent in the window."""
    return F.sum(lines.amount)
