"""Offers that nobody planned."""


def an_offer_is_made_that_could_not_be_made(night):
    """offers that were no candidates of the night, or not at this value and cost"""
    night.change_candidates = lambda rows: rows.pop(2)  # a night lays what it offers: here, all but bob's card


def an_offer_is_made_at_a_cost_that_nobody_planned(night):
    """offers that were no candidates of the night, or not at this value and cost"""
    night.change_candidates = lambda rows: rows[2].update(cost=rows[2]["cost"] + 1)
