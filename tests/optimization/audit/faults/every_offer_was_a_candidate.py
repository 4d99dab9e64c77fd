"""Offers that nobody planned."""


def an_offer_is_made_that_could_not_be_made(night):
    """offers that were no candidates of the night, or not at this value and cost"""
    laid = night._lay_candidates  # a night lays what it offers: here, all but bob's card

    def without_bob():
        bob = night.decisions.pop(next(k for k, row in enumerate(night.decisions) if row["customer_id"] == "bob"))
        folder = laid()
        night.decisions.append(bob)
        return folder

    night._lay_candidates = without_bob


def an_offer_is_made_at_a_cost_that_nobody_planned(night):
    """offers that were no candidates of the night, or not at this value and cost"""
    laid = night._lay_candidates

    def dearer():
        night.of("bob")["cost"] += 1
        folder = laid()
        night.of("bob")["cost"] -= 1
        return folder

    night._lay_candidates = dearer
