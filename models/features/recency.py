"""How long ago the customer bought."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature
from models.histories import BASKETS, CATEGORY_BASKETS
from models.rows import Rows


@feature(BASKETS, unit="days")
def days_since_last_purchase(baskets: Rows) -> Column:
    """Whole days from the latest purchase to the decision date; missing if there was none."""
    return F.datediff(baskets.as_of, F.max(baskets.happened_on))


@feature(CATEGORY_BASKETS, unit="days")
def category_days_since_last_purchase(baskets: Rows) -> Column:
    """Whole days from the latest purchase in the category to the decision date; missing if it was never bought."""
    return F.datediff(baskets.as_of, F.max(baskets.happened_on))
