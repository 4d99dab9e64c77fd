"""How widely the customer buys."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature
from models.histories import CATEGORY_LINES
from models.windowed import Rows


@feature(CATEGORY_LINES, unit="categories", windows=(30, 90, 365), if_none=0, across="sum")
def categories(lines: Rows) -> Column:
    """Different categories bought in the window."""
    return F.when(F.count(lines.happened_on) > 0, 1).otherwise(0)
