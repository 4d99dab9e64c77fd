"""Money that no formula says."""


def a_value_is_a_millionth_too_high(night):
    """rows whose value is not what its formula says"""
    night.attributes["ann"] = {"worth": 11.999999}


def a_cost_is_forgotten(night):
    """rows whose cost is not what its formula says"""
    night.attributes["bob"] = {"price": 3.0}


def a_value_is_not_known(night):
    """rows whose value is not what its formula says"""
    night.attributes["007"] = {"worth": None}


def a_formula_was_changed_afterwards(night):
    """rows whose cost is not what its formula says"""
    night.policy["cost"]["loyalty"] = "price * 2"


def an_offers_own_formula_is_passed_over(night):
    """rows whose value is not what its formula says"""
    night.policy["value_of_offer"] = {"gift": "if(worth > 1, worth * 2, worth)"}


def an_offers_own_cost_is_passed_over(night):
    """rows whose cost is not what its formula says"""
    night.policy["cost_of_offer"] = {"card": "round(price / 3, 2)"}


def the_objectives_formula_is_taken_where_the_offers_own_says_nothing(night):
    """rows whose value is not what its formula says"""
    night.policy["value_of_offer"] = {"card": "least(worth, worth / 0)"}
