"""How often the customer was contacted before, and what came of it: coupons used, calls accepted."""

from models.features.declaration import declared_in
from models.features.expressions import count, days_since_last, total
from models.histories import CONTACTS, RESPONSES

feature = declared_in(__file__)

feature(
    "contacts",
    CONTACTS,
    count(),
    "Contacts in the window.",
    unit="contacts",
    windows=(30, 90, 365),
    if_none=0,
    worked=["30 ago:; 30 ago:; 31 ago: -> 2, 3, 3", "nothing -> 0, 0, 0"],
)
feature(
    "days_since_last_contact",
    CONTACTS,
    days_since_last(),
    "Whole days from the latest contact to the decision date; missing if there was none.",
    unit="days",
    worked=["30 ago:; 400 ago: -> 30", "nothing -> missing"],
)
feature(
    "responses",
    RESPONSES,
    count(),
    "Responses in the window.",
    unit="responses",
    windows=(30, 90, 365),
    if_none=0,
    worked=["30 ago:; 30 ago:; 91 ago: -> 2, 2, 3", "nothing -> 0, 0, 0"],
)
feature(
    "days_since_last_response",
    RESPONSES,
    days_since_last(),
    "Whole days from the latest response to the decision date; missing if there was none.",
    unit="days",
    worked=["30 ago:; 400 ago: -> 30", "nothing -> missing"],
)
feature(
    "response_amount",
    RESPONSES,
    total("amount"),
    "Money that responses in the window were worth, where they say.",
    unit="money",
    windows=(365,),
    if_none=0,
    worked=["1 ago: amount 2.5; 2 ago:; 366 ago: amount 4 -> 2.5", "1 ago: -> 0"],
)
