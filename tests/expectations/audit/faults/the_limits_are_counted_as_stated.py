"""Limits that are not used as it is said; limits.csv and the lake say the same."""

from tests.expectations.audit.drawn import limits


def _state(night, limit, **wrong):
    """As a night would that counted wrongly: every file of it says so."""

    def miscounted(night, proof):
        return [row | wrong if row["name"] == limit else row for row in limits.limit_rows(night, proof)]

    night.count_limits = miscounted


def a_use_is_one_too_small(night):
    """emails: another use than follows"""
    _state(night, "emails", use=1.0, binding=True)


def a_maximum_is_higher_than_the_policy_says(night):
    """budget: another max than follows"""
    _state(night, "budget", max=6.0)


def a_price_is_not_that_of_the_proof(night):
    """card wish: another shadow_price than follows"""
    _state(night, "card wish", shadow_price=-0.25)


def a_price_is_of_the_other_bound(night):
    """card wish: another side than follows"""
    _state(night, "card wish", side="max")


def a_missed_wish_is_kept_quiet(night):
    """card wish: another shortfall than follows"""
    _state(night, "card wish", shortfall=0.0, cause="")


def a_cause_is_invented(night):
    """card wish: another cause than follows"""
    _state(night, "card wish", cause="held back by budget")


def a_full_limit_is_called_free(night):
    """emails: another binding than follows"""
    _state(night, "emails", binding=False)


def a_limit_in_force_is_not_stated(night):
    """the limits stated are not those in force"""
    night.count_limits = lambda night, proof: limits.limit_rows(night, proof)[1:]
