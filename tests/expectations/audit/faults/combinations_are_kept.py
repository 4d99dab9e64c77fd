"""Offers that earlier ones exclude: Ann and Bob get the card, 007 the gift."""


def _rule(night, **rule):
    night.policy["combinations"] = [{"name": "rule", **rule}]


def both_of_two_that_never_go_together(night):
    """rule: offers tonight that it does not allow"""
    _rule(night, never_together=["card", "loan"])
    night.contacts += "ann,loan,mail,2020-01-01\nbob,card,mail,2020-01-01\n"


def too_soon_after_another(night):
    """rule: offers tonight that it does not allow"""
    _rule(night, offers=["gift"], after=["loan"], not_within_days=7)
    night.contacts += "007,loan,mail,2024-06-24\nann,loan,mail,2024-06-30\n"


def too_soon_before_one_of_a_later_date(night, new_decision):
    """rule: offers tonight that it does not allow"""
    _rule(night, offers=["loan"], after=["gift"], not_within_days=7)
    night.sent_on("2024-07-08", new_decision("007", "offered", "loan", "email", "5", "1"))


def a_date_is_lost_that_may_have_excluded_it(night):
    """rule: offers tonight that it does not allow"""
    _rule(night, never_together=["gift", "loan"])
    night.enter(lost="2020-01-01/COMMIT.1")


def the_one_that_must_come_first_comes_later(night, new_decision):
    """rule: offers tonight that it does not allow"""
    _rule(night, offers=["gift"], only_after=["loan"])
    night.sent_on("2024-07-02", new_decision("007", "offered", "loan", "email", "5", "1"))


def without_the_one_that_must_come_first(night):
    """rule: offers tonight that it does not allow"""
    _rule(night, offers=["gift"], only_after=["loan"])
    night.contacts += "ann,loan,mail,2024-06-30\n"
