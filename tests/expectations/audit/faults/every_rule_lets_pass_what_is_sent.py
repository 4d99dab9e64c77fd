"""Contacts against a rule: Ann and Bob get the card, 007 the gift."""


def _rule(night, **rule):
    night.policy["rules"] = [{"name": "rule", **rule}]


def somebody_is_leaving(night):
    """rule: contacts that it does not let pass"""
    _rule(night, never_when="attrition >= 0.6", offers={"objective": ["cross_sell"]})
    night.attributes["ann"] = {"leaning": 1}


def nobody_knows_whether_somebody_is_leaving(night):
    """rule: contacts that it does not let pass"""
    _rule(night, never_when="attrition >= 0.6")
    night.transactions = night.transactions.replace("\nann,", "\nsomebody else,")


def a_channel_is_not_for_this_offer(night):
    """rule: contacts that it does not let pass"""
    _rule(night, only_when="channel = 'email'", offers={"id": ["card"]}, channels=["email", "sms"])


def who_is_kept_back_would_not_have_passed_either(night):
    """rule: contacts that it does not let pass"""
    _rule(night, only_when="worth > 10", offers={"id": ["card"]}, channels=["sms"])
    night.half_of_the_card_is_control(ann=False, bob=True)
    night.further_candidates = [dict(night.of("bob"))]
    night.of("bob").update(status="control", chosen_by="control")
    night.change_proof = lambda proof: proof.update(control=[["bob", "card", "sms"]])


def a_rule_reads_what_is_not_there(night):
    """cannot be checked: PolicyError"""
    _rule(night, only_when="shoe_size > 40")


def a_rule_for_a_segment_is_broken_in_it(night):
    """rule: contacts that it does not let pass"""
    night.policy["segments"] = {"rich": "worth > 10", "poor": "worth <= 10"}
    night.segments = {"ann": ["rich"], "bob": ["poor"], "007": ["poor"]}
    _rule(night, only_when="channel = 'sms'", segments=["rich"])
