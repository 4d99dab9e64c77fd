"""Reasons that are not the true ones."""


def there_were_fewer_to_choose_from(night):
    """customers whose reasons do not follow"""
    night.of("ann")["reasons"] = ["best of 2 candidates under the limits"]


def a_choice_by_plan_is_said_to_be_of_chance(night):
    """customers whose reasons do not follow"""
    night.of("ann")["reasons"] = ["exploration: drawn at random, one of 1 candidates"]


def a_reason_is_left_out(night):
    """customers whose reasons do not follow"""
    night.of("cid")["reasons"] = ["consent: no consent for email"]


def a_reason_is_invented(night):
    """customers whose reasons do not follow"""
    night.of("cid")["reasons"] = ["consent: no consent for email", "consent: no consent for sms", "rules: too young"]


def reasons_are_in_another_order(night):
    """customers whose reasons do not follow"""
    night.of("cid")["reasons"] = ["consent: no consent for sms", "consent: no consent for email"]


def the_holdout_has_another_reason(night):
    """customers whose reasons do not follow"""
    night.of("dora")["reasons"] = ["holdout", "consent: no consent for sms"]


def two_customers_have_each_other_s_reasons(night):
    """customers whose reasons do not follow"""
    night.of("ann")["reasons"], night.of("dora")["reasons"] = (
        ["holdout "],
        ["best of 1 candidates under the limits"],
    )
