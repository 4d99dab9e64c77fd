"""Features that nobody needs yet: filters, grains and primitives together, as the next ones will have them."""

from models.features.declaration import Feature, check_expression
from models.features.expressions import Ratio, Share, count, days_since_last, distinct, highest, mean, total
from models.histories import CATEGORY_LINES, CONTACTS, PURCHASE_DAYS, RESPONSES

BY_SMS, AT_WEEKENDS = {"channel": ["sms"]}, {"weekday": [6, 7]}


def made(name, history, value, *, days=90, unit="ratio", if_none=None, grain=None):
    own_grain = "customer × category" if history is CATEGORY_LINES else "customer"
    feature = Feature(name, "tests", history, value, unit, days, if_none, grain or own_grain, "")
    check_expression(feature)
    return feature


FURTHER = (
    made("contacts_by_sms", CONTACTS, count(where=BY_SMS), days=30, if_none=0),
    made("days_since_last_sms", CONTACTS, days_since_last(where=BY_SMS), days=None),
    made("share_of_sms", CONTACTS, Ratio(count(where=BY_SMS), count())),
    made("sms_of_the_card_at_weekends", CONTACTS, count(where=BY_SMS | AT_WEEKENDS | {"offer_id": ["card", "x"]})),
    made("offers_seen", CONTACTS, distinct("offer_id"), if_none=-1),
    made("weekend_share", PURCHASE_DAYS, Ratio(count(where=AT_WEEKENDS), count())),
    made("weekdays", PURCHASE_DAYS, distinct("weekday")),
    made("best_day", PURCHASE_DAYS, highest("amount"), unit="money", if_none=2.5),
    made("days_with_margin", PURCHASE_DAYS, count("margin")),
    made("mean_answer", RESPONSES, mean("amount"), unit="money"),
    made("category_days_ever", CATEGORY_LINES, distinct("happened_on"), days=None),
    made("category_weekend_days", CATEGORY_LINES, distinct("happened_on", where=AT_WEEKENDS)),
    made("category_share_of_lines", CATEGORY_LINES, Share(count(where=AT_WEEKENDS)), unit="share", if_none=0),
    made("category_trend", CATEGORY_LINES, Ratio(total("lines"), total("lines", windows=2)), days=30),
    made("weekend_categories", CATEGORY_LINES, distinct("category", where=AT_WEEKENDS), days=365, grain="customer"),
    made("lines_of_wine", CATEGORY_LINES, count(where={"category": ["wine", "tea"]}), grain="customer"),
    made("categorised_lines", CATEGORY_LINES, count(), grain="customer"),
    made("categorised_spend", CATEGORY_LINES, total("amount"), unit="money", grain="customer"),
)
