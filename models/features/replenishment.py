"""How regularly the customer buys a category, and how overdue it is.

For rules and formulas of offers with a target category. They are built where the policy or a model's
`features` names them.
"""

from models.features.declaration import declared_in
from models.features.expressions import Ratio, days_since_last, gaps, span
from models.histories import CATEGORY_LINES

feature = declared_in(__file__)
USUAL_GAP = Ratio(span("happened_on"), gaps("happened_on"))

feature(
    "category_usual_gap_days",
    CATEGORY_LINES,
    USUAL_GAP,
    "Mean days between neighbouring days with purchases of the category in the window; missing if there is no gap.",
    unit="days",
    windows=(365,),
    by_default=False,
    worked=[
        "10 ago: category wine; 10 ago: category wine; 40 ago: category wine; 90 ago: category wine -> 40",
        "10 ago: category wine; 366 ago: category wine -> missing",
    ],
)
feature(
    "category_overdue_ratio",
    CATEGORY_LINES,
    Ratio(days_since_last(), USUAL_GAP),
    "Days since the latest purchase of the category over the usual gap: above 1 is overdue; missing without a gap.",
    unit="ratio",
    windows=(365,),
    by_default=False,
    worked=[
        "60 ago: category wine; 90 ago: category wine; 1 ago: category tea -> 2",
        "60 ago: category wine; 60 ago: category wine -> missing",
    ],
)
