"""Customers who are called something that they are not; Ann, Bob and 007 have one candidate each, Cid has none."""

NOTHING = dict.fromkeys(("offer_id", "channel", "value", "cost", "net_value", "probability", "chosen_by"))
UNKNOWN = "value: its value or cost is not known"


def _consent(night, customer):
    """So that nothing but the value of every option speaks against the customer."""
    night.consents += f"{customer},*,true,2024-01-01\n"
    night.of(customer).update(status="no_value", reasons=[UNKNOWN])


def _without_bob(night, status):
    """As a night would that never looked at him: candidates, plan and proof agree with it."""
    night.further_candidates = [dict(night.of("bob"))]
    night.change_candidates = lambda rows: rows.pop()
    night.of("bob").update(NOTHING, status=status, reasons=[status])


def a_yes_is_read_as_a_no_for_every_second_customer(night):
    """customers called no_consent who are not_selected"""
    _without_bob(night, "no_consent")


def an_ineligibility_is_invented(night):
    """customers called ineligible who are not_selected"""
    _without_bob(night, "ineligible")


def one_cap_is_counted_twice(night):
    """customers called capped who are not_selected"""
    night.policy["contact_policy"] = [{"name": "weekly", "max_contacts": 2, "days": 7}]
    night.contacts += "bob,old,mail,2024-06-28\n"
    _without_bob(night, "capped")


def a_value_is_said_to_be_unknown(night):
    """customers called no_value who are not_selected"""
    _without_bob(night, "no_value")


def an_objector_is_invented(night):
    """customers called objector who are open to offers"""
    night.of("cid").update(status="objector", reasons=["objector"])


def somebody_is_said_to_be_quarantined(night):
    """customers called quarantined who are open to offers"""
    night.of("cid").update(status="quarantined", reasons=["quarantined"])


def no_consent_is_called_no_value(night):
    """customers called no_value who are no_consent"""
    night.of("cid").update(status="no_value", reasons=["no_value"])


def no_value_is_called_no_consent(night):
    """customers called no_consent who are no_value"""
    _consent(night, "cid")
    night.of("cid").update(status="no_consent")


def a_rule_is_said_to_leave_nothing(night):
    """customers called ineligible who are no_value"""
    _consent(night, "cid")
    night.policy["rules"] = [{"name": "gone", "only_when": "barred is null"}]
    night.of("cid").update(status="ineligible")


def who_is_barred_is_called_otherwise(night):
    """customers called no_value who are ineligible"""
    _consent(night, "cid")
    night.policy["rules"] = [{"name": "gone", "only_when": "barred is null"}]
    night.attributes["cid"] = {"barred": 1}
    night.of("cid").update(reasons=["rules: gone"])


def a_full_week_is_called_a_rule(night):
    """customers called ineligible who are capped"""
    _consent(night, "cid")
    night.policy["contact_policy"] = [{"name": "weekly", "max_contacts": 1, "days": 7}]
    night.contacts += "cid,old,mail,2024-06-28\n"
    night.of("cid").update(status="ineligible", reasons=["contact_policy: weekly"])


def a_candidate_that_is_not_worth_its_cost_is_called_not_selected(night, new_decision):
    """customers called not_selected who are no_value"""
    _consent(night, "cid")
    night.further_candidates = [new_decision("cid", "offered", "card", "sms", "1", "1.6")]
    night.of("cid").update(status="not_selected", reasons=["not_selected"])


def nobody_opted_out_and_it_is_said_so(night):
    """customers said to have opted out late who refused none of their offers"""
    night.further_candidates = [dict(night.of("007"))]
    night.of("007").update(NOTHING, status="no_consent", reasons=["consent: opted out while the night ran"])
    night.opted_out = 1
    night.change_manifest = lambda manifest: manifest["plan"].update(value="20.5", bound="20.5")


def the_same_but_nothing_was_ever_offered(night):
    """customers said to have opted out late who refused none of their offers"""
    night.of("cid").update(reasons=["consent: opted out while the night ran"])
    night.opted_out = 1
