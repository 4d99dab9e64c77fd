"""Control arms that are none."""

from decimal import Decimal


def _kept_back(night, *, is_in_arm):
    night.half_of_the_card_is_control(cid=is_in_arm, ann=False, bob=False)
    night.of("cid").update(
        status="control", offer_id="card", channel="email", value=Decimal(3), cost=Decimal(1), net_value=Decimal(2),
        probability=1.0, chosen_by="control",
    )  # fmt: skip
    night.further_candidates = [dict(night.of("cid"))]


def an_offer_goes_to_its_own_control_arm(night):
    """offers to customers of the offer's own control arm"""
    night.half_of_the_card_is_control(ann=False, bob=True)


def somebody_is_called_control_who_was_not_drawn(night):
    """customers called control who are in no arm of their offer"""
    _kept_back(night, is_in_arm=False)
    night.change_proof = lambda proof: proof.update(control=[["cid", "card", "email"]])


def somebody_of_an_arm_is_called_control_whom_no_plan_would_have_reached(night):
    """customers called control whom the plan did not keep back"""
    _kept_back(night, is_in_arm=True)
