"""Raw tables as text."""

CUSTOMERS = "customer_id,household_id\n007,7\nann,1\nbob,2\ncid,\ndora,\neve,1\n"
CONSENTS = """customer_id,channel,is_allowed,updated_at
007,email,true,2024-01-01
ann,*,true,2024-01-01
bob,sms,false,2024-01-01
bob,sms,true,2024-02-01
eve,*,false,2024-01-01
"""
TRANSACTIONS = """customer_id,transaction_id,happened_at,product_id,quantity,amount
007,t1,2024-06-30 23:59:59,shoe,1,19.99
007,t1,2024-07-01 00:00:00,shoe,1,999
ann,t2,2024-05-01,hat,1,5
ann,t2,2024-05-01,bread,2,40.5
ann,t3,2024-06-30,bread,-1,-20.25
ann,t4,2024-06-30,nothing,1,0.000001
bob,t5,2023-12-24,hat,1,7
,t6,2024-06-30,hat,1,7
bob,t7,someday,hat,1,7
"""
PRODUCTS = "product_id,category\nshoe,clothes\nhat,clothes\nbread,food\n"
CONTACTS = "customer_id,offer_id,channel,contacted_at,arm\n"
RESPONSES = "customer_id,offer_id,outcome,responded_at\n"
BY_OPTION = ("card_by_email", "card_by_sms", "gift_by_email", "loan_by_email", "loan_by_sms")
"""Attributes that say what an option is worth to a customer, as a multiple of `worth`; 0 where it is not known."""
ATTRIBUTES = ("worth", "price", "leaning", "barred", *BY_OPTION)
CHANNELS = (
    {"id": "email", "unit_cost": "0.1", "by_email": "1", "by_sms": "0"},
    {"id": "sms", "unit_cost": "0.2", "by_email": "0", "by_sms": "1"},
)
OFFERS = """id,name,objective,valid_from,valid_to,channels,margin,incentive_cost
card,Golden card,cross_sell,2024-01-01,2024-12-31,email sms,20,1
gift,A small gift,loyalty,2024-07-01,2024-07-01,email,0,1
"""


NEWCOMERS = """leaning,customers,offer_id,offer_name,channel,value,cost,charge,worth\r
1.0,1,card,Golden card,email,4.833330,1.000000,-0.500000,4.333330\r
,4,card,Golden card,email,2.888890,1.000000,-0.500000,2.388890\r
"""
"""Where groups stand for the unknown: the card by text message is worth the same, and comes second in offers.csv."""


def worth_of(offer: str) -> str:
    """The formula of an offer's value: worth, times what the option has of it; a division by zero is not known."""
    share = f"(by_email * {offer}_by_email" + (f" + by_sms * {offer}_by_sms)" if offer != "gift" else ")")
    return f"worth * {share} * ({share} / {share})"


FORMULAS = {
    "value": {"cross_sell": worth_of("card"), "loyalty": worth_of("gift"), "up_sell": worth_of("loan")},
    "cost": dict.fromkeys(("cross_sell", "loyalty", "up_sell"), "price"),
}


def with_attributes(customers: str, attributes: dict[str, dict]) -> str:
    """The list of customers with a column for each attribute; of whom nobody says anything they are empty."""
    head, *rows = customers.splitlines()
    lines = [",".join([head, *ATTRIBUTES])]
    for row in rows:
        ours = attributes.get(row.split(",")[0], {})
        lines.append(",".join([row, *("" if ours.get(name) is None else repr(ours[name]) for name in ATTRIBUTES)]))
    return "\n".join(lines) + "\n"
