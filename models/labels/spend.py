"""Value: what the customer spends, or the margin earned with it."""

from collections.abc import Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F

from conf.micros import MICROS
from conf.models import Label
from models.histories import PURCHASE_DAYS
from models.labels.declaration import label_kind
from models.windowed import Rows

_WINDOWS_DAYS = (30, 60, 90, 365)


def _prior(label: Label) -> Mapping[str, float]:
    """The same number of days before; the nearest window of the features, scaled, where there is no such one."""
    days = min(_WINDOWS_DAYS, key=lambda window: abs(window - label.window_days))
    what = "spend" if label.of == "amount" else "margin"
    return {f"{what}_{days}d": label.window_days / days}


@label_kind(
    PURCHASE_DAYS,
    answer="money",
    if_none=0,
    naive={
        "the_same_as_before": _prior,
        "spend_365d": lambda _label: {"spend_365d": 1},
        "latest_purchase": lambda _label: {"days_since_last_purchase": -1},
    },
)
def spend(ahead: Rows, label: Label) -> Column:
    """Money in the window, in units of the currency; returns deducted."""
    inside = ahead.last(label.window_days)
    return F.sum(inside.amount if label.of == "amount" else inside.margin) / MICROS
