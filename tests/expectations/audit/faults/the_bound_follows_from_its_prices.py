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


def there_are_no_prices(night):
    """cannot be checked: KeyError"""
    night.change_proof = lambda proof: proof.pop("prices")
