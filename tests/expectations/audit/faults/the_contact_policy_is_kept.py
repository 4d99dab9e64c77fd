"""Contacts that caps and pauses forbid: Ann gets the card by e-mail, Bob by text, 007 the gift by e-mail."""


def _cap(night, **rule):
    night.policy["contact_policy"] = [{"name": "cap", "max_contacts": 1, "days": 7, **rule}]


def _per_household(night, **rule):
    _cap(night, per="household", **rule)
    night.households = {"ann": "1", "bob": "2", "007": "7"}
    night.change_proof = lambda proof: proof.update(max_per_household=1)


def the_week_is_full(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night)
    night.contacts += "ann,old,mail,2024-06-25\n"


def the_window_is_a_day_longer_in_the_zone_of_the_deployment(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night, days=1)
    night.policy["contact_policy"][0]["days"] = 2
    night.time_zone = "America/New_York"
    night.contacts += "ann,old,mail,2024-07-01T03:59:00+00:00\n"  # 23:59 on 30 June there


def an_earlier_set_of_ours_counts(night, new_decision):
    """cap: contacts tonight that it does not allow"""
    _cap(night)
    night.sent_on("2024-06-30", new_decision("bob", "offered", "gift", "email", "5", "1"))


def a_later_set_of_ours_counts(night, new_decision):
    """cap: contacts tonight that it does not allow"""
    _cap(night)
    night.sent_on("2024-07-07", new_decision("bob", "offered", "gift", "email", "5", "1"))


def a_window_that_begins_before_and_ends_after_tonight_is_full(night, new_decision):
    """cap: contacts tonight that it does not allow"""
    _cap(night, max_contacts=2)
    night.sent_on("2024-06-28", new_decision("bob", "offered", "gift", "email", "5", "1"))
    night.sent_on("2024-07-04", new_decision("bob", "offered", "gift", "email", "5", "1"))


def a_date_is_lost_and_the_cap_reaches_it(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night, max_contacts=9)
    night.enter(lost="2024-06-25/COMMIT.1")


def of_two_reported_contacts_one_is_not_ours(night, new_decision):
    """cap: contacts tonight that it does not allow"""
    _cap(night, max_contacts=2)
    night.sent_on("2024-06-30", new_decision("bob", "offered", "card", "email", "5", "1"))
    night.contacts += 2 * "bob,card,email,2024-06-30\n"


def the_newest_commit_of_a_date_counts(night, new_decision):
    """cap: contacts tonight that it does not allow"""
    _cap(night)
    night.sent_on("2024-06-30", new_decision("cid", "offered", "gift", "email", "5", "1"))
    night.sent_on("2024-06-30", new_decision("bob", "offered", "gift", "email", "5", "1"), commit=2)


def the_same_offer_again(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night, same="offer", days=90)
    night.contacts += "ann,card,mail,2024-05-01\nbob,gift,mail,2024-05-01\n"


def the_same_objective_of_our_own_offers(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night, same="objective", days=90)
    night.contacts += "ann,card,mail,2024-05-01\nbob,unknown_one,mail,2024-05-01\n"


def a_household_is_full(night):
    """cap: contacts tonight that it does not allow"""
    _per_household(night)
    night.contacts += "eve,old,mail,2024-06-30\n"  # she lives with Ann


def two_of_a_household_tonight(night):
    """cap: contacts tonight that it does not allow"""
    _per_household(night, days=1)
    night.customers = night.customers.replace("bob,2", "bob,1")


def three_of_a_household_tonight_where_two_may_be_contacted(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night, per="household", max_contacts=2)
    night.share_a_household("ann bob 007", **{"ann": 2, "bob": 2, "007": 2})


def a_channel_is_closed(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night, channels=["sms"], max_contacts=0, days=1)


def an_exception_ended_yesterday(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night, exceptions=[{"between": ["2024-06-01", "2024-06-30"]}])
    night.contacts += "ann,old,mail,2024-06-30\n"


def a_pause_is_broken(night):
    """cap: contacts tonight that it does not allow"""
    after = {"outcome": "declined", "times": 2, "days": 10}
    night.policy["contact_policy"] = [{"name": "cap", "after": after, "pause_days": 30, "channels": ["email"]}]
    night.responses += "ann,card,declined,2024-06-05\nann,card,declined,2024-06-14\nbob,card,declined,2024-06-14\n"


def a_planned_contact_is_passed_over(night):
    """weekly: contacts tonight that it does not allow"""
    night.policy["contact_policy"] = [{"name": "weekly", "max_contacts": 1, "days": 7}]
    night.contacts = f"{night.contacts.strip()},planned\nann,old,letter,2024-07-07,treatment,true\n"


def _silence(night, **rule):
    after = {"no_response_to": 2, "days": 10}
    night.policy["contact_policy"] = [{"name": "cap", "after": after, "pause_days": 30, **rule}]


def more_than_a_customer_wishes(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night, max_contacts={"attribute": "barred", "otherwise": 5})
    night.attributes = {"ann": {"barred": 1.0}, "bob": {"barred": 0.5}}
    night.contacts += "ann,old,mail,2024-06-30\nbob,old,mail,2024-06-30\n007,old,mail,2024-06-30\n"


def a_customer_wishes_none(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night, max_contacts={"attribute": "barred", "otherwise": 1})
    night.attributes = {"ann": {"barred": 0.0}, "bob": {"barred": -1.0}}


def who_says_nothing_gets_what_all_get(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night, max_contacts={"attribute": "barred", "otherwise": 0})
    night.attributes = {"ann": {"barred": 1.0}, "bob": {"barred": 2.5}, "007": {"barred": 1.0}}


def nobody_answered_the_last_two(night):
    """cap: contacts tonight that it does not allow"""
    _silence(night)
    night.contacts += "ann,card,mail,2024-06-05\nann,old,mail,2024-06-14\nbob,card,mail,2024-06-14\n"
    night.responses += "ann,card,declined,2024-06-04\n"  # before the first of the two


def the_answer_was_to_an_offer_that_is_left_out(night):
    """cap: contacts tonight that it does not allow"""
    _silence(night, **{"except": ["gift"]})
    night.contacts += "ann,card,mail,2024-06-05\nann,old,mail,2024-06-14\n"
    night.responses += "ann,gift,accepted,2024-06-15\n"


def a_date_is_lost_that_may_hold_one_of_them(night):
    """cap: contacts tonight that it does not allow"""
    _silence(night)
    night.enter(lost="2024-05-24/COMMIT.1")


def a_cap_leaves_out_another_offer(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night, **{"except": ["gift"]})
    night.contacts += "ann,old,mail,2024-06-25\n"


def an_offer_is_exempt_and_another_is_sent(night):
    """cap: contacts tonight that it does not allow"""
    _cap(night)
    night.offers[1]["exempt"] = "true"
    night.contacts += "ann,old,mail,2024-06-25\n"


def a_cap_of_a_segment_is_passed(night):
    """cap: contacts tonight that it does not allow"""
    night.policy["segments"] = {"rich": "worth > 10", "poor": "worth <= 10"}
    night.segments = {"ann": ["rich"], "bob": ["poor"], "007": ["poor"]}
    _cap(night, segments=["rich"])
    night.contacts += "ann,old,mail,2024-06-25\nbob,old,mail,2024-06-25\n"
