"""Cross-sell: the customer buys a category that was not bought of late."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from conf.models import Label
from models.histories import CATEGORY_LINES
from models.labels.declaration import label_kind
from models.rows import Rows


@label_kind(CATEGORY_LINES, answer="categories", naive={"baskets_90d": lambda _label: {"baskets_90d": 1}})
def buys_category(ahead: Rows, label: Label) -> Column:
    """The categories bought in the window."""
    return F.sort_array(F.collect_set(ahead.last(label.window_days).category))
