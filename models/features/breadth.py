"""How widely the customer buys."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature
from models.histories import CATEGORY_DAYS
from models.rows import Rows


@feature(CATEGORY_DAYS, unit="categories", windows=(30, 90, 365), if_none=0, across="sum")
def categories(days: Rows) -> Column:
    """Different categories bought in the window."""
    return F.when(F.count(days.happened_on) > 0, 1).otherwise(0)
