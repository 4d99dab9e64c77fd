"""Cross-sell: the customer buys a category that was not bought of late."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from conf.models import Label
from models.histories import CATEGORY_LINES
from models.labels.declaration import Naive, label_kind
from models.windowed import Rows

NAIVE: dict[str, Naive] = {
    "baskets_90d": lambda _label: {"baskets_90d": 1},
    "latest_purchase": lambda _label: {"days_since_last_purchase": -1},
    "spend_90d": lambda _label: {"spend_90d": 1},
}


@label_kind(CATEGORY_LINES, answer="categories", naive=NAIVE)
def buys_category(ahead: Rows, label: Label) -> Column:
    """The categories bought in the window."""
    return F.sort_array(F.collect_set(ahead.last(label.window_days).category))
