"""Manifests that say something else about the plan than the night kept."""


def the_search_ended_otherwise(night):
    """the plan's status is not what the night kept"""
    night.change_kept = lambda kept: kept["certificates"][0].update(status="time_limit")


def another_engine_searched(night):
    """the plan's engine is not what the night kept"""
    night.change_kept = lambda kept: kept["certificates"][0].update(engine="prices")


def the_bound_was_higher(night):
    """the plan's bound is not what the night kept"""
    night.change_kept = lambda kept: kept["certificates"][0].update(bound=kept["certificates"][0]["bound"] + 1)


def the_gap_is_not_that_of_value_and_bound(night):
    """the gap is not that of value and bound"""
    night.change_manifest = lambda manifest: manifest["plan"].update(gap=0.00001)


def experiments_that_there_were_not_cost_something(night):
    """a policy without experiments, and a plan that they cost something"""
    night.change_manifest = lambda manifest: manifest["plan"].update(without_experiments="30")


def a_limit_was_another(night):
    """the limits are not what the night kept of them"""
    night.change_kept = lambda kept: kept.update(limit_prices=kept["limit_prices"][:-1])
