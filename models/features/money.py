"""How much the customer spends."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature, ratio
from models.histories import BASKETS, CATEGORY_BASKETS
from models.rows import Rows


@feature(BASKETS, unit="money", windows=(30, 60, 90, 365), if_none=0)
def spend(baskets: Rows) -> Column:
    """Money spent in the window, returns deducted."""
    return F.sum(baskets.amount)


@feature(BASKETS, unit="money", windows=(30, 60, 90, 365))
def margin(baskets: Rows) -> Column:
    """Margin earned in the window; missing where no line states one."""
    return F.sum(baskets.margin)


@feature(BASKETS, unit="money", windows=(90, 365))
def spend_per_basket(baskets: Rows) -> Column:
    """Mean money spent in a purchase in the window; missing if there was none."""
    return ratio(F.sum(baskets.amount), F.count(baskets.amount))


@feature(CATEGORY_BASKETS, unit="money", windows=(90, 365), if_none=0)
def category_spend(baskets: Rows) -> Column:
    """Money spent in the category in the window, returns deducted."""
    return F.sum(baskets.amount)


@feature(CATEGORY_BASKETS, unit="share", windows=(90, 365), if_none=0, is_share=True)
def category_spend_share(baskets: Rows) -> Column:
    """The category's share of the money the customer spent in the window."""
    return F.sum(baskets.amount)
