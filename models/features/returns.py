"""What the customer gives back."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature
from models.histories import PURCHASE_DAYS
from models.windowed import Rows


@feature(PURCHASE_DAYS, unit="money", windows=(90, 365), if_none=0)
def returned(days: Rows) -> Column:
    """Money of the lines returned in the window."""
    return F.sum(days.returned)
