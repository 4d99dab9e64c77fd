"""How often the customer buys."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature, ratio
from models.histories import BASKETS, CATEGORY_BASKETS
from models.rows import Rows


@feature(BASKETS, unit="baskets", windows=(30, 60, 90, 365), if_none=0)
def baskets(baskets: Rows) -> Column:
    """Purchases in the window; two on one day are two."""
    return F.count(baskets.happened_on)


@feature(BASKETS, unit="days", windows=(30, 90, 365), if_none=0)
def active_days(baskets: Rows) -> Column:
    """Days with a purchase in the window."""
    return F.size(F.collect_set(baskets.happened_on))


@feature(BASKETS, unit="lines", windows=(90, 365))
def lines_per_basket(baskets: Rows) -> Column:
    """Mean number of lines of a purchase in the window; missing if there was none."""
    return ratio(F.sum(baskets.lines), F.count(baskets.happened_on))


@feature(CATEGORY_BASKETS, unit="baskets", windows=(90, 365), if_none=0)
def category_baskets(baskets: Rows) -> Column:
    """Purchases with the category in the window."""
    return F.count(baskets.happened_on)
