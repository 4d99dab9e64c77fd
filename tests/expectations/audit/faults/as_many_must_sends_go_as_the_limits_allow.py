"""Offers that must be sent and are not counted as they should be: 007 gets the gift, Ann and Bob the card."""

from decimal import Decimal

ALL = {"due": 3, "planned": 3, "at_most": 3}


def nobody_counted_what_must_be_sent(night):
    """numbers of must-sends without offers that must be sent, or the reverse"""
    night.must_be_sent("gift", "card")


def must_sends_are_counted_where_nothing_must_be_sent(night):
    """numbers of must-sends without offers that must be sent, or the reverse"""
    night.must_be_sent(**ALL)


def the_manifest_says_more_are_sent(night):
    """the manifest does not say how many are due, sent and possible"""
    night.must_be_sent("gift", "card", **ALL)
    night.change_manifest = lambda manifest: manifest["plan"]["must_send"].update(sent=4)


def fewer_are_said_to_be_due(night):
    """another number of customers to whom one must go"""
    night.must_be_sent("gift", "card", **ALL | {"due": 2})


def fewer_are_sent_than_were_planned(night):
    """another number that is sent than was planned"""
    night.must_be_sent("gift", due=1, planned=2, at_most=2)


def more_were_possible(night):
    """the prices do not prove that no plan sends more"""
    night.must_be_sent("card", due=3, planned=2, at_most=2)
    night.consents += "cid,email,true,2024-01-01\n"
    facts = {"customer_id": "cid", "offer_id": "card", "channel": "email"}
    night.further_candidates = [facts | {"value": Decimal("0.01"), "cost": Decimal("0.003")}]
    night.of("cid").update(status="not_selected", reasons=["must_send: card could not go within the limits"])
    emails = {"limit": "emails", "bound": "max", "price": "1500000"}
    night.change_proof = lambda proof: proof["prices"].append(emails)


def a_price_of_nothing_proves_it(night):
    """cannot be checked: ValueError"""
    night.must_be_sent("card", due=2, planned=2, at_most=2)
    night.must_send_prices = [{"limit": "no limit", "bound": "max", "price": "1"}]
