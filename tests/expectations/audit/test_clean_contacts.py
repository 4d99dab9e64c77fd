"""What must not alarm: contact policy, must-sends and combinations that are just kept."""

from decimal import Decimal

from expectations.audit import audit

UNKNOWN = "value: its value or cost is not known"
NO_CONSENT = ["consent: no consent for email", "consent: no consent for sms"]


def test_caps_and_pauses_that_are_just_kept(night, new_decision):
    night.policy["contact_policy"] = [
        {"name": "weekly", "max_contacts": 1, "days": 7},
        {"name": "again", "max_contacts": 1, "days": 90, "same": "offer"},
        {"name": "aim", "max_contacts": 1, "days": 90, "same": "objective"},
        {"name": "today", "max_contacts": 0, "days": 1, "channels": ["email"], "valid_to": "2024-06-30"},
        {"name": "rest", "after": {"outcome": "declined", "times": 2, "days": 10}, "pause_days": 30},
        {"name": "once", "after": {"outcome": "declined", "days": 1}, "pause_days": 30, "same": "objective"},
    ]
    night.contacts += "ann,gift,mail,2024-06-24\n007,of_another_system,mail,2024-05-01\n"
    night.contacts += "ann,card,mail,2024-06-30,control\n"  # kept back, and so not contacted
    night.contacts += "bob,card,mail,2024-07-01\nbob,card,mail,someday\n"  # tonight's own morning is no history
    night.responses += "ann,card,declined,2024-06-01\nbob,gift,declined,2024-06-13\nbob,gift,declined,2024-06-03\n"
    night.sent_on("2024-06-30", new_decision("007", "offered", "gift", "email", "5", "1"))  # replaced by the next
    night.sent_on("2024-06-30", new_decision("cid", "offered", "gift", "email", "5", "1"), commit=2)
    full = ["contact_policy: again", "contact_policy: aim", "contact_policy: weekly"]
    night.of("cid")["reasons"] = [*NO_CONSENT, *full]
    assert audit(night.evidence()) == []


def test_everybody_gets_as_much_as_they_wish(night):
    most = {"attribute": "barred", "otherwise": 1}
    night.policy["contact_policy"] = [{"name": "wished", "max_contacts": most, "days": 7}]
    night.attributes = {"ann": {"barred": 2.0}, "bob": {"barred": 0.5}, "cid": {"barred": 0.0}}
    night.contacts += "ann,old,mail,2024-06-30\n"
    night.of("cid")["reasons"] = [*NO_CONSENT, "contact_policy: wished"]
    assert audit(night.evidence()) == []


def test_as_many_of_a_household_as_its_caps_leave(night):
    night.policy["contact_policy"] = [
        {"name": "home", "max_contacts": 3, "days": 7, "per": "household", "except": ["gift"]},
        {"name": "same offer", "max_contacts": 4, "days": 9, "per": "household", "same": "offer", "except": ["gift"]},
        {"name": "letters", "max_contacts": 2, "days": 7, "per": "household", "channels": ["letter"]},
    ]
    night.contacts += "eve,old,mail,2024-06-30\nann,gift,mail,2024-06-30\n"
    night.share_a_household("ann bob 007", **{"ann": 2, "bob": 2, "007": None})  # who gets a gift takes no place
    assert audit(night.evidence()) == []


def test_answers_about_other_topics_and_a_yes_about_the_topic_where_nothing_else_was_said(night):
    night.consents = night.consents.replace("007,email,true,2024-01-01\n", "")
    night.answers_have_topics(
        "007,email,true,2024-01-01,LOYALTY",
        "007,email,false,2024-01-01,cross_sell",
        "ann,email,false,2024-03-01,loyalty",
        "bob,sms,false,2024-03-01,cross_sell",
        "bob,sms,true,2024-04-01,cross_sell",  # undoes that one
        "ann,email,true,2024-04-01,no such topic",
    )
    assert audit(night.evidence()) == []


def test_what_caps_and_pauses_leave_out_is_neither_counted_nor_held_back(night):
    night.offers[1]["exempt"] = "true"  # the gift, which 007 gets
    night.policy["contact_policy"] = [
        {"name": "weekly", "max_contacts": 1, "days": 7, "except": ["old"]},
        {"name": "silence", "after": {"no_response_to": 2, "days": 10}, "pause_days": 30},
        {"name": "again", "after": {"no_response_to": 1, "days": 1}, "pause_days": 14, "channels": ["email"]},
    ]
    night.contacts += "ann,old,mail,2024-06-30\nann,gift,mail,2024-06-30\nbob,gift,mail,2024-06-29\n"
    night.contacts += "007,card,mail,2024-06-29\n007,card,mail,2024-06-30\n"
    night.contacts += "bob,card,mail,2024-06-06\nbob,card,mail,2024-06-14\n"
    night.responses += "bob,loan,declined,2024-06-06\n"  # on the day of the first
    night.enter(lost="2024-05-23/COMMIT.1")  # a day before the first that could count
    night.of("cid")["reasons"] = NO_CONSENT
    assert audit(night.evidence()) == []


def test_what_must_be_sent_goes_first_and_a_second_one_waits(night):
    night.offers.reverse()  # the gift goes before the card
    night.must_be_sent("gift", "card", due=3, planned=3, at_most=3)
    night.attributes["007"] = {"card_by_email": 1.0}
    waits = "must_send: card is due as well and waits"
    night.of("007")["reasons"] = ["must_send: it goes before all other offers", waits]
    assert audit(night.evidence()) == []


def test_a_must_send_that_the_limits_hold_back_is_told_and_its_bound_is_proven(night):
    night.must_be_sent("card", due=3, planned=2, at_most=2)
    night.consents += "cid,email,true,2024-01-01\n"
    night.further_candidates = [dict(night.of("ann"), customer_id="cid", value=Decimal(3))]
    held_back = ["must_send: card could not go within the limits", "consent: no consent for sms", UNKNOWN]
    night.of("cid").update(status="not_selected", reasons=held_back)
    emails = {"limit": "emails", "bound": "max"}
    night.must_send_prices = [emails | {"price": "1000000"}, {"limit": "gifts", "bound": "min", "price": "1000000"}]
    night.change_proof = lambda proof: proof["prices"].append(emails | {"price": "1500000"})
    assert audit(night.evidence()) == []


def test_no_arm_and_no_draw_touches_what_must_be_sent(night):
    night.half_of_the_card_is_control(ann=True, bob=True)
    night.must_be_sent("card", due=2, planned=2, at_most=2)
    for customer in ("ann", "bob"):
        night.of(customer)["probability"] = 1.0
    assert audit(night.evidence()) == []


def test_combinations_that_are_just_kept(night):
    night.policy["combinations"] = [
        {"name": "one of both", "never_together": ["card", "loan"]},
        {"name": "rest", "offers": ["gift"], "after": ["loan"], "not_within_days": 7},
        {"name": "first a loan", "offers": ["gift"], "only_after": ["loan"]},
    ]
    night.contacts += "ann,card,mail,2024-06-30\n007,loan,mail,2024-06-23\n"
    night.of("cid")["reasons"] = [*NO_CONSENT, "contact_policy: first a loan"]
    assert audit(night.evidence()) == []
