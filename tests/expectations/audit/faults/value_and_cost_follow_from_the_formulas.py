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
