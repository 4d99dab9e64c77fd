"""The auditor is silent where groups stand for the unknown, and newcomers are offered what follows."""

from expectations.audit import audit

NO_CONSENT = ["consent: no consent for email", "consent: no consent for sms"]
NOTE = "scores: nothing is known of this customer yet; of its group: attrition"


def test_groups_that_stand_for_the_unknown(night):
    night.groups_stand_for_the_unknown()
    assert audit(night.evidence()) == []


def test_a_group_without_anything_worth_its_cost_has_no_offer(night):
    night.groups_stand_for_the_unknown()
    night.policy["cost_of_offer"] = dict.fromkeys(("card", "gift"), "coalesce(price, 4)")
    poor = ",4,,,,,,,"
    night.newcomers = night.newcomers.replace(",4,card,Golden card,email,2.888890,1.000000,-0.500000,2.388890", poor)
    night.newcomers = night.newcomers.replace("1.000000,-0.500000,4.333330", "4.000000,-0.500000,1.333330")
    assert audit(night.evidence()) == []


def test_a_group_whose_rules_let_nothing_pass_has_no_offer(night):
    night.groups_stand_for_the_unknown()
    night.policy["rules"] = [{"name": "known", "only_when": "days_since_last_purchase is not null"}]
    night.policy["contact_policy"] = [{"name": "never", "max_contacts": 0, "days": 1, "channels": ["letter"]}]
    head = night.newcomers.splitlines()[0]
    night.newcomers = f"{head}\r\n1.0,1,,,,,,,\r\n,4,,,,,,,\r\n"
    night.of("cid")["reasons"] = [*NO_CONSENT, "rules: known", NOTE]  # an answer, and not for want of one
    assert audit(night.evidence()) == []


def test_a_rule_that_cannot_be_answered_of_a_new_customer_is_not_what_blocks(night):
    night.groups_stand_for_the_unknown()
    night.policy["rules"] = [{"name": "lately", "only_when": "days_since_last_purchase < 300"}]
    head = night.newcomers.splitlines()[0]
    night.newcomers = f"{head}\r\n1.0,1,,,,,,,\r\n,4,,,,,,,\r\n"
    night.of("cid")["reasons"] = [*NO_CONSENT, "rules: nothing is known of this customer yet", NOTE]
    assert audit(night.evidence()) == []


def test_a_group_is_in_the_segments_of_its_attributes(night):
    night.groups_stand_for_the_unknown()
    night.policy["segments"] = {"leans": "leaning > 0"}
    night.segments = {"ann": ["leans"], "bob": [], "007": []}
    rule = {"name": "known", "only_when": "days_since_last_purchase is not null", "segments": ["leans"]}
    night.policy["rules"] = [rule]
    night.newcomers = night.newcomers.replace(
        "1.0,1,card,Golden card,email,4.833330,1.000000,-0.500000,4.333330", "1.0,1,,,,,,,"
    )
    assert audit(night.evidence()) == []


def test_a_cap_as_customers_wish_says_what_newcomers_get(night):
    night.groups_stand_for_the_unknown()
    wished = {"attribute": "barred", "otherwise": 0}
    night.policy["contact_policy"] = [{"name": "as wished", "max_contacts": wished, "days": 1, "offers": ["card"]}]
    for customer in ("ann", "bob", "cid"):
        night.attributes.setdefault(customer, {})["barred"] = 1.0
    night.newcomers = night.newcomers.replace("card,Golden card", "gift,A small gift").replace("-0.500000", "0.000000")
    night.newcomers = night.newcomers.replace("4.333330", "3.833330").replace("2.388890", "1.888890")
    assert audit(night.evidence()) == []


def test_what_needs_an_earlier_offer_is_nothing_for_newcomers(night):
    night.groups_stand_for_the_unknown()
    night.policy["combinations"] = [{"name": "again", "offers": ["card"], "only_after": ["card"]}]
    night.contacts += "ann,card,mail,2024-06-01\nbob,card,mail,2024-06-01\n"
    night.newcomers = night.newcomers.replace("card,Golden card", "gift,A small gift").replace("-0.500000", "0.000000")
    night.newcomers = night.newcomers.replace("4.333330", "3.833330").replace("2.388890", "1.888890")
    night.of("cid")["reasons"] = [*NO_CONSENT, "contact_policy: again", NOTE]
    assert audit(night.evidence()) == []


def test_groups_that_stand_for_nobody(night):
    night.fallbacks = {"liking": {"at_least": 5}}
    night.transactions += "cid,t8,2024-05-01,hat,1,7\ndora,t9,2024-05-01,hat,1,7\n"
    night.newcomers = "customers,offer_id,offer_name,channel,value,cost,charge,worth\r\n5,,,,,,,\r\n"
    assert audit(night.evidence()) == []
