"""Chance that was helped."""


def an_offer_is_said_to_be_drawn(night):
    """offers said to be drawn that were not"""
    night.of("ann")["chosen_by"] = "exploration"


def somebody_explores_whom_chance_did_not_choose(night):
    """offers drawn for whom chance did not choose"""
    night.half_explore(ann=False)
    night.of("ann")["chosen_by"] = "exploration"
    night.change_proof = lambda proof: proof.update(explored=[["ann", "card", "email"]])


def somebody_explores_in_a_deployment_that_does_not(night):
    """offers drawn for whom chance did not choose"""
    night.of("ann")["chosen_by"] = "exploration"
    night.change_proof = lambda proof: proof.update(explored=[["ann", "card", "email"]])
