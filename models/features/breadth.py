"""How widely the customer buys."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature
from models.histories import BASKETS
from models.rows import Rows


@feature(BASKETS, unit="categories", windows=(30, 90, 365), if_none=0)
def categories(baskets: Rows) -> Column:
    """Different categories bought in the window."""
    return F.size(F.array_distinct(F.flatten(F.collect_list(baskets.categories))))
