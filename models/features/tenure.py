"""How long the customer has been one."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature
from models.histories import PURCHASE_DAYS
from models.windowed import Rows


@feature(PURCHASE_DAYS, unit="days")
def days_since_first_purchase(days: Rows) -> Column:
    """Whole days from the first purchase known to the decision date; missing if there was none."""
    return F.datediff(days.as_of, F.min(days.happened_on))
