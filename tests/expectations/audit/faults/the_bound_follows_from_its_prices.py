"""Bounds that their proof does not prove."""

from decimal import Decimal


def _candidate(customer, offer, channel, value, cost):
    return {"customer_id": customer, "offer_id": offer, "channel": channel, "value": value, "cost": cost}


def a_better_candidate_was_kept_from_the_search(night):
    """the prices do not prove the bound"""
    night.further_candidates = [_candidate("cid", "gift", "sms", Decimal("0.01"), Decimal("0.003"))]


def a_price_was_left_out(night):
    """the prices do not prove the bound"""
    night.change_proof = lambda proof: proof.update(prices=[])


def a_price_was_rounded_up(night):
    """cannot be checked: ValueError"""
    night.change_proof = lambda proof: proof["prices"][0].update(price="500001")


def the_tree_is_cut_to_a_leaf_that_claims_to_be_empty(night):
    """the prices do not prove the bound"""
    night.change_proof = lambda proof: proof.update(prices=[], tree=[{"prices": [], "is_empty": True}])


def the_proof_is_of_a_night_with_households(night):
    """the proof is of another number of contacts per household"""
    night.change_proof = lambda proof: proof.update(max_per_household=1)


def _two_a_household(night, left, **rule):
    cap = {"name": "home", "max_contacts": 2, "days": 7, "per": "household", **rule}
    night.policy["contact_policy"] = [cap]
    night.contacts += "bob,old,mail,2024-06-30\n"  # of another household
    night.share_a_household("ann 007", **{"bob": 1, "007": 2, "ann": 2} | left)


def a_household_has_less_left_than_is_said(night):
    """candidates with another number of contacts that their household has left"""
    _two_a_household(night, {"bob": 2})


def a_customer_is_said_to_take_no_place(night):
    """candidates with another number of contacts that their household has left"""
    _two_a_household(night, {"007": None})


def a_customer_is_said_to_take_a_place_with_an_offer_that_is_left_out(night):
    """candidates with another number of contacts that their household has left"""
    _two_a_household(night, {}, **{"except": ["gift"]})


def the_proof_is_of_one_contact_per_household(night):
    """the proof is of another number of contacts per household"""
    _two_a_household(night, {})
    night.change_proof = lambda proof: proof.update(max_per_household=1)


def there_are_no_prices(night):
    """cannot be checked: KeyError"""
    night.change_proof = lambda proof: proof.pop("prices")
