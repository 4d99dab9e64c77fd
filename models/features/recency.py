"""How long ago the customer bought."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature
from models.histories import CATEGORY_LINES, PURCHASE_DAYS
from models.windowed import Rows


@feature(PURCHASE_DAYS, unit="days")
def days_since_last_purchase(days: Rows) -> Column:
    """Whole days from the latest purchase to the decision date; missing if there was none."""
    return F.datediff(days.as_of, F.max(days.happened_on))


@feature(CATEGORY_LINES, unit="days")
def category_days_since_last_purchase(lines: Rows) -> Column:
    """Whole days from the latest purchase in the category to the decision date; missing if it was never bought."""
    return F.datediff(lines.as_of, F.max(lines.happened_on))
