"""How often and how much the customer buys, and whether it grows."""

from models.features.declaration import declared_in
from models.features.expressions import Ratio, count, total
from models.histories import PURCHASE_DAYS

feature = declared_in(__file__)

feature(
    "baskets",
    PURCHASE_DAYS,
    total("baskets"),
    "Purchases in the window; two on one day are two.",
    unit="baskets",
    windows=(30, 60, 90, 365),
    if_none=0,
    worked=[
        "30 ago: basket a; 30 ago: basket b; 31 ago: basket c; 365 ago: basket d -> 2, 3, 3, 4",
        "366 ago: basket a -> 0, 0, 0, 0",
    ],
)
feature(
    "active_days",
    PURCHASE_DAYS,
    count(),
    "Days with a purchase in the window.",
    unit="days",
    windows=(30, 90, 365),
    if_none=0,
    worked=["30 ago: basket a; 30 ago: basket b; 31 ago: basket c -> 1, 2, 2", "nothing -> 0, 0, 0"],
)
feature(
    "lines_per_basket",
    PURCHASE_DAYS,
    Ratio(total("lines"), total("baskets")),
    "Mean number of lines of a purchase in the window; missing if there was none.",
    unit="lines",
    windows=(90, 365),
    worked=["1 ago: basket a; 1 ago: basket a; 2 ago: basket b; 91 ago: basket c -> 3/2, 4/3", "91 ago: -> missing, 1"],
)
feature(
    "spend",
    PURCHASE_DAYS,
    total("amount"),
    "Money spent in the window, returns deducted.",
    unit="money",
    windows=(30, 60, 90, 365),
    if_none=0,
    worked=[
        "1 ago: amount 5; 30 ago: amount 0.1; 31 ago: amount 0.2; 91 ago: amount 9 -> 5.1, 5.3, 5.3, 14.3",
        "1 ago: amount 5; 40 ago: amount -7 -> 5, -2, -2, -2",
        "nothing -> 0, 0, 0, 0",
    ],
)
feature(
    "margin",
    PURCHASE_DAYS,
    total("margin"),
    "Margin earned in the window; missing where no line states one.",
    unit="money",
    windows=(30, 60, 90, 365),
    worked=[
        "1 ago: margin 2; 1 ago: amount 9; 45 ago: margin 1 -> 2, 3, 3, 3",
        "1 ago: amount 9 -> missing, missing, missing, missing",
    ],
)
feature(
    "spend_per_basket",
    PURCHASE_DAYS,
    Ratio(total("amount"), total("baskets")),
    "Mean money spent in a purchase in the window; missing if there was none.",
    unit="money",
    windows=(90, 365),
    worked=["1 ago: amount 1; 2 ago: amount 9; 91 ago: amount 2 -> 5, 4", "91 ago: amount 2 -> missing, 2"],
)
feature(
    "returned",
    PURCHASE_DAYS,
    total("returned"),
    "Money of the lines returned in the window.",
    unit="money",
    windows=(90, 365),
    if_none=0,
    worked=["1 ago: amount -3; 1 ago: amount 8; 91 ago: amount 2, quantity -1 -> 3, 5", "nothing -> 0, 0"],
)
feature(
    "spend_trend",
    PURCHASE_DAYS,
    Ratio(total("amount"), total("amount", windows=2)),
    "Spend of the window over the spend of twice the window: 0.5 is steady; missing if nothing was spent.",
    unit="ratio",
    windows=(30, 90),
    worked=[
        "30 ago: amount 4; 31 ago: amount 2; 61 ago: amount 2 -> 2/3, 1",
        "60 ago: amount 2; 180 ago: amount 8 -> missing, 0.2",
    ],
)
feature(
    "baskets_trend",
    PURCHASE_DAYS,
    Ratio(total("baskets"), total("baskets", windows=2)),
    "Purchases of the window over those of twice the window: 0.5 is steady; missing if there was none.",
    unit="ratio",
    windows=(30, 90),
    worked=["30 ago:; 60 ago:; 61 ago: -> 1/2, 1", "60 ago:; 180 ago: -> missing, 1/2"],
)
