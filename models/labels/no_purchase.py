"""Attrition: the customer buys nothing."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from conf.models import Label
from models.histories import PURCHASE_DAYS
from models.labels.declaration import label_kind
from models.windowed import Rows


@label_kind(
    PURCHASE_DAYS,
    answer="probability",
    if_none=1,
    naive={
        "fewest_baskets_90d": lambda _label: {"baskets_90d": -1},
        "days_since_last_purchase": lambda _label: {"days_since_last_purchase": 1},
        "least_spend_90d": lambda _label: {"spend_90d": -1},
    },
)
def no_purchase(ahead: Rows, label: Label) -> Column:
    """1 if there is no purchase in the window, else 0."""
    return F.when(F.count(ahead.last(label.window_days).happened_on) == 0, 1.0).otherwise(0.0)
