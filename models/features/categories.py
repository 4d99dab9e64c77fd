"""What the customer buys."""

from models.features.declaration import declared_in
from models.features.expressions import Share, days_since_last, distinct, total
from models.histories import CATEGORY_LINES

feature = declared_in(__file__)

feature(
    "categories",
    CATEGORY_LINES,
    distinct("category"),
    "Different categories bought in the window.",
    unit="categories",
    windows=(30, 90, 365),
    if_none=0,
    grain="customer",
    worked=[
        "1 ago: category wine; 2 ago: category wine; 30 ago: category tea; 31 ago: category rye -> 2, 3, 3",
        "1 ago: -> 0, 0, 0",
    ],
)
feature(
    "category_days_since_last_purchase",
    CATEGORY_LINES,
    days_since_last(),
    "Whole days from the latest purchase in the category to the decision date; missing if it was never bought.",
    unit="days",
    worked=["1 ago: category tea; 5 ago: category wine; 9 ago: category wine -> 5"],
)
feature(
    "category_active_days",
    CATEGORY_LINES,
    distinct("happened_on"),
    "Days with a purchase of the category in the window.",
    unit="days",
    windows=(90, 365),
    if_none=0,
    worked=[
        "1 ago: category wine; 1 ago: category wine; 91 ago: category wine; 2 ago: category tea -> 1, 2",
        "366 ago: category wine -> 0, 0",
    ],
)
feature(
    "category_spend",
    CATEGORY_LINES,
    total("amount"),
    "Money spent in the category in the window, returns deducted.",
    unit="money",
    windows=(90, 365),
    if_none=0,
    worked=[
        "1 ago: category wine, amount 5; 1 ago: category tea, amount 1; 91 ago: category wine, amount -2 -> 5, 3",
        "366 ago: category wine, amount 5 -> 0, 0",
    ],
)
feature(
    "category_spend_share",
    CATEGORY_LINES,
    Share(total("amount")),
    "The category's share of the money the customer spent in the window.",
    unit="share",
    windows=(90, 365),
    if_none=0,
    worked=[
        "1 ago: category wine, amount 3; 1 ago: category tea, amount 1; 1 ago: amount 9; "
        "91 ago: category tea, amount 2 -> 3/4, 1/2",
        "366 ago: category wine, amount 5 -> 0, 0",
    ],
)
