"""What must not alarm about our own sets of other dates."""

import hmac
import shutil

from expectations.audit import audit


def test_caps_that_later_sets_leave_just_kept(night, new_decision):
    night.policy["contact_policy"] = [
        {"name": "weekly", "max_contacts": 1, "days": 7},
        {"name": "two", "max_contacts": 2, "days": 15},
    ]
    night.policy["combinations"] = [{"name": "rest", "offers": ["loan"], "after": ["gift"], "not_within_days": 7}]
    night.sent_on("2024-06-24", new_decision("bob", "offered", "card", "email", "5", "1"))
    night.sent_on("2024-07-09", new_decision("bob", "offered", "card", "email", "5", "1"))
    night.sent_on("2024-07-10", new_decision("007", "offered", "loan", "email", "5", "1"))
    night.enter(lost="2024-06-16/COMMIT.1")
    assert audit(night.evidence()) == []


def test_a_contact_of_ours_that_comes_back_in_the_contacts_is_counted_once(night, new_decision):
    night.policy["contact_policy"] = [{"name": "two", "max_contacts": 2, "days": 7}]
    night.sent_on("2024-06-30", new_decision("bob", "offered", "card", "email", "5", "1"))
    night.contacts += "bob,card,email,2024-06-30\n"
    assert audit(night.evidence()) == []


def test_a_new_secret_after_a_declared_rotation(night):
    night.policy["holdout"]["rotated_on"] = "2024-07-01"
    night.sent_on("2024-06-30", holdout="0123456789abcdef")
    night.sent_on("2024-07-03", holdout=hmac.new(night.salt, b"fingerprint", "sha256").hexdigest()[:16])
    assert audit(night.evidence()) == []


def test_sets_that_no_cap_reaches_may_be_gone(night, new_decision):
    night.policy["contact_policy"] = [{"name": "weekly", "max_contacts": 1, "days": 7}]
    shutil.rmtree(night.sent_on("2024-06-23", new_decision("bob", "offered", "card", "email", "5", "1")).parent)
    shutil.rmtree(night.sent_on("2024-07-09", new_decision("bob", "offered", "card", "email", "5", "1")).parent)
    assert audit(night.evidence()) == []
