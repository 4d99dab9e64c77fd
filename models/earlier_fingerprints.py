"""The fingerprints of models from before features were data: hashes of functions, whose text is kept here."""

import hashlib
import re
from collections.abc import Collection

from models.features.declaration import all_features, as_json


def earlier_fingerprint(names: Collection[str]) -> str | None:
    """What `fingerprint` said of these features before; None where one means something else now, or was not there."""
    declared = {feature.name: feature for feature in all_features()}
    used = {name: declared[name] for name in sorted(declared.keys() & set(names))}
    functions = {name: _functions().get(feature.stem) for name, feature in used.items()}
    if None in functions.values() or not all(map(_means_the_same, {feature.stem for feature in used.values()})):
        return None
    facts = [(name, used[name].window_days, *_arguments(text or ""), text) for name, text in functions.items()]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _means_the_same(stem: str) -> bool:
    now = [feature for feature in all_features() if feature.stem == stem]
    return hashlib.sha256(as_json(now)).hexdigest()[:16] == MEANINGS[stem]


def _functions() -> dict[str, str]:
    """Name without window -> the text that was hashed."""
    texts = [f"{text.strip()}\n" for text in FUNCTIONS.split("\n\n")]
    return {re.search(r"def (\w+)", text)[1]: text for text in texts}  # type: ignore[index]  # each holds one


def _arguments(text: str) -> tuple[int | None, str | None]:
    """`if_none` and `across` of the decorator."""
    across = re.search('across="([a-z]+)"', text)
    return 0 if "if_none=0" in text else None, across[1] if across else None


MEANINGS = {
    "active_days": "d1a90706e050cac2",
    "baskets": "3e785f4c61a9a570",
    "baskets_trend": "157ba659e76dfb7e",
    "categories": "0b783aa6338b8db1",
    "category_active_days": "65ab54ae6e65c56c",
    "category_days_since_last_purchase": "0030adcab8d10e80",
    "category_spend": "5b0049d43269b863",
    "category_spend_share": "9f8553059061c313",
    "contacts": "53bea9ab6b80f1cd",
    "days_since_first_purchase": "ba19e832c25f18df",
    "days_since_last_contact": "44b58a5fc08e6d14",
    "days_since_last_purchase": "c5f0383252378856",
    "days_since_last_response": "a8d3b697a34e69ea",
    "lateness": "4537c799367f2b05",
    "lines_per_basket": "c7c13d508536632b",
    "longest_gap_days": "c503280344d31ce4",
    "margin": "31dc30ee64e7f649",
    "mean_gap_days": "86f8d37d5ae8c194",
    "response_amount": "663fe47c106b303b",
    "responses": "6250b2940ee32005",
    "returned": "67877b96efee9f33",
    "spend": "95c40edb95c3d16e",
    "spend_per_basket": "409a9fa5844419ac",
    "spend_trend": "a740935d87b186da",
}
"""Name without window -> the first digits of the SHA-256 of the declarations that say what the function said."""

FUNCTIONS = '''
@feature(PURCHASE_DAYS, unit="days", windows=(30, 90, 365), if_none=0)
def active_days(days: Rows) -> Column:
    """Days with a purchase in the window."""
    return F.count(days.happened_on)

@feature(PURCHASE_DAYS, unit="baskets", windows=(30, 60, 90, 365), if_none=0)
def baskets(days: Rows) -> Column:
    """Purchases in the window; two on one day are two."""
    return F.sum(days.baskets)

@feature(PURCHASE_DAYS, unit="ratio", windows=(30, 90))
def baskets_trend(days: Rows) -> Column:
    """Purchases of the window over those of twice the window: 0.5 is steady; missing if there was none."""
    return ratio(F.sum(days.baskets), F.sum(days.last(2 * (days.window_days or 0)).baskets))

@feature(CATEGORY_LINES, unit="categories", windows=(30, 90, 365), if_none=0, across="sum")
def categories(lines: Rows) -> Column:
    """Different categories bought in the window."""
    return F.when(F.count(lines.happened_on) > 0, 1).otherwise(0)

@feature(CATEGORY_LINES, unit="days", windows=(90, 365), if_none=0)
def category_active_days(lines: Rows) -> Column:
    """Days with a purchase of the category in the window."""
    return lines.different_days()

@feature(CATEGORY_LINES, unit="days")
def category_days_since_last_purchase(lines: Rows) -> Column:
    """Whole days from the latest purchase in the category to the decision date; missing if it was never bought."""
    return F.datediff(lines.as_of, F.max(lines.happened_on))

@feature(CATEGORY_LINES, unit="money", windows=(90, 365), if_none=0)
def category_spend(lines: Rows) -> Column:
    """Money spent in the category in the window, returns deducted."""
    return F.sum(lines.amount)

@feature(CATEGORY_LINES, unit="share", windows=(90, 365), if_none=0, across="share")
def category_spend_share(lines: Rows) -> Column:
    """The category's share of the money the customer spent in the window."""
    return F.sum(lines.amount)

@feature(CONTACTS, unit="contacts", windows=(30, 90, 365), if_none=0)
def contacts(contacts: Rows) -> Column:
    """Contacts in the window."""
    return F.count(contacts.contacted_on)

@feature(PURCHASE_DAYS, unit="days")
def days_since_first_purchase(days: Rows) -> Column:
    """Whole days from the first purchase known to the decision date; missing if there was none."""
    return F.datediff(days.as_of, F.min(days.happened_on))

@feature(CONTACTS, unit="days")
def days_since_last_contact(contacts: Rows) -> Column:
    """Whole days from the latest contact to the decision date; missing if there was none."""
    return F.datediff(contacts.as_of, F.max(contacts.contacted_on))

@feature(PURCHASE_DAYS, unit="days")
def days_since_last_purchase(days: Rows) -> Column:
    """Whole days from the latest purchase to the decision date; missing if there was none."""
    return F.datediff(days.as_of, F.max(days.happened_on))

@feature(RESPONSES, unit="days")
def days_since_last_response(responses: Rows) -> Column:
    """Whole days from the latest response to the decision date; missing if there was none."""
    return F.datediff(responses.as_of, F.max(responses.responded_on))

@feature(PURCHASE_DAYS, unit="ratio", windows=(365,))
def lateness(days: Rows) -> Column:
    """Days since the latest purchase over the mean gap: above 1 is late; missing if there is no gap."""
    return ratio(F.datediff(days.as_of, F.max(days.happened_on)), mean_gap_days(days))

@feature(PURCHASE_DAYS, unit="lines", windows=(90, 365))
def lines_per_basket(days: Rows) -> Column:
    """Mean number of lines of a purchase in the window; missing if there was none."""
    return ratio(F.sum(days.lines), F.sum(days.baskets))

@feature(PURCHASE_DAYS, unit="days", windows=(365,))
def longest_gap_days(days: Rows) -> Column:
    """Most days between neighbouring days with purchases, the later within the window; missing if there is no gap."""
    return F.max(days.gap_days)

@feature(PURCHASE_DAYS, unit="money", windows=(30, 60, 90, 365))
def margin(days: Rows) -> Column:
    """Margin earned in the window; missing where no line states one."""
    return F.sum(days.margin)

@feature(PURCHASE_DAYS, unit="days", windows=(365,))
def mean_gap_days(days: Rows) -> Column:
    """Mean days between neighbouring days with purchases, the later within the window; missing if there is no gap."""
    return ratio(F.sum(days.gap_days), F.count(days.gap_days))

@feature(RESPONSES, unit="money", windows=(365,), if_none=0)
def response_amount(responses: Rows) -> Column:
    """Money that responses in the window were worth, where they say."""
    return F.sum(responses.amount)

@feature(RESPONSES, unit="responses", windows=(30, 90, 365), if_none=0)
def responses(responses: Rows) -> Column:
    """Responses in the window."""
    return F.count(responses.responded_on)

@feature(PURCHASE_DAYS, unit="money", windows=(90, 365), if_none=0)
def returned(days: Rows) -> Column:
    """Money of the lines returned in the window."""
    return F.sum(days.returned)

@feature(PURCHASE_DAYS, unit="money", windows=(30, 60, 90, 365), if_none=0)
def spend(days: Rows) -> Column:
    """Money spent in the window, returns deducted."""
    return F.sum(days.amount)

@feature(PURCHASE_DAYS, unit="money", windows=(90, 365))
def spend_per_basket(days: Rows) -> Column:
    """Mean money spent in a purchase in the window; missing if there was none."""
    return ratio(F.sum(days.amount), F.sum(days.baskets))

@feature(PURCHASE_DAYS, unit="ratio", windows=(30, 90))
def spend_trend(days: Rows) -> Column:
    """Spend of the window over the spend of twice the window: 0.5 is steady; missing if nothing was spent."""
    return ratio(F.sum(days.amount), F.sum(days.last(2 * (days.window_days or 0)).amount))
'''
