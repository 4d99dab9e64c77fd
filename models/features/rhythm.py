"""When the customer bought, and how regularly."""

from models.features.declaration import declared_in
from models.features.expressions import Ratio, days_since_first, days_since_last, highest, mean
from models.histories import PURCHASE_DAYS

feature = declared_in(__file__)

feature(
    "days_since_last_purchase",
    PURCHASE_DAYS,
    days_since_last(),
    "Whole days from the latest purchase to the decision date; missing if there was none.",
    unit="days",
    worked=["3 ago:; 40 ago: -> 3", "nothing -> missing"],
)
feature(
    "days_since_first_purchase",
    PURCHASE_DAYS,
    days_since_first(),
    "Whole days from the first purchase known to the decision date; missing if there was none.",
    unit="days",
    worked=["3 ago:; 400 ago: -> 400", "nothing -> missing"],
)
feature(
    "mean_gap_days",
    PURCHASE_DAYS,
    mean("gap_days"),
    "Mean days between neighbouring days with purchases, the later within the window; missing if there is no gap.",
    unit="days",
    windows=(365,),
    worked=["1 ago:; 1 ago:; 8 ago:; 368 ago:; 900 ago: -> 367/2", "1 ago: -> missing"],
)
feature(
    "longest_gap_days",
    PURCHASE_DAYS,
    highest("gap_days"),
    "Most days between neighbouring days with purchases, the later within the window; missing if there is no gap.",
    unit="days",
    windows=(365,),
    worked=["1 ago:; 8 ago:; 368 ago:; 900 ago: -> 360", "400 ago:; 500 ago: -> missing"],
)
feature(
    "lateness",
    PURCHASE_DAYS,
    Ratio(days_since_last(), mean("gap_days")),
    "Days since the latest purchase over the mean gap: above 1 is late; missing if there is no gap.",
    unit="ratio",
    windows=(365,),
    worked=["6 ago:; 10 ago: -> 3/2", "6 ago: -> missing"],
)
