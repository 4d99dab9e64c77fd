"""What the customer gives back."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature
from models.histories import BASKETS
from models.rows import Rows


@feature(BASKETS, unit="money", windows=(90, 365), if_none=0)
def returned(baskets: Rows) -> Column:
    """Money of the lines returned in the window."""
    return F.sum(baskets.returned)
