"""Customers who are lost, doubled, invented, or contacted although they must not be."""

from tests.reliability.spoiling.declaration import caught_by, not_sent, sent


@caught_by("every_customer_has_one_decision")
def a_customer_is_forgotten(night, draw):
    night.decisions.remove(not_sent(night, draw))


@caught_by("every_customer_has_one_decision")
def a_customer_is_decided_twice(night, draw):
    night.decisions.append(dict(draw.choice(night.decisions)))


@caught_by("every_customer_has_one_decision")
def a_customer_is_invented(night, draw):
    night.decisions.append(dict(not_sent(night, draw), customer_id=f"z{draw.randrange(10**6)}"))


@caught_by("only_an_offer_has_an_offer")
def a_decision_has_no_reason(night, draw):
    draw.choice(night.decisions)["reasons"] = draw.choice([[], None])


@caught_by("only_an_offer_has_an_offer")
def a_status_does_not_exist(night, draw):
    not_sent(night, draw)["status"] = draw.choice(["maybe", "", "Offered", "control "])


@caught_by("nobody_is_contacted_without_consent")
def a_consent_was_withdrawn(night, draw):
    row = sent(night, draw)
    night.consents += f"{row['customer_id']},{row['channel']},{draw.choice(['false', 'no', '0', '?'])},2024-06-30\n"


@caught_by("nobody_is_contacted_without_consent")
def somebody_objects_while_the_night_runs(night, draw):
    night.consents += f"{sent(night, draw)['customer_id']},*,false,2024-07-01 0{draw.randrange(10)}:00\n"


@caught_by("no_objector_was_scored")
def an_objector_was_scored(night, draw):
    night.further_scored = [next(row["customer_id"] for row in night.decisions if row["status"] == "objector")]


@caught_by("the_holdout_is_left_alone")
def somebody_is_said_to_be_held_out(night, draw):
    not_sent(night, draw)["status"] = "holdout"


@caught_by("the_holdout_is_left_alone")
def the_holdout_was_drawn_with_another_salt(night, draw):
    night.salt = draw.randbytes(16)
    night.policy["holdout"]["share"] = 0.9


@caught_by("control_arms_are_kept_back")
def an_arm_is_sent_its_own_offer(night, draw):
    night.policy["control"] = {"share": 1.0, "offers": {"id": [sent(night, draw)["offer_id"]]}}


@caught_by("what_explores_was_drawn")
def an_offer_is_said_to_be_drawn_by_chance(night, draw):
    sent(night, draw).update(chosen_by="exploration", probability=draw.random())
