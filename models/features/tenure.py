"""How long the customer has been one."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature
from models.histories import BASKETS
from models.rows import Rows


@feature(BASKETS, unit="days")
def days_since_first_purchase(baskets: Rows) -> Column:
    """Whole days from the first purchase known to the decision date; missing if there was none."""
    return F.datediff(baskets.as_of, F.min(baskets.happened_on))
